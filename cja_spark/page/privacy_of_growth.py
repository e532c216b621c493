"""Classes of growth add up to those active, and to those active before: what tells how many few are goes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import SafeCell, Withheld, few, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
PEOPLE, TOTAL = "people", "total"
CLASSES = ("new_people", "repeat_people", "return_people", "dormant_people")
OF_CLASSES = (*CLASSES, "net_growth")


def classes_add_up(columns: Columns) -> bool:
    """Whether the rows are periods whose people are of classes."""
    return {*OF_CLASSES} <= {column.name for column in columns}


def hide_few_of_growth(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of growth with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    Where a class of a period is that few, all classes of the period are withheld, and its net growth: they add up to those active in it and in
    the one before. Which of them is the few one is not said either, since the others would have to be more. The total goes with them,
    unless they are of the first period: it is those of the first one and who comes later for the first time.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    periods = [at for at, row in enumerate(rows) if row.get("row_kind") != TOTAL]
    gone = {at for at in periods if any(few(rows[at].get(name), fewest) for name in (PEOPLE, *CLASSES))}
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        if not few(row.get(PEOPLE), fewest):  # else nothing of the row is there
            withheld = OF_CLASSES if at in gone else (PEOPLE,) if at not in periods and gone - {*periods[:1]} else ()
            safe |= dict.fromkeys(withheld, Withheld(fewest))  # net growth too where there is none: that nobody is dormant tells of the others
        yield safe
