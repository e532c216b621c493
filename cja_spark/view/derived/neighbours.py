"""What all functions that look at other events of a session or person share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cja_spark.view.derived.function import Function
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

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Values of any kind."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the input has."""
        return "any"
