"""Cells: what the rows of a task add to the comparison, per metric, channel, campaign and cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.kernels.reconcile import CAUSES, NO_CAUSE, Bools, Floats, Sides, attributed
from cja_spark.kernels.sessions import Ints

OURS = -1  # the cause of cells that hold our own number
KEYS = ("metric", "channel", "campaign", "cause", "detail")
CELLS = pa.schema([*((name, pa.int64()) for name in KEYS), ("amount", pa.float64()), ("rows", pa.int64()), ("lag_ms", pa.int64())])


class Places(NamedTuple):
    """Where rows belong.

    Attributes:
        channel: value ids, int64[rows].
        campaign: value ids, int64[rows].
        dataset: numbers of datasets, int64[rows].
        reason: numbers of the reasons for which they were dropped, int64[rows].
        lag: how long after they happened they arrived, int64[rows], ms.
    """

    channel: Ints
    campaign: Ints
    dataset: Ints
    reason: Ints
    lag: Ints


def cells_of(metric: int, found: Sides, places: Places, amounts: Floats, retries: Floats) -> Iterator[pa.Table]:
    """Sum what rows add to ours, and to source less ours by the cause and its detail.

    The detail is the reason of rows that were dropped, the dataset of those that have not arrived.

    Shapes: amounts, retries float64[rows].
    """
    ours, difference, cause = attributed(found, amounts, retries)
    detail = np.select(
        [cause == CAUSES.index("dropped"), cause == CAUSES.index("not_yet_arrived")], [places.reason, places.dataset], 0
    )
    nothing = np.zeros(len(ours), np.int64)
    yield _summed(metric, places, (np.full(len(ours), OURS, np.int64), nothing), ours, ours != 0)
    yield _summed(metric, places, (cause, detail), difference, cause != NO_CAUSE)


def _summed(metric: int, places: Places, causes: tuple[Ints, Ints], amounts: Floats, some: Bools) -> pa.Table:
    columns = [np.full(len(amounts), metric, np.int64), places.channel, places.campaign, *causes]
    rows = pa.table([*(one[some] for one in columns), amounts[some], np.ones(int(some.sum()), np.int64), places.lag[some]], schema=CELLS)
    return summed([rows])


def summed(tables: Iterable[pa.Table]) -> pa.Table:
    """Cells with one key added up; of the lags the longest.

    Rows:    One per key.
    Columns: returns those of CELLS.
    """
    whole = pa.concat_tables([CELLS.empty_table(), *tables])
    sums = whole.group_by(list(KEYS)).aggregate([("amount", "sum"), ("rows", "sum"), ("lag_ms", "max")])
    return sums.rename_columns([name.removesuffix("_sum").removesuffix("_max") for name in sums.column_names]).select(CELLS.names).cast(CELLS)
