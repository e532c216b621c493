"""Classify: a table of values and what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from cja_spark.view.condition import Text
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted


class Classify(Function):
    """What the value is called in `entries`; a value without an entry, or with an empty one, has none.

    `show_original_values`: such a value keeps its own name instead.

    Attributes:
        entries: what values are called.
        show_original_values: whether a value without an entry keeps its own name.
    """

    most: ClassVar[int] = 5

    function: Literal["classify"]
    input: AnyInput
    entries: Annotated[dict[str, Text | None], counted(1, 200)]
    show_original_values: bool = False

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
