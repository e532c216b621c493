"""Periods count some of the same persons, values at the start are parts of them: what tells how few are between counts is hidden with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import SafeCell, Withheld, counting, few, figures, hide_few

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
TOTAL, ON_OR_AFTER, RESERVED, PARTS = "total", "on_or_after", "reserved", ("value", "other")
NOT_SHOWN = -1  # the part that has no row: those of a value that is none of the rows


def periods_follow(columns: Columns) -> bool:
    """Whether the rows are periods, each of which counts some of those that the total counts."""
    return any(column.name == "retention_rate" for column in columns) and bool(counting(columns))


def hide_few_of_periods(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows of a retention with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    1. Each row loses what `hide_few` hides.
    2. A period is withheld when 1 to `fewest` - 1 lie between its count and that of those who start: those that did not come back; where
       periods count those that are back at some time from then on, also between it and the last one shown of the same return: those
       that came back between them for the last time.
    3. The same of each value at the start. A value of so few shows nothing, and nothing is shown of values in a period that the total hides.
    4. Where values add up to the total, the hidden ones of a period are the total less the others. As long as these together are so few,
       or step 2 would hide one of them, the value whose count is the nearest is withheld too.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    told, names = _Told(rows, counting(columns)[0], fewest), figures(columns)
    told.hide()
    for at, row in enumerate(rows):
        safe = hide_few(row, columns, fewest)
        yield {name: _hidden(cell, fewest) if at in told.gone and name in names else cell for name, cell in safe.items()}


class _Told:
    """What rows tell: the total and each part as the places of its rows, first of those who start, then of each period."""

    def __init__(self, rows: Sequence[Row], people: str, fewest: int) -> None:
        self.rows, self.fewest = rows, fewest
        self.counts = [_number(row.get(people)) for row in rows]
        self.gone: set[int] = set()
        self.total: list[int] = []
        self.parts: list[list[int]] = []
        self.falls = any(row.get("row_kind") == ON_OR_AFTER for row in rows)
        for at, row in enumerate(rows):
            if row.get("row_kind") in PARTS and row.get("elapsed") is None:
                self.parts.append([])
            if row.get("row_kind") != RESERVED:
                (self.parts[-1] if row.get("row_kind") in PARTS else self.total).append(at)

    def hide(self) -> None:
        if not self.total:
            return
        for places in (self.total, *self.parts):
            self._hide_near(places)
        for places in self.parts:
            few_start = few(self.counts[places[0]], self.fewest)
            self.gone |= {at for at, whole in zip(places, self.total, strict=True) if (few_start or self._is_hidden(whole)) and not few(self.counts[at], self.fewest)}
        if self.parts and self._rest(0) >= 0:  # else persons have several values
            while self._hide_more():
                pass

    def _is_hidden(self, at: int) -> bool:
        return at in self.gone or few(self.counts[at], self.fewest)

    def _hide_near(self, places: Sequence[int]) -> None:
        """Of some people: the periods that are too near to a count which is shown."""
        start, *periods = places
        if few(self.counts[start], self.fewest):
            return
        shown = start
        for at in periods:
            if not self.falls or self.rows[at].get("elapsed") == 0:
                shown = start
            if few(self.counts[at], self.fewest):
                continue
            if few(self.counts[shown] - self.counts[at], self.fewest):
                self.gone.add(at)
            else:
                shown = at

    def _rest(self, column: int) -> float:
        """How many people of the total are of no part that is shown."""
        return self.counts[self.total[column]] - sum(self.counts[places[column]] for places in self.parts)

    def _hidden_of(self, column: int | None) -> set[int]:
        """The parts that are hidden in a column; nobody's are in none."""
        if column is None:
            return set()
        rest = {NOT_SHOWN} if self._rest(0) else set()
        return rest | {number for number, places in enumerate(self.parts) if self._is_hidden(places[column])}

    def _less(self, part: int, column: int, other: int | None) -> float:
        """How many of a part are in a column and not in another, which counts some of them, or nobody."""
        if part == NOT_SHOWN:
            return self._rest(column) - (0.0 if other is None else self._rest(other))
        places = self.parts[part]
        return self.counts[places[column]] - (0.0 if other is None else self.counts[places[other]])

    def _pairs(self) -> Iterator[tuple[int, int | None]]:
        """Columns of which the second counts some of those that the first does, where the total shows both."""
        known = [column for column, at in enumerate(self.total) if not self._is_hidden(at)]
        for place, column in enumerate(known):
            yield column, None
            for other in known[place + 1 :]:
                if column == 0 or (self.falls and self._return_of(column) == self._return_of(other)):
                    yield column, other

    def _return_of(self, column: int) -> int:
        return sum(self.rows[at].get("elapsed") == 0 for at in self.total[1 : column + 1])

    def _hide_more(self) -> bool:
        """Hide parts one by one until the hidden ones together are enough: whether there was one to hide."""
        before = len(self.gone)
        for column, other in self._pairs():
            for some, place in self._told_together(column, other):
                if few(sum(self._less(part, column, other) for part in some), self.fewest):
                    self._hide_one(column, other, some, place)
        return len(self.gone) > before

    def _told_together(self, column: int, other: int | None) -> Iterator[tuple[set[int], int]]:
        """Parts that two columns tell of together, and the column where more of them can be hidden."""
        if other is None:
            yield self._hidden_of(column), column
            return
        one, two = self._hidden_of(column), self._hidden_of(other)
        if one & two:
            yield one | two, other
        else:
            yield from ((one, column), (two, other))

    def _hide_one(self, column: int, other: int | None, some: set[int], place: int) -> None:
        lengths = {part: self._less(part, column, other) for part in range(len(self.parts)) if part not in some}
        least = min((part for part, length in lengths.items() if length > 0), key=lambda part: (lengths[part], -part))
        places = self.parts[least]
        self.gone |= {at for at in (places if place == 0 else [places[place]]) if not few(self.counts[at], self.fewest)}


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0


def _hidden(cell: SafeCell, fewest: int) -> SafeCell:
    return Withheld(fewest) if isinstance(cell, int | float | Decimal) else cell
