"""Lowercase: text in small letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind


class Lowercase(Function):
    """Text in small letters."""

    most: ClassVar[int] = 2

    function: Literal["lowercase"]
    input: AnyInput

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
