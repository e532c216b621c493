"""Metrics with attribution in a table: what each value, or combination of values, is credited with (rules A1-A7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.attribution import Touches
from cja_spark.kernels.counting import sums_per_code
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.measures import measures
from cja_spark.reports.rate_game import Game, Runs, game_of, shared_equally
from cja_spark.reports.row_filter import ALL_ROWS, RowFilter
from cja_spark.reports.spec import Report
from cja_spark.reports.table_rows import combined
from cja_spark.reports.touched import Way
from cja_spark.reports.touched_by_time import by_time
from cja_spark.view.attribution import Attribution
from cja_spark.view.components import Metric
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import View
from cja_spark.view.standard import TIMES


@dataclass(frozen=True)
class Credits:
    """What conversions give to values.

    Attributes:
        ids: per dimension the id of each value, or combination of values; one may stand there several times.
        amounts: what each is credited with, float64[values].
        untouched: per dimension the ids of rows of what no touch came before: no value, beside the times of the conversions.
        nobody: what no touch came before, float64[rows].
        on_rows: what touches with a value that makes a row are credited with, each once.
        game: what is credited where all tasks meet.
    """

    ids: list[Ints]
    amounts: Floats
    untouched: list[Ints]
    nobody: Floats
    on_rows: float
    game: Game | None = None


def attribution_of(measure: Measure, report: Report, view: View) -> Attribution | None:
    """How a measure credits the values of the report's dimensions, by its formula before its metric; None where it does not.

    Source: A7: credit falls in the conversion's own time.
    """
    found = view.metrics.get(measure.metric)
    if not isinstance(found, Metric) or {*report.credited_dimensions()} <= {*TIMES} or measure.squared_per:
        return None
    return measure.attribution or found.attribution


def credits(seen: Seen, metric: str, how: Attribution, mask: Bools, only: RowFilter = ALL_ROWS) -> Credits:
    """Credit a metric's masked range events to the values, or combinations of values, that were set before.

    Args:
        seen: the batch.
        metric: the metric.
        how: its attribution.
        mask: bool[events].
        only: which values make a row.

    Source: A1-A6; A7: touches are events that no segment hides, and a game is of conversions that none hides.
    """
    carries = seen.journeys.carries(metric)
    conversions = np.flatnonzero(mask & carries)
    amounts = seen.amounts(metric)[conversions]
    dimensions = seen.ask.report.credited_dimensions()
    valued = tuple(name for name in dimensions if name not in TIMES)
    way = Way.of(seen, valued, how, conversions)
    if len(valued) < len(dimensions):
        return _credits_by_time(seen, way, how, conversions, amounts, only)
    game, given = None, amounts
    if how.game == "rate_game":
        game, given = played(seen, way, amounts, carries)
    sums, whole = _on_rows(way, how, given, amounts, way.rows(dimensions, only))
    nobody = amounts[~way.touched].sum(keepdims=True)
    return Credits(way.ids, sums, [np.zeros(1, np.int64) for _ in dimensions], nobody, whole, game)


def played(seen: Seen, way: Way, amounts: Floats, carries: Bools) -> tuple[Game, Floats]:
    """What is credited where all tasks meet, and what each conversion gives without it: those with too many values, equally.

    Args:
        seen: the batch.
        way: the touches of conversions.
        amounts: of conversions.
        carries: which events carry the metric.

    Shapes: amounts float64[conversions], carries bool[events] -> float64[conversions].
    Source: A6.
    """
    runs = Runs(way.first, way.last, way.touch, way.codes)
    game, equally = game_of(runs, way.ids, amounts, *_persons(seen, way.touches, carries & seen.in_range))
    return game, np.where(equally, amounts, 0.0)


def _on_rows(way: Way, how: Attribution, given: Floats, amounts: Floats, rows: Bools) -> tuple[Floats, float]:
    """What each number of values is credited with, and what all rows are, each touch once.

    Shapes: given, amounts float64[conversions], rows bool[numbers] -> float64[numbers].
    """
    credit = way.credit(how, given)
    sums = _sums(way, credit, rows)
    return sums, float(sums.sum()) if how.model == "algorithmic" else way.on_rows(how, credit, amounts, rows)


def _sums(way: Way, credit: Floats, rows: Bools) -> Floats:
    """What each number of values is credited with, where it is a row: credit float64[values] -> float64[numbers]."""
    return np.where(rows, sums_per_code(way.codes, credit, len(rows)), 0.0)


def _credits_by_time(
    seen: Seen, way: Way, how: Attribution, conversions: Ints, amounts: Floats, only: RowFilter
) -> Credits:
    """Credit of values in the conversions' own times (A7)."""
    dimensions = seen.ask.report.credited_dimensions()
    times = {name: seen.journeys.ids(name)[conversions] for name in dimensions if name in TIMES}
    way = _of_one_touch(way, how)
    shown = np.where(only.passes(times, len(amounts)), amounts, 0.0)
    whole = _on_rows(way, how, shown, shown, way.rows([name for name in dimensions if name not in TIMES], only))[1]
    touched = way.touched
    some, units = way.of_some(touched), seen.journeys.person_of_event()[conversions[touched]]
    places = [at for at, name in enumerate(dimensions) if name in TIMES]
    groups = by_time(some, how, some.shares(how, amounts[touched]), units, [key[touched] for key in times.values()], places)
    parts = [(one.ids, _sums(one, one.given(how, shares), one.rows(dimensions, only))) for one, shares in groups]
    untouched, nobody = _untouched_in_their_times(dimensions, [*times.values()], amounts, ~touched)
    ids = [np.concatenate([np.zeros(0, np.int64), *(part[0][at] for part in parts)]) for at in range(len(dimensions))]
    return Credits(ids, np.concatenate([np.zeros(0), *(part[1] for part in parts)]), untouched, nobody, whole)


def _of_one_touch(way: Way, how: Attribution) -> Way:
    """The touches that get something, where one has all, so that no other one has to stand beside it."""
    if how.model not in ("last_touch", "same_touch", "first_touch"):
        return way
    one_touch = way.first if how.model == "first_touch" else way.last
    return replace(way, first=np.where(way.touched, one_touch, way.first), last=np.where(way.touched, one_touch, way.last))


def _untouched_in_their_times(dimensions: Sequence[str], times: Sequence[Ints], amounts: Floats, some: Bools) -> tuple[list[Ints], Floats]:
    """Sums of conversions that no touch came before, and per dimension the ids of their rows: no value beside their times."""
    keys, nobody = _in_their_times(times, amounts, some)
    of_times = iter(keys)
    return [next(of_times) if name in TIMES else np.zeros(len(nobody), np.int64) for name in dimensions], nobody


def _in_their_times(times: Sequence[Ints], amounts: Floats, some: Bools) -> tuple[list[Ints], Floats]:
    """Sums of some conversions per combination of times, and the times: int64[rows] each, float64[rows]."""
    if not some.any():
        return [np.zeros(0, np.int64) for _ in times], np.zeros(0)
    keys, codes = combined(tuple(key[some] for key in times))
    return keys, sums_per_code(codes, amounts[some], len(keys[0]))


def with_too_many_values(sums: Sums, ask: Ask) -> int:
    """How many conversions of a report are shared equally, for their touches have more values than a rate game takes (A6)."""
    own = ask.report.credited_by()
    hows = own or [attribution_of(one, ask.report, ask.view) for one in measures(ask.report.metrics_used(), ask.view)]
    return sum(shared_equally(sums, number) for number, how in enumerate(hows) if how and how.game == "rate_game")


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
