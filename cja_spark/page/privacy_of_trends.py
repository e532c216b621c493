"""Moving averages are made of buckets: one of a bucket that is hidden, and the next one, would tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
FIRST = ("row_kind", "bucket", "label")
BUCKET, AVERAGE = "bucket", "moving_average"


def moments_are_told(columns: Columns) -> bool:
    """Whether the rows are those of a trend: a total, buckets of time, and what is made of them."""
    return tuple(column.name for column in columns[:3]) == FIRST


def hide_few_of_trends(
    rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[Mapping[str, float | None]]
) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a trend with what is about 1 to `fewest` - 1 people hidden, and moving averages that one of these is a part of.

    The first moving average stands at the bucket that is its last one, and each of them is of as many buckets.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    safe = [hide_few(row, columns, fewest, counts) for row, counts in zip(rows, behind, strict=True)]
    buckets = [cells for row, cells in zip(rows, safe, strict=True) if row["row_kind"] == BUCKET]
    averages = sum(row["row_kind"] == AVERAGE for row in rows)
    size, names, at = len(buckets) - averages + 1, figures(columns), 0
    for row, cells in zip(rows, safe, strict=True):
        if row["row_kind"] != AVERAGE:
            yield cells
            continue
        some, at = buckets[at : at + size], at + 1
        gone = {name for name in names if any(isinstance(one[name], Below) for one in some)}
        yield {name: Withheld(fewest) if name in gone else cell for name, cell in cells.items()}
