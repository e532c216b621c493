"""Credits that add up to the metric, sets of values, and buckets of conversions: what tells how much few people gave is hidden with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few
from cja_spark.page.privacy_of_buckets import hide_few_of_buckets
from cja_spark.page.privacy_of_sets import hide_few_of_sets
from cja_spark.reports.attribution_rows import IN_FULL, LAST_ONES, OF_MODEL, share_of

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
People = Mapping[str, float | None]
Marks = list[dict[str, SafeCell]]
EVENTS, LAST, PEOPLE, ONLY, ITEM = "conversion_events", "last_touch_events", "people", "only_people", "credited_item"
CREDITED, SETS = ("item", "other"), ("set", "overlap", "none")


def models_are_credited(columns: Columns) -> bool:
    """Whether the rows are values with what several models credit them with."""
    return {ITEM, LAST, "set_mask"} <= {column.name for column in columns}


def hide_few_of_attribution(rows: Sequence[Row], columns: Columns, fewest: int, behind: Sequence[People]) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    A credit is hidden where the conversions that give it are of so few people. The credits of a model, and the conversions by their last touch,
    add up with what no touch took to the total: so as long as what is hidden is one row, or may be of fewer people, the value of the fewest
    people that is left is withheld. Where no value is left, what no touch took is withheld under every model. A count of conversions with a
    touch is withheld where almost nobody is without it, and so is a credit in full. Sets hide as those of an overlap, buckets as those of
    a histogram, and who is in one set as the value of that set.

    Args:
        rows: the rows.
        columns: their columns.
        fewest: the least people that a figure may be about.
        behind: per row whose conversions its credits are of.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    told = _Told(rows, behind, columns, fewest)
    told.credits()
    for _ in range(3):  # what one part hides is hidden in the others too, and asks for more there
        told.touched()
        told.distributions()
        told.sets()
    for row, mark in zip(rows, told.marks, strict=True):
        yield {name: mark.get(name, cell) for name, cell in row.items()}


class _Told:
    """What is hidden so far, row by row."""

    def __init__(self, rows: Sequence[Row], behind: Sequence[People], columns: Columns, fewest: int) -> None:
        self.rows, self.behind, self.columns, self.fewest = rows, behind, columns, fewest
        self.marks: Marks = [{} for _ in rows]
        names = [column.name for column in columns]
        full = [name for name in names if rows and f"{IN_FULL}{name}" in behind[0]]
        self.models = {name: f"{IN_FULL if name in full else OF_MODEL}{name}" for name in names if share_of(name) in names}
        self.parts, self.untouched = self.of(*CREDITED), self.of("untouched")
        self.all_people = max((_number(rows[at].get(PEOPLE)) for at in self.of("total")), default=0.0)

    def of(self, *kinds: str) -> list[int]:
        """The places of rows of some kinds."""
        return [at for at, row in enumerate(self.rows) if row.get("row_kind") in kinds]

    def hide(self, at: int, *names: str, below: bool = False) -> None:
        """Hide figures of a row that are not hidden yet; a small one is said to be small."""
        for name in names:
            if self.rows[at].get(name) is not None:
                self.marks[at].setdefault(name, Below(self.fewest) if below else Withheld(self.fewest))

    def few_of(self, at: int, people: float, *names: str) -> None:
        """Hide figures of a row that are of so few people."""
        if few(people, self.fewest):
            self.hide(at, *names, below=True)

    def people(self, at: int, behind: str) -> float:
        """How many people give a figure; where nobody knows, those of the row."""
        known = self.behind[at].get(behind)
        return _number(self.rows[at].get(PEOPLE) if known is None else known)

    def credits(self) -> None:
        """Credits of few people, and what would tell them."""
        for at in (*self.of("total"), *self.parts, *self.untouched):
            for model, behind in self.models.items():
                self.few_of(at, self.people(at, behind), model, share_of(model))
        told = [model for model, behind in self.models.items() if not self.cover(model, behind)]
        for at in self.untouched if told else ():
            self.hide(at, *self.models, *map(share_of, self.models), EVENTS, PEOPLE)
        for model, behind in self.models.items():
            self.cover(model, behind)
        for model in (name for name, behind in self.models.items() if behind.startswith(IN_FULL)):
            self.in_full(model)

    def in_full(self, model: str) -> None:
        """Credits in full: all of the metric less one of them is that of conversions without the value."""
        for at in self.of("item"):
            if self.all_people - self.people(at, self.models[model]) < self.fewest and self.rows[at].get(model) != self.total(model):
                self.hide(at, model, share_of(model))

    def cover(self, name: str, behind: str) -> bool:
        """Withhold more values of a column that adds up, those of the fewest people first, until what is hidden cannot be told."""
        beside = {at: self.people(at, behind) for at in self.untouched if (EVENTS if name == LAST else name) in self.marks[at]}
        hidden = beside | {at: self.people(at, behind) for at in self.parts if name in self.marks[at]}
        some = {at: self.people(at, behind) for at in self.parts if at not in hidden and self.rows[at].get(name) is not None}
        left = sorted((people, at) for at, people in some.items() if people > 0)
        while hidden and not self.safe(hidden) and left:
            people, at = left.pop(0)
            hidden[at] = people
            self.hide(at, name, share_of(name))
        return not hidden or self.safe(hidden)

    def safe(self, hidden: Mapping[int, float]) -> bool:
        """Whether hidden rows hide each other: one person may give to several of them."""
        return len(hidden) > 1 and max(hidden.values()) >= self.fewest

    def distributions(self) -> None:
        """Buckets of touches and of days; conversions without a touch are the first of both."""
        zero = next((at for at in self.of("touches") if self.rows[at].get("amount_range") == "0"), None)
        forced = any(EVENTS in self.marks[at] for at in self.untouched)
        for _ in range(2):  # what hides the first bucket of one hides that of the other
            for kind in ("touches", "days"):
                some = [at for at in self.of(kind) if at != zero]
                self.buckets([*self.of("total"), *([] if zero is None else [zero]), *some], zero if forced else None)
                forced = zero is not None and EVENTS in self.marks[zero]
        for at in self.untouched:
            if forced:
                self.hide(at, EVENTS, PEOPLE, below=few(self.rows[at].get(PEOPLE), self.fewest))

    def buckets(self, places: Sequence[int], forced: int | None) -> None:
        """Buckets that add up to the total; one of them may be hidden already, so it is as if it were of one person."""
        given = [{**self.rows[at], PEOPLE: 1.0} if at == forced else self.rows[at] for at in places]
        shown = hide_few_of_buckets(given, tuple(column for column in self.columns if column.name in (EVENTS, PEOPLE)), self.fewest)
        self.take(places, shown, (EVENTS, PEOPLE))

    def sets(self) -> None:
        """Sets of values: one whose value is hidden, or nobody touched where that is, is as if it were of one person."""
        places, values = [*self.of("total"), *self.of(*SETS)], {self.rows[at].get(ITEM): at for at in self.of("item")}
        same = {at: values.get(self.rows[at].get("in_sets")) for at in self.of("set")} | dict.fromkeys(self.of("none"), next(iter(self.untouched), None))
        pairs = {at: other for at, other in same.items() if other is not None}
        forced = {at for at, other in pairs.items() if PEOPLE in self.marks[other] and _number(self.rows[at].get(ONLY)) > 0}
        given = [{**self.rows[at], ONLY: 1.0} if at in forced else self.rows[at] for at in places]
        columns = tuple(column for column in self.columns if column.name in (PEOPLE, ONLY))
        self.take(places, hide_few_of_sets(given, columns, self.fewest), (PEOPLE, ONLY))
        for at, other in pairs.items():
            if PEOPLE in self.marks[at]:
                self.hide(other, PEOPLE, EVENTS, below=few(self.rows[other].get(PEOPLE), self.fewest))

    def touched(self) -> None:
        """Conversions that a value is a touch of, whose these are, and those that it is the last one of."""
        events = self.total(EVENTS)
        for at in self.of("item"):
            row, people = self.rows[at], _number(self.rows[at].get(PEOPLE))
            self.few_of(at, people, EVENTS, PEOPLE, LAST)
            self.few_of(at, self.people(at, LAST_ONES), LAST)
            if _number(row.get(EVENTS)) > _number(row.get(LAST)) and people - self.people(at, LAST_ONES) < self.fewest:
                self.hide(at, LAST)
            if _number(row.get(EVENTS)) < events and self.all_people - people < self.fewest:
                self.hide(at, EVENTS, PEOPLE)
        for name in (EVENTS, PEOPLE, LAST):  # where each conversion has one touch all of them add up
            self.cover(name, LAST_ONES if name == LAST else PEOPLE)

    def take(self, places: Sequence[int], shown: Iterator[dict[str, SafeCell]], names: Sequence[str]) -> None:
        """Take over what another rule hides."""
        for at, row in zip(places, shown, strict=True):
            for name in names:
                if isinstance(row.get(name), Below | Withheld):
                    self.hide(at, name, below=few(self.rows[at].get(PEOPLE), self.fewest))

    def total(self, name: str) -> float:
        """A figure of the total."""
        return max((_number(self.rows[at].get(name)) for at in self.of("total")), default=0.0)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
