"""Reports of steps that an author writes: what they name (rule F1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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


def require_names(setting: str, named: Sequence[Step], besides: Sequence[Step] = ()) -> None:
    """Require steps that stand for themselves, each with a name that no other has.

    Args:
        setting: what the author calls them.
        named: the steps.
        besides: steps of other settings, which need no name of their own.

    Raises:  ValueError for one that follows another step, or for a name that several have.
    """
    if any(one.next for one in (*named, *besides)):
        raise ValueError("next: true says what comes right after another step of a fallout; leave it out.")
    [(name, times)] = Counter(one.name() for one in named).most_common(1)
    if times > 1:
        raise ValueError(f"{setting}: {times} are called '{name}'; give each a label of its own.")
