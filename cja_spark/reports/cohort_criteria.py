"""What puts persons into cohorts and what coming back is: sums of metrics in a period, events of segments (rule C1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.journeys.batch import Bools, Floats, Ints
from cja_spark.kernels.amounts import compared
from cja_spark.kernels.cohort import Stays
from cja_spark.kernels.counting import slots_of, sums_per_code
from cja_spark.kernels.sessions import session_amounts
from cja_spark.reports.ask import Seen
from cja_spark.reports.measures import IN_MS, per_code
from cja_spark.spec import AsTuple, EachOnce, Name, Spec
from cja_spark.view.calendar import Granularity, edges
from cja_spark.view.comparison import COMPARISONS
from cja_spark.view.condition import MetricCondition
from cja_spark.view.spec import SESSION_METRICS

MOST_METRICS, MOST_SEGMENTS = 3, 10


def _bounded(value: object) -> object:
    """A metric without a comparison is at least 1."""
    found = {"metric": value} if isinstance(value, str) else value
    if isinstance(found, Mapping) and "metric" in found and len(found) == 1:
        return {**found, "at_least": 1}
    return found


Sum = Annotated[MetricCondition, BeforeValidator(_bounded, json_schema_input_type=Name | MetricCondition)]


class Criteria(Spec):
    """What a person has to have in a period: sums of metrics of its events, those of some segments alone where there are any.

    Attributes:
        metrics: the metrics with what their sums in the period have to be; without a word at least 1.
        match: whether all metrics have to be met, or any.
        segments: segments that events must meet to count.
    """

    metrics: Annotated[tuple[Sum, ...], AsTuple] = Field(default=(), max_length=MOST_METRICS)
    match: Literal["all", "any"] = "all"
    segments: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=(), max_length=MOST_SEGMENTS)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.metrics and not self.segments:
            raise ValueError("name a metric under 'metrics', or a segment under 'segments'.")
        return self

    def name(self) -> str:
        """The criteria in a few words."""
        sums = f" {'and' if self.match == 'all' else 'or'} ".join(_words(one) for one in self.metrics)
        return " in ".join(part for part in (sums, " and ".join(self.segments)) if part)


def _words(one: MetricCondition) -> str:
    bounds = {name: bound for name in COMPARISONS if (bound := getattr(one, name)) is not None}
    if bounds == {"at_least": 1}:
        return one.metric
    return " ".join([one.metric, *(f"{name.replace('_', ' ')} {bound:g}" for name, bound in bounds.items())])


def _criteria(value: object) -> object:
    if isinstance(value, list | tuple):
        return {"metrics": value}
    return {"metrics": [value]} if isinstance(value, str) or (isinstance(value, Mapping) and "metric" in value) else value


Written = Annotated[Criteria, BeforeValidator(_criteria, json_schema_input_type=Name | list[Name | MetricCondition] | MetricCondition | Criteria)]


class Periods(NamedTuple):
    """Periods of persons that have events, ascending by person, then by period.

    Attributes:
        at: int64[events], the events.
        codes: int32[events], which of the periods each is in.
        people: int64[periods of persons], whose.
        numbers: int64[periods of persons], which period of the calendar, from 0.
    """

    at: Ints
    codes: npt.NDArray[np.int32]
    people: Ints
    numbers: Ints


def periods_of(seen: Seen, mask: Bools, starts: Ints) -> Periods:
    """The periods in which persons have masked events.

    Shapes: mask bool[events], starts int64[periods] (ms UTC, ascending, none after the first event).
    """
    at = np.flatnonzero(mask)
    if len(at) == 0:
        return Periods(at, np.zeros(0, np.int32), at, at)
    slots, people = slots_of(seen.journeys.t[at], starts), seen.journeys.person_of_event()[at]
    new = np.ones(len(at), bool)  # events of a person ascend in time
    new[1:] = (slots[1:] != slots[:-1]) | (people[1:] != people[:-1])
    first = np.flatnonzero(new)
    return Periods(at, np.cumsum(new, dtype=np.int32) - np.int32(1), people[first], slots[first].astype(np.int64))


def met(seen: Seen, criteria: Criteria, periods: Periods, counts: Bools, early: Bools | None = None) -> Bools:
    """Which periods of persons meet some criteria; one without an event that counts meets none.

    Args:
        seen: what the report sees.
        criteria: the criteria.
        periods: the periods.
        counts: the events that the segments of the criteria keep: bool[events].
        early: all events of the time before the range, where the periods are of it: bool[events].

    Shapes: -> bool[periods of persons].
    Source: C1.
    """
    some = counts[periods.at]
    at, codes, size = periods.at[some], periods.codes[some], len(periods.people)
    present = np.zeros(size, bool)
    present[codes] = True
    found = [compared(_sums(seen, one.metric, at, codes, size, early), one) for one in criteria.metrics]
    if not found:
        return present
    return present & reduce(np.logical_and if criteria.match == "all" else np.logical_or, found)


def counting(seen: Seen, criteria: Criteria) -> Bools:
    """Range events that all segments of some criteria keep: bool[events]."""
    kept = seen.of_view
    for name in criteria.segments:
        kept = kept & seen.matches(seen.ask.segment(name))
    return kept


def met_before(seen: Seen, criteria: Criteria, since: int, size: Granularity) -> Stays:
    """The periods before the range that meet some criteria, of what lies in them from an instant on.

    Args:
        seen: what the report sees.
        criteria: the criteria.
        since: the instant, ms UTC; it lies in period 0.
        size: how long a period is.

    Shapes: -> int64[n], int64[n].
    Source: C1, O7: segments of events and sessions are asked of the events before the range, and who is in one of persons is by the range.
    """
    view, start, t = seen.ask.view, seen.ask.window.start, seen.journeys.t
    counts = seen.before(since, (*seen.ask.report.segments, *criteria.segments))
    periods = periods_of(seen, counts, np.array(edges(since, start, size, view.time_zone, view.calendar), np.int64))
    found = met(seen, criteria, periods, counts, np.asarray((t >= since) & (t < start), bool))
    return Stays(periods.people[found], periods.numbers[found])


def _sums(seen: Seen, metric: str, at: Ints, codes: npt.NDArray[np.int32], size: int, early: Bools | None) -> Floats:
    """A metric per period of a person, in the unit that it is shown in: float64[size]."""
    if early is not None and metric in SESSION_METRICS:
        sums = sums_per_code(codes, session_amounts(metric, seen.journeys.t, seen.sessions, early)[at], size)
    else:
        sums = per_code(seen, metric, at, codes, size)
    return sums / 1000 if metric == IN_MS else sums
