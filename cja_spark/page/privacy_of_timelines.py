"""A timeline is of single people: where a page hides what is about few, it has none of them, only what is about all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
OF_SHOWN = ("shown_people", "shown_events", "left_out_events")


def events_are_told(columns: Columns) -> bool:
    """Whether the rows are events of single persons."""
    return {"timeline_person", "timeline_event"} <= {column.name for column in columns}


def hide_few_of_timelines(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the total alone where a row may not be about one person, its figures hidden where they are about 1 to `fewest` - 1 people.

    Persons, their events and who was not found are in no row then. Of the total what is shown of single persons is of `shown_people`,
    all else of `people`.

    Source: spec publishing, S4. Decision: docs/decisions/timeline.md.
    """
    if fewest <= 1:
        yield from map(dict, rows)
        return
    for row in rows:
        if row.get("row_kind") == "total":
            of_all, of_shown = (few(row.get(name), fewest) for name in ("people", "shown_people"))
            yield {name: Below(fewest) if name in figures(columns) and (of_shown if name in OF_SHOWN else of_all) else cell for name, cell in row.items()}
