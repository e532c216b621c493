"""Split: one of the parts of a text, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind

MOST_VALUES = 10


class Split(Function):
    """The part at a position from the left or from the right, counted from 1; or with `array` all parts as values.

    Parts that are blank are not set. An array has its first `most_values` parts, 10 at most.

    Attributes:
        delimiter: what stands between parts.
        left: which part, counted from the left.
        right: which part, counted from the right.
        array: all parts as values instead.
        most_values: how many parts at most.
    """

    most: ClassVar[int] = 2

    function: Literal["split"]
    input: AnyInput
    delimiter: str = Field(min_length=1)
    left: int | None = Field(default=None, ge=1)
    right: int | None = Field(default=None, ge=1)
    array: Literal[True] | None = None
    most_values: int = Field(default=MOST_VALUES, ge=1, le=MOST_VALUES)

    @model_validator(mode="after")
    def _one_way(self) -> Split:
        if sum(way is not None for way in (self.left, self.right, self.array)) != 1:
            raise ValueError("give exactly one of 'left', 'right', 'array'.")
        return self

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)

    @property
    def gives_list(self) -> bool:
        """Whether an event has several parts."""
        return bool(self.array)
