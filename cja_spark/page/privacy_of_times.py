"""Times to an event: buckets and those who never reach it add up to those who start, values to their total; what gives few away goes too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
People = Mapping[str, float | None]
TOTAL, BUCKET, VALUE = "total", "bucket", "value"


def times_are_told(columns: Columns) -> bool:
    """Whether the rows are times to an event."""
    return any(column.name == "share_by_then" for column in columns)


def hide_few_of_times(rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    1. The buckets and those who do not reach the event are all who start. As long as the hidden ones of them are one alone, or
       about fewer than `fewest` people, the smallest that is left is withheld too.
    2. A share by then is withheld where it tells, with the ones beside it, of hidden ones that are too few.
    3. A value of so few loses all its figures, and one of which so few do, or do not, reach the event all but how many start; as
       long as the hidden ones are too few to hide in their total, the smallest value that is left loses the same.

    Of sessions a person has several, so hidden ones may be of no more people than the largest of them.

    Args:
        rows: the rows.
        columns: their columns.
        fewest: the least people that a figure may be about.
        behind: per row and count how many people it is about, where the count is of no people.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    told = _Told(rows, columns, fewest, behind)
    told.hide()
    for at, (row, marks) in enumerate(zip(rows, told.marks, strict=True)):
        yield {name: cell if cell is None and at not in told.few_rows else marks.get(name, cell) for name, cell in row.items()}


class _Told:
    """What rows tell, and the marks of what is hidden of each."""

    def __init__(self, rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> None:
        self.rows, self.fewest, self.behind = rows, fewest, behind
        self.marks: list[dict[str, SafeCell]] = [{} for _ in rows]
        self.few_rows: set[int] = set()  # nothing of these is shown, not even that there is none
        self.all_ = figures(columns)
        self.word = "people" if "reached_people" in {column.name for column in columns} else "sessions"
        self.reached, self.censored, self.open = (f"{kind}_{self.word}" for kind in ("reached", "censored", "open"))

    def hide(self) -> None:
        for at in self._of(TOTAL):
            if few(self._people(at, self.word), self.fewest):
                self._mark(range(len(self.rows)), self.all_, Withheld(self.fewest))
                self._mark([at], self.all_, Below(self.fewest))
                return
            self._hide_times(at)
            self._hide_values(at)

    def _of(self, kind: str) -> list[int]:
        return [at for at, row in enumerate(self.rows) if row.get("row_kind") == kind]

    def _people(self, at: int, name: str) -> float:
        """How many people a count of a row is about; where nobody knows, as many as it counts."""
        known = self.behind[at].get(name)
        cell = self.rows[at].get(name) if known is None else known
        return float(cell) if isinstance(cell, int | float | Decimal) else 0.0

    def _together(self, counts: Iterable[float]) -> float:
        """Of how many people some parts are at least."""
        return sum(counts) if self.word == "people" else max(counts, default=0.0)

    def _enough(self, counts: Sequence[float]) -> bool:
        """Whether hidden parts are none, or of enough people; one that is about few is not, so they are several."""
        return not any(counts) or self._together(counts) >= self.fewest

    def _mark(self, places: Iterable[int], names: Iterable[str], sign: SafeCell) -> None:
        for at in places:
            self.marks[at] |= dict.fromkeys(names, sign)

    def _hide_times(self, total: int) -> None:
        """Of all: which buckets, shares by then, and whether how many do not reach the event."""
        buckets = self._of(BUCKET)
        parts = [*(self._people(at, self.reached) for at in buckets), self._people(total, self.censored)]
        hidden = self._hidden(parts)
        low, gone = Below(self.fewest), Withheld(self.fewest)
        for place, at in enumerate(buckets):
            if place in hidden:
                self._mark([at], {self.reached, "reached_share"}, low if few(parts[place], self.fewest) else gone)
        for place in self._dark_shares(parts, hidden):
            self._mark([buckets[place]], {"share_by_then"}, gone)
        if len(buckets) in hidden:
            self._mark([total], {self.reached, "reached_share", self.censored, "censored_share"}, gone)
        if few(self._people(total, self.reached), self.fewest):
            self._mark([total], self.all_ - {self.word}, low)
        self._hide_open(total)

    def _hidden(self, parts: Sequence[float]) -> set[int]:
        """The parts of a whole that are hidden: the few, and the smallest others until they hide one another."""
        hidden = {place for place, count in enumerate(parts) if few(count, self.fewest)}
        left = sorted((count, place) for place, count in enumerate(parts) if count > 0 and place not in hidden)
        while left and not self._enough([parts[place] for place in hidden]):
            hidden.add(left.pop(0)[1])
        return hidden

    def _dark_shares(self, parts: Sequence[float], hidden: set[int]) -> set[int]:
        """The buckets whose share by then is withheld: between two known shares hidden parts are none, or enough."""
        known, last = [0], len(parts)

        def between(low: int, high: int) -> list[float]:
            return [parts[place] for place in range(low, high) if place in hidden]

        for place in range(1, last):
            if self._enough(between(known[-1], place)):
                known.append(place)
        while len(known) > 1 and not self._enough(between(known[-1], last)):
            known.pop()
        return {place - 1 for place in range(1, last)} - {place - 1 for place in known}

    def _hide_open(self, at: int) -> None:
        """Those who may still reach it, and those who cannot any more, are all who have not."""
        waiting, not_reached = self._people(at, self.open), self._people(at, self.censored)
        if self.censored in self.marks[at] or few(waiting, self.fewest) or few(not_reached - waiting, self.fewest):
            self.marks[at].setdefault(self.open, Below(self.fewest) if few(waiting, self.fewest) else Withheld(self.fewest))

    def _hide_values(self, total: int) -> None:
        """Of values: whole rows, then how many reach the event, then how many may still."""
        values = self._of(VALUE)
        rows = self._hidden_values(total, values, {at for at in values if few(self._people(at, self.word), self.fewest)}, (self.word,))
        split = {at for at in values if any(few(self._people(at, name), self.fewest) for name in (self.reached, self.censored))}
        measures = (self.reached, self.censored)
        parts = {*values} if self.reached in self.marks[total] else self._hidden_values(total, values, split | rows, measures)
        for at in values:
            if at in rows:
                is_few = few(self._people(at, self.word), self.fewest)
                self.few_rows |= {at} if is_few else set()
                self._mark([at], self.all_, Below(self.fewest) if is_few else Withheld(self.fewest))
            elif at in parts:
                self._mark([at], self.all_ - {self.word}, Below(self.fewest) if at in split else Withheld(self.fewest))
            else:
                self._hide_open(at)
        if any(self.open in self.marks[at] for at in values):
            for at in values:
                self.marks[at].setdefault(self.open, Withheld(self.fewest))

    def _hidden_values(self, total: int, values: Sequence[int], hidden: set[int], names: Sequence[str]) -> set[int]:
        """More values hidden until, with what no value shows, they are too many to be told from the total."""
        found = set(hidden)
        left = sorted({*values} - found, key=lambda at: (self._people(at, self.word), at))
        rest = {name: max(0.0, self._people(total, name) - sum(self._people(at, name) for at in values)) for name in names}

        def too_few(name: str) -> bool:
            return not self._enough([rest[name], *(self._people(at, name) for at in found)])

        while left and (found or any(few(count, self.fewest) for count in rest.values())) and any(map(too_few, names)):
            found.add(left.pop(0))
        return found
