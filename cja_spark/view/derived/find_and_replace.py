"""Find and replace: every occurrence of some text becomes another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind


class FindAndReplace(Function):
    """Text in which every occurrence of `find`, taken literally, is `replace`.

    Attributes:
        find: the text that goes.
        replace: the text that comes.
    """

    most: ClassVar[int] = 5

    function: Literal["find_and_replace"]
    input: AnyInput
    find: str = Field(min_length=1)
    replace: str

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
