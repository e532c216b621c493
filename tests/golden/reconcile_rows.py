"""Rows of a comparison as the kernel takes them, and its answer as the reference gives it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from cja_spark.kernels.reconcile import CAUSES, DROPPED, DUPLICATE, LOADED, Clock, Counted, Facts, sides
from cja_spark.reconciliation.cells import OURS, Places, cells_of, summed
from cja_spark.reconciliation.compare import Cell, compared, table_of
from cja_spark.reconciliation.reported import Reported
from cja_spark.reconciliation.spec import Reconciliation

EPOCH = date(1970, 1, 1)
SPEC = Reconciliation.model_validate({"source": {"format": "csv", "path": "reported.csv"}, "metrics": {"sent": "sends"}})
STATES = {"loaded": LOADED, "duplicate_event_id": DUPLICATE}


def milliseconds(moment):
    return round(moment.timestamp() * 1000)


def clock_of(how):
    first, last = ((how[name] - EPOCH).days for name in ("date_from", "date_to"))
    at = (milliseconds(how[name]) for name in ("as_of", "reported_at"))
    return Clock(first, last, how["our_zone"], how["their_zone"], *at, how["young"] // timedelta(milliseconds=1))


def cells_in(rows, how):
    """The cells of rows, in one batch."""
    words = sorted({row[name] for row in rows for name in ("channel", "campaign", "dataset", "state")} | {""})
    number = {word: at for at, word in enumerate(words)}
    column = {name: np.array([number[row[name]] for row in rows], np.int64) for name in ("channel", "campaign", "dataset", "state")}
    t, arrived = (np.array([milliseconds(row[name]) for row in rows], np.int64) for name in ("t", "arrived"))
    state = np.array([STATES.get(row["state"], DROPPED) for row in rows], np.int64)
    test, kept = (np.array([row[name] for row in rows], bool) for name in ("test", "kept"))
    found = sides(Facts(t, arrived, state, test, kept), clock_of(how), Counted(how["repeats_counted"], how["tests_counted"]))
    amounts, retries = (np.array([row[name] for row in rows], float) for name in ("amount", "retries"))
    places = Places(column["channel"], column["campaign"], column["dataset"], column["state"], arrived - t)
    return summed(cells_of(0, found, places, amounts, retries)), words


def named(cells, words):
    """Cells with their texts."""
    return [
        Cell(
            "sent", words[cell["channel"]], words[cell["campaign"]], "" if cell["cause"] == OURS else CAUSES[cell["cause"]],
            words[cell["detail"]] if cell["cause"] >= 0 and CAUSES[cell["cause"]] in ("dropped", "not_yet_arrived") else "",
            cell["amount"], cell["rows"], cell["lag_ms"],
        )
        for cell in cells.to_pylist()
    ]  # fmt: skip


def told_by_kernel(rows, how, reported):
    """The lines of the comparison as the product has them."""
    cells = named(*cells_in(rows, how))
    numbers = [Reported(0, how["date_from"], one["channel"], one["campaign"], "sent", one["value"]) for one in reported]
    table = table_of(compared(numbers, cells, SPEC, CAUSES), (how["date_from"], how["date_to"]))
    columns = ("channel", "campaign", "source", "ours", "difference", "cause", "detail", "count")
    texts = ("channel", "campaign", "cause", "detail")
    return [{name: (row[name] or "") if name in texts else row[name] for name in columns} for row in table.to_pylist()]
