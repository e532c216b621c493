"""What all functions that look at other events of a session or person share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind

Scope = Literal["session", "person"]


class NeighbourFunction(Function):
    """A function of the values that a session or person has of one input; a person's begin with the person scope (O7)."""

    of_events: ClassVar[bool] = False

    input: AnyInput
    scope: Scope = "session"

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Values of any kind."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the input has."""
        return "any"

    def reads(self) -> Kind:
        """Whether a metric of it is made of numbers or, as ids, of text."""
        return "number"
