"""What a report of attribution counts: touches are found once, each window of them once, and all models credit from these (A1-A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.attribution import next_same, participating
from cja_spark.kernels.counting import distinct_units, sums_per_code, units_per_code
from cja_spark.kernels.touch_people import covered, reached, sets_of_people, values_of_people
from cja_spark.kernels.value_sets import mixed
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.credited import played
from cja_spark.reports.flow_rows import NODES
from cja_spark.reports.table_rows import combined
from cja_spark.reports.touched import OF_VALUES, Found, Way, touches_of
from cja_spark.view.attribution import Attribution

if TYPE_CHECKING:
    from cja_spark.reports.attribution import AttributionPanel

# Measures, the first four by the number of a model: credit by value, people who gave some, what no touch took, whose that is.
CREDIT, GAVE, NOBODY, NOBODYS = 0, 100, 200, 300
AMOUNT, CONVERSIONS, PEOPLE = 400, 401, 402  # of all conversions
TOUCHED, TOUCHED_PEOPLE, LAST, LAST_PEOPLE = 403, 404, 405, 406  # by value: conversions that it was a touch of, or the last one
SETS, MEMBERS = 407, 408  # people by the set of values that touched them, by two names; the values of each set
TOUCHES, TOUCHES_PEOPLE, DAYS, DAYS_PEOPLE = 409, 410, 411, 412  # by bucket
MOST_TOUCHES = 10  # the last bucket of numbers of touches
DAY = 86_400_000
DAY_STARTS = (0, 1, 2, 4, 8, 15, 31, 61, 91)  # days that buckets of time begin with
Window = tuple[object, ...]


@dataclass(frozen=True)
class Touched:
    """The conversions that a touch came before, in one window.

    Attributes:
        way: their touches.
        some: which conversions these are, bool[conversions].
        people: the person of each, int64[touched].
    """

    way: Way
    some: Bools
    people: Ints

    @property
    def size(self) -> int:
        """How many numbers of values there are."""
        return len(self.way.ids[0])

    def people_per_value(self, touches: Bools) -> Ints:
        """How many people have some of the touches, per number of a value: bool[touches] -> int64[numbers]."""
        values = touches[self.way.touch]
        return units_per_code(self.way.codes[values], self.way.touches.unit[self.way.touch[values]], self.size)


def kernel(seen: Seen[AttributionPanel]) -> Cells:
    """Credit the conversions by each model, and count them by the touches that came before.

    Source: A1-A7. Decision: which touches are counted the report's own window says, whatever those of its models are.
    """
    cells, report = Cells(), seen.ask.report
    carries = seen.journeys.carries(report.metric)
    conversions = np.flatnonzero(seen.masked() & carries)
    if len(conversions) == 0:
        return cells
    amounts = seen.amounts(report.metric)[conversions]
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[conversions]
    for measure, amount in ((AMOUNT, amounts.sum()), (CONVERSIONS, len(people)), (PEOPLE, _distinct(people))):
        cells.add(measure, float(amount))
    windows = _windows(seen, touches_of(seen, (report.dimension,)), conversions, people)
    for number, how in enumerate(report.hows().values()):
        _add_credit(cells, seen, number, how, windows[_window(how)], amounts, people, carries)
    of_report = windows[_window(report.window())]
    _add_touched(cells, of_report)
    _add_sets(cells, of_report, None if seen.ask.items is None else seen.ask.items[0])
    _add_distributions(cells, of_report, seen.journeys.t[conversions], people)
    return cells


def first_kernel(seen: Seen[AttributionPanel]) -> Cells:
    """The credit of the first model alone, as that of the nodes of a flow: it says which values are told apart (L2)."""
    cells, report = Cells(), seen.ask.report
    carries = seen.journeys.carries(report.metric)
    conversions = np.flatnonzero(seen.masked() & carries)
    how = next(iter(report.hows().values()))
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[conversions]
    found = _touched(Way.of(seen, (report.dimension,), how, conversions), people)
    sums, ids = _given(how, found, seen.amounts(report.metric)[conversions][found.some])
    cells.add(NODES, sums, 0, ids)
    return cells


def _window(how: Attribution) -> Window:
    """What says which touches of a conversion count; a rate game knows no runs."""
    return how.container, how.looks_back(), how.touch if how.game != "rate_game" else "each", how.model == "same_touch"


def _windows(seen: Seen[AttributionPanel], touching: Found, conversions: Ints, people: Ints) -> Mapping[Window, Touched]:
    """The touches of the conversions in each window, once."""
    hows = {_window(how): how for how in seen.ask.report.credited_by()}
    return {window: _touched(Way.among(seen, touching, how, conversions), people) for window, how in hows.items()}


def _touched(way: Way, people: Ints) -> Touched:
    some = way.touched
    return Touched(way if some.all() else way.of_some(some), some, people[some])


def _add_credit(
    cells: Cells, seen: Seen[AttributionPanel], number: int, how: Attribution, found: Touched, amounts: Floats, people: Ints, carries: Bools
) -> None:
    """Add what one model credits, and whose conversions it is of."""
    given = amounts[found.some]
    if how.game == "rate_game":
        game, given = played(seen, found.way, given, carries)
        game.add_to(cells, number)
    cells.add(CREDIT + number, *_given(how, found, given))
    counts = found.people_per_value(_reached(found.way, how))
    gave = np.flatnonzero(counts)
    cells.add(GAVE + number, counts[gave], found.way.ids[0][gave])
    cells.add(NOBODY + number, float(amounts[~found.some].sum()))
    cells.add(NOBODYS + number, float(distinct_units(people, ~found.some)))


def _given(how: Attribution, found: Touched, amounts: Floats) -> tuple[Floats, Ints]:
    """What each value is credited with that is credited at all, and its id: float64[values], int64[values]."""
    sums = sums_per_code(found.way.codes, found.way.credit(how, amounts), found.size)
    some = np.flatnonzero(sums)
    return sums[some], found.way.ids[0][some]


def _reached(way: Way, how: Attribution) -> Bools:
    """Which touches a model gives something to: bool[touches]."""
    touches = len(way.touches.at)
    if how.model in (*OF_VALUES, "linear", "time_decay"):
        return covered(way.first, way.last, touches)
    shares = way.shares(how, np.ones(len(way.first)))
    return reached(way.first, way.last, shares.first > 0, shares.between > 0, shares.last > 0, touches)


def _add_touched(cells: Cells, found: Touched) -> None:
    """Add how many conversions each value is a touch of, or the last one, and of how many people."""
    way, every = found.way, np.ones(len(found.people))
    following = next_same(way.codes, way.touch, found.size)
    conversions = sums_per_code(way.codes, participating(way.first, way.last, every, way.touch, following), found.size)
    ending = np.bincount(way.last, minlength=len(way.touches.at))
    counts = {
        TOUCHED: conversions, TOUCHED_PEOPLE: found.people_per_value(covered(way.first, way.last, len(way.touches.at))),
        LAST: sums_per_code(way.codes, ending[way.touch].astype(np.float64), found.size), LAST_PEOPLE: found.people_per_value(ending > 0),
    }  # fmt: skip
    for measure, count in counts.items():
        some = np.flatnonzero(count)
        cells.add(measure, count[some], way.ids[0][some])


def _add_sets(cells: Cells, found: Touched, items: Ints | None) -> None:
    """Add how many people were touched by which values before any of their conversions, each person once.

    Source: V; L2: where there are very many values, those alone that are told apart.
    """
    way = found.way
    some = covered(way.first, way.last, len(way.touches.at))[way.touch]
    if items is not None:
        some &= np.isin(way.ids[0], items)[way.codes]
    people, codes = values_of_people(way.touches.unit[way.touch[some]], way.codes[some], found.size)
    starts, *names = sets_of_people(people, codes, mixed(way.ids[0]))
    if len(starts) == 0:
        return
    keys, numbers = combined(tuple(names))
    cells.add(SETS, np.bincount(numbers), *keys)
    sizes = np.diff(np.append(starts, len(codes)))
    once = np.zeros(len(starts), bool)
    once[np.unique(numbers, return_index=True)[1]] = True
    listed = np.repeat(once, sizes)
    owner = np.repeat(numbers, sizes)[listed]
    cells.add(MEMBERS, np.ones(len(owner)), *(key[owner] for key in keys), way.ids[0][codes[listed]])


def _add_distributions(cells: Cells, found: Touched, t: Ints, people: Ints) -> None:
    """Add conversions by how many touches came before, and by how long before the first of them was.

    Shapes: t, people int64[conversions].
    """
    way = found.way
    counts = np.zeros(len(people), np.int64)
    counts[found.some] = way.last - way.first + 1
    first = way.touches.t[way.first] if way.began is None else way.began.t
    days = np.searchsorted(DAY_STARTS, (t[found.some] - first) // DAY, side="right") - 1
    for number, places, whose in ((TOUCHES, np.minimum(counts, MOST_TOUCHES), people), (DAYS, days, found.people)):
        size = int(places.max(initial=0)) + 1
        for measure, count in ((number, np.bincount(places, minlength=size)), (number + 1, units_per_code(places.astype(np.int32), whose, size))):
            some = np.flatnonzero(count)
            cells.add(measure, count[some], some)


def _distinct(people: Ints) -> int:
    return distinct_units(people, np.ones(len(people), bool))
