"""What all functions that look at other events of a session or person share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cja_spark.view.derived.function import Function, Hold
from cja_spark.view.derived.input import AnyInput, Input, Kind

Scope = Literal["session", "person"]


class NeighbourFunction(Function):
    """A function of the values that a session or person has of one input; a person's begin with the person scope (O7)."""

    input: AnyInput
    scope: Scope = "session"

    @property
    def of_events(self) -> bool:
        """It is a report that asks other events."""
        return False

    @property
    def of_person(self) -> bool:
        """Whether it asks all of a person."""
        return self.scope == "person"

    def holds(self, *, metric: bool) -> tuple[Hold, ...]:
        """What journeys hold for it, where a dimension or a metric is made of it."""
        return (Hold(self.input, "number" if self.in_numbers(metric=metric) else "text"),)

    def in_numbers(self, *, metric: bool) -> bool:
        """Whether it asks numbers; otherwise which values there are."""
        gives = self.gives()
        return self.reads() == "number" and (gives == "number" or (gives == "any" and metric))

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Values of any kind."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the input has."""
        return "any"

    def reads(self) -> Kind:
        """Whether a metric of it is made of numbers or, as ids, of text."""
        return "number"
