"""What every function of a derived field is, and what a field is told of it before Spark starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from cja_spark.spec import Name, Spec
from cja_spark.view.derived.input import Input, Kind


class Function(Spec):
    """One function of a derived field; its `output` may be named for the functions after it.

    Attributes:
        most: how often a derived field may have it.
        of_events: whether it looks at one event alone.
    """

    most: ClassVar[int]
    of_events: ClassVar[bool] = True

    function: str
    output: Name | None = None

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
