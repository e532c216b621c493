"""Which events are a step that an author writes, such as one of a fallout or the start of a retention (rule F1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cja_spark.journeys.batch import Bools
from cja_spark.reports.ask import Seen
from cja_spark.reports.fallout_steps import Step
from cja_spark.spec import Spec
from cja_spark.view.condition import Segment


def meets(seen: Seen, step: Step) -> Bools:
    """Events that meet one of a step's uses and all of its segments.

    Shapes: -> bool[events].
    Source: F1.
    """
    return _all_of(seen, step, seen.step, seen.step_segment)


def meets_anywhere(seen: Seen, step: Step) -> Bools:
    """The same of all events that are read, also those that segments hide.

    Shapes: -> bool[events].
    Source: F1, K.
    """
    return _all_of(seen, step, lambda use: _anywhere(seen, use), lambda name: _anywhere(seen, seen.ask.segment(name)))


def _anywhere(seen: Seen, use: str | Spec) -> Bools:
    """Events that meet a use before, in and after the range, each asked apart, whatever all segments hide: bool[events]."""
    if isinstance(use, str) and use in seen.ask.view.metric_names():
        return seen.step(use)
    segment = seen.ask.segment(use if isinstance(use, str | Segment) else Segment.model_construct(where=use))  # type: ignore[arg-type]
    met = seen._matcher_of(seen.in_range, seen.in_range, of_view=False).events_of(segment)
    t, window = seen.journeys.t, seen.ask.window
    parts = (np.asarray(one, bool) for one in (t < window.start, t >= window.end))
    return np.asarray(np.logical_or.reduce([met, *(seen._beside(segment, met, part, part, of_view=False) for part in parts)]), bool)


def _all_of(seen: Seen, step: Step, use_met: Callable[[Any], Bools], segment_met: Callable[[str], Bools]) -> Bools:
    met = np.zeros(seen.journeys.events, bool) if step.uses() else np.ones(seen.journeys.events, bool)
    for use in step.uses():
        met |= use_met(use)
    for name in step.segments:
        met &= segment_met(name)
    return met
