"""Which events are a step that an author writes: of a fallout, or of a retention (rule F1)."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Bools
from cja_spark.reports.ask import Seen
from cja_spark.reports.fallout_steps import Step


def meets(seen: Seen, step: Step) -> Bools:
    """Events that meet one of a step's uses and all of its segments.

    Shapes: -> bool[events].
    Source: F1.
    """
    met = np.zeros(seen.journeys.events, bool) if step.uses() else np.ones(seen.journeys.events, bool)
    for use in step.uses():
        met |= seen.step(use)
    for name in step.segments:
        met &= seen.step_segment(name)
    return met
