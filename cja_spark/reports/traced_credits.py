"""Who gets the credit: what each conversion of one person gives to the values that were set before it (rules A1-A7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cja_spark.errors import InputError
from cja_spark.reports.ask import Seen
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import kept, measures
from cja_spark.reports.table import Table
from cja_spark.reports.touched import Way
from cja_spark.reports.traced import texts_of
from cja_spark.view.attribution import Attribution
from cja_spark.view.formula.uses import Measure
from cja_spark.view.formula.written import attribution_text, measure_text
from cja_spark.view.standard import TIMES

MOST_CREDITS = 200_000
COLUMNS = pa.schema(
    [
        ("metric", pa.string()), ("model", pa.string()), ("dimensions", pa.list_(pa.string())), ("event", pa.int64()),
        ("amount", pa.float64()), ("touch", pa.int64()), ("values", pa.list_(pa.string())), ("weight", pa.float64()),
        ("credit", pa.float64()),
    ]
)  # fmt: skip


def traced_credits(tables: Sequence[Seen[Table]], texts: Names) -> pa.Table:
    """What each conversion gives to the values, or combinations of values, that were set before it.

    Args:
        tables: the journey of one person, as a table of each combination of dimensions sees it.
        texts: texts of shown values.

    Rows:    one per metric, combination of dimensions, conversion and touch that gets some of it; one without a touch
        where there is none. What a rate game gives depends on all persons: its weight and credit are null.
    Columns: metric string, model string, dimensions list of string, event int (the conversion), amount double, touch int
        (the event that set the value), values list of string, weight double (the part of the amount), credit double.

    Raises:
        InputError: there are more than 200,000.
    """
    rows: list[dict[str, object]] = []
    for seen in tables:
        for measure in measures(seen.ask.report.metrics, seen.ask.view):
            how = attribution_of(measure, seen.ask.report, seen.ask.view)
            for row in () if how is None else _of_measure(seen, measure, how, texts):
                if len(rows) == MOST_CREDITS:
                    raise InputError(f"a trace shows {MOST_CREDITS:,} credits at most. Name fewer metrics, or a report with a shorter range.")
                rows.append(row)
    return pa.Table.from_pylist(rows, COLUMNS)


def _of_measure(seen: Seen[Table], measure: Measure, how: Attribution, texts: Names) -> Iterator[dict[str, Any]]:
    """The rows of one metric, conversion by conversion."""
    dimensions, view = seen.ask.report.dimensions, seen.ask.view
    valued = tuple(name for name in dimensions if name not in TIMES)
    nothing = [view.no_value_of(name) for name in valued]
    at = np.flatnonzero(kept(seen, measure, seen.masked()) & seen.journeys.carries(measure.metric))
    way, amounts = Way.of(seen, valued, how, at), seen.amounts(measure.metric)[at]
    said = list(zip(*(texts_of(ids[way.codes], name, texts) for ids, name in zip(way.ids, valued, strict=True)), strict=True))
    times = {name: texts_of(seen.journeys.ids(name)[at], name, texts) for name in dimensions if name in TIMES}  # the conversions' own (A7)
    for number, (event, amount) in enumerate(zip(at.tolist(), amounts.tolist(), strict=True)):

        def row(values: Sequence[str | None], number: int = number) -> list[str | None]:
            own_values = iter(values)
            return [times[name][number] if name in times else next(own_values) for name in dimensions]

        own = {"metric": measure_text(measure), "model": attribution_text(how), "dimensions": dimensions, "event": event + 1, "amount": amount}
        if not way.touched[number]:
            yield {**own, "touch": None, "values": row(nothing), "weight": 1.0, "credit": amount}
            continue
        credit = way.credit(how, np.where(np.arange(len(at)) == number, amounts, 0.0))
        for one in np.flatnonzero(credit).tolist():
            given = None if how.game == "rate_game" else float(credit[one])
            values = [text if text is not None else label for text, label in zip(said[one], nothing, strict=True)]
            yield {**own, "touch": way.event_of(number, one) + 1, "values": row(values), "weight": None if given is None else given / amount, "credit": given}
