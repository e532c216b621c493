"""Merge fields: the first of some fields that is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from cja_spark.spec import AsTuple
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted


class MergeFields(Function):
    """The first value that is set, of fields of one type."""

    most: ClassVar[int] = 5

    function: Literal["merge_fields"]
    inputs: Annotated[tuple[AnyInput, ...], AsTuple, counted(2)]

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Values of one kind, whichever."""
        return tuple((one, "any") for one in self.inputs)

    def gives(self) -> Kind:
        """What the fields have."""
        return "any"
