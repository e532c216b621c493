"""What every function of a derived field is, and what a field is told of it before Spark starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, NamedTuple

from cja_spark.spec import Name, Spec
from cja_spark.view.derived.input import Input, Kind

Held = Literal["text", "number", "instant", "amount"]


class Hold(NamedTuple):
    """What journeys hold of an input for a function that a report runs.

    Attributes:
        input: the input.
        kind: ids of texts; numbers, and what is set and none; instants, which are microseconds since 1970; numbers alone.
    """

    input: Input
    kind: Held


class Function(Spec):
    """One function of a derived field; its `output` may be named for the functions after it.

    Attributes:
        most: how often a derived field may have it.
    """

    most: ClassVar[int]

    function: str
    output: Name | None = None

    @property
    def of_events(self) -> bool:
        """Whether it looks at one event alone, so that journeys hold what it gives."""
        return True

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Its inputs, each with the kind of values that it must have."""
        raise NotImplementedError

    def gives(self) -> Kind:
        """The kind of its values; `any` where the inputs decide."""
        return "text"

    def operators(self) -> int:
        """How many operators it has, of those that are limited."""
        return 0

    @property
    def gives_list(self) -> bool:
        """Whether an event has several of its values."""
        return False
