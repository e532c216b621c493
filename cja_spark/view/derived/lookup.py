"""Lookup: an attribute that a lookup dataset of the connection has for a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.spec import Name
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind


class Lookup(Function):
    """The value of `column` in the row of a lookup dataset whose key is the input; none where no row has it.

    Attributes:
        dataset: the lookup dataset.
        column: the column that is taken.
    """

    most: ClassVar[int] = 5

    function: Literal["lookup"]
    input: AnyInput
    dataset: Name
    column: str

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """A key, as text."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the dataset has."""
        return "any"
