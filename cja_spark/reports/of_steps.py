"""Reports of steps that an author writes: what they name (rule F1)."""

from __future__ import annotations

from cja_spark.reports.fallout_steps import Step
from cja_spark.reports.spec import Report
from cja_spark.spec import Spec


class OfSteps(Report):
    """A report that asks which events meet steps."""

    def own_steps(self) -> tuple[Step, ...]:
        """The steps that it asks for."""
        return ()

    def names_used(self) -> tuple[str, ...]:
        """Steps that name a metric or a segment."""
        return tuple(use for step in self.own_steps() for use in step.uses() if isinstance(use, str))

    def segments_used(self) -> tuple[str, ...]:
        """Segments that events must meet besides."""
        return tuple(dict.fromkeys(name for step in self.own_steps() for name in step.segments))

    def conditions(self) -> tuple[Spec, ...]:
        """Steps that are conditions."""
        return tuple(use for step in self.own_steps() for use in step.uses() if not isinstance(use, str))
