"""How often several things are done: the buckets of each add up to its own total, as those of a histogram do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import SafeCell
from cja_spark.page.privacy_of_buckets import hide_few_of_buckets

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]


def times_add_up(columns: Columns) -> bool:
    """Whether the rows are numbers of times of several events."""
    return {"step_name", "times", "at_least"} <= {column.name for column in columns}


def hide_few_of_frequency(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest, event by event.

    Source: spec publishing, S4. Decision: the rows of one event tell of each other alone (docs/decisions/page-charts.md).
    """
    for _, own in groupby(rows, lambda row: row.get("step_name")):
        yield from hide_few_of_buckets([*own], columns, fewest)
