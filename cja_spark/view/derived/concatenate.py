"""Concatenate: up to three values as one text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from cja_spark.spec import AsTuple
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted


class Concatenate(Function):
    """Values one after the other with a delimiter between them; those not set are left out, and their delimiter too.

    Attributes:
        delimiter: what stands between values.
    """

    most: ClassVar[int] = 2

    function: Literal["concatenate"]
    inputs: Annotated[tuple[AnyInput, ...], AsTuple, counted(2, 3)]
    delimiter: str = ""

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Values of any kind, as text."""
        return tuple((one, "any") for one in self.inputs)
