"""Metrics with attribution in a table: what each value, or combination of values, is credited with (rules A1-A7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Floats, Ints, Items
from cja_spark.kernels import attribution as kernel
from cja_spark.kernels.attribution import NONE, Touches
from cja_spark.kernels.counting import coded, first_per_code, sums_per_code
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.measures import measures
from cja_spark.reports.rate_game import Game, Runs, game_of, shared_equally
from cja_spark.reports.spec import Report
from cja_spark.spec import milliseconds
from cja_spark.view.attribution import Attribution
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import Metric, View

HALF_LIFE = 7 * 86_400_000
EVER = np.iinfo(np.int64).min
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Credits:
    """What conversions give to values.

    Attributes:
        ids: per dimension the id of each value, or combination of values.
        amounts: what each is credited with, float64[values].
        nobody: what no touch came before.
        with_touch: the sum of the conversions that a touch came before.
        game: what is credited where all tasks meet.
    """

    ids: list[Ints]
    amounts: Floats
    nobody: float
    with_touch: float
    game: Game | None = None


def attribution_of(measure: Measure, report: Report, view: View) -> Attribution | None:
    """How a measure credits the values of the report's dimension, by its formula before its metric; None where it does not."""
    found = view.metrics.get(measure.metric)
    if not isinstance(found, Metric) or report.credited_dimension() is None:
        return None
    return measure.attribution or found.attribution


def credits(seen: Seen, metric: str, how: Attribution, mask: Bools) -> Credits:
    """Credit a metric's masked range events to the values of the report's dimension that were set before.

    Shapes: mask bool[events].
    Source: A1-A6; A7: touches are events that no segment hides, and a game is of conversions that none hides.
    """
    dimension = seen.ask.report.credited_dimension()
    assert dimension is not None
    carries = seen.journeys.carries(metric)
    conversions = np.flatnonzero(mask & carries)
    amounts = seen.amounts(metric)[conversions]
    way = Way.of(seen, dimension, how, conversions)
    nobody, with_touch = float(amounts[~way.touched].sum()), float(amounts[way.touched].sum())
    game = None
    if how.game == "rate_game":
        runs = Runs(way.first, way.last, way.touch, way.codes)
        game, equally = game_of(runs, way.ids, amounts, *_persons(seen, way.touches, carries & seen.in_range))
        amounts = np.where(equally, amounts, 0.0)
    return Credits(way.ids, sums_per_code(way.codes, way.credit(how, amounts), len(way.ids[0])), nobody, with_touch, game)


def with_too_many_values(sums: Sums, ask: Ask) -> int:
    """How many conversions of a report are shared equally, for their touches have more values than a rate game takes (A6)."""
    found = enumerate(measures(ask.report.metrics_used(), ask.view))
    hows = ((number, attribution_of(one, ask.report, ask.view)) for number, one in found)
    return sum(shared_equally(sums, number) for number, how in hows if how and how.game == "rate_game")


def _persons(seen: Seen, touches: Touches, converts: Bools) -> tuple[tuple[Ints, Ints], Bools]:
    """The first and the last touch since the person scope began of each person that has one; whether they convert.

    Shapes: converts bool[events] -> int64[persons] twice, bool[persons].
    """
    window, journeys = seen.ask.window, seen.journeys
    at = np.flatnonzero((touches.t >= window.person_from) & (touches.t < window.end))
    person = touches.unit[at]
    begins = np.flatnonzero(np.diff(person, prepend=-1))
    ends = np.append(begins[1:], len(at))[: len(begins)] - 1
    converting = np.zeros(journeys.persons, bool)
    converting[journeys.person_of_event()[converts]] = True
    return (at[begins], at[ends]), converting[person[begins]]


@dataclass(frozen=True)
class Way:
    """Which touches came before which conversions.

    Attributes:
        touches: the events that set a value.
        ids: per dimension the id of each number of a value.
        codes: the numbers of the values that they set, int32[values].
        touch: per value the number of its touch, int64[values].
        first: per conversion its first touch, int64[conversions].
        last: and its last one, before the first where there is none.
    """

    touches: Touches
    ids: list[Ints]
    codes: Codes
    touch: Ints
    first: Ints
    last: Ints

    @classmethod
    def of(cls, seen: Seen, dimension: str, how: Attribution, conversions: Ints) -> Way:
        """Find the touches of some conversions, positions of events.

        Source: A1, A2.
        """
        at, values, touch = _set_values(seen, dimension)
        ids, codes = coded(values)
        touches, lookback = _of(seen, at), how.looks_back()
        first, last = kernel.windows(
            touches, _of(seen, conversions), NONE if lookback is None else milliseconds(lookback),
            seen.ask.window.person_from if how.of_person else EVER, in_session=how.container == "session",
        )  # fmt: skip
        if how.model == "same_touch" and len(at):
            here = np.maximum(last, 0)
            first = np.where(at[here] == conversions, last, last + 1)
        return cls(touches, [ids], codes, touch, first, last)

    @property
    def touched(self) -> Bools:
        """Conversions that a touch came before."""
        return np.asarray(self.first <= self.last, bool)

    def credit(self, how: Attribution, amounts: Floats) -> Floats:
        """What each value is credited with: float64[values]. Of a game, equal parts.

        Source: A3, A4, A6.
        """
        if how.model not in ("participation", "algorithmic"):
            return _by_touch(how, self.first, self.last, amounts, self.touches)[self.touch]
        given = amounts
        if how.model == "algorithmic":
            count = len(self.ids[0])
            given = amounts / np.maximum(kernel.distinct_values(self.first, self.last, self.touch, self.codes, count), 1)
        following = _following(self.codes, self.touch, self.touches.unit)
        return kernel.participating(self.first, self.last, given, self.touch, following)


def _by_touch(how: Attribution, first: Ints, last: Ints, amounts: Floats, touches: Touches) -> Floats:
    count = len(touches.at)
    if how.model == "linear":
        return kernel.linear(first, last, amounts, count)
    if how.model == "time_decay":
        half_life = HALF_LIFE if how.half_life is None else milliseconds(how.half_life)
        return kernel.decaying(first, last, amounts, touches, half_life)
    shape = how.shape() or ((1.0, 0.0, 0.0) if how.model == "first_touch" else (0.0, 0.0, 1.0))
    return kernel.shaped(first, last, amounts, count, shape)


def _of(seen: Seen, at: Ints) -> Touches:
    journeys = seen.journeys
    return Touches(at, journeys.t[at], journeys.person_of_event()[at], seen.sessions[at])


def _set_values(seen: Seen, dimension: str) -> tuple[Ints, Ints, Ints]:
    """Events that set a value; and of all values that they set, once per event, the value and its event's number."""
    journeys = seen.journeys
    items = journeys.own_values(dimension)
    if not isinstance(items, Items):
        at = np.flatnonzero(items)
        return at, items[at], np.arange(len(at))
    event = np.repeat(np.arange(journeys.events), np.diff(items.offsets))[items.values != 0]
    values = items.values[items.values != 0]
    if len(values) == 0:
        return event, values, event
    distinct, codes = coded(values)
    once = first_per_code(event, codes, len(distinct))
    at, touch = np.unique(event[once], return_inverse=True)
    return at, values[once], touch


def _following(values: Codes, touch: Ints, person: Ints) -> Ints:
    """The next touch with the same value of the same person: int64[values]."""
    order = np.lexsort((touch, values, person[touch]))
    same = (values[order][1:] == values[order][:-1]) & (person[touch[order]][1:] == person[touch[order]][:-1])
    found = np.full(len(values), NONE)
    found[order[:-1][same]] = touch[order[1:][same]]
    return found
