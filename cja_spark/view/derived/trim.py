"""Trim: white space, some characters, or a part of the text taken from its ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from cja_spark.spec import Spec
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind


class Cut(Spec):
    """What is taken from one end of a text: up to a position, so many characters, or up to some text.

    `position` counts from the left, from 1, and is taken too. `text` is the first one from the end that is cut, and is
    taken too; where the text is not there, nothing is cut.

    Attributes:
        side: the end at which it is taken.
        position: up to this character, counted from the left.
        length: so many characters.
        text: up to this text.
    """

    side: Literal["left", "right"]
    position: int | None = Field(default=None, ge=1)
    length: int | None = Field(default=None, ge=1)
    text: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_end(self) -> Cut:
        if sum(end is not None for end in (self.position, self.length, self.text)) != 1:
            raise ValueError("give exactly one of 'position', 'length', 'text'.")
        return self


class Trim(Function):
    """Text without what stands at its ends: white space, one of `characters`, or what `cut` says.

    Attributes:
        characters: the characters that go; by itself white space.
        cut: what is cut off.
    """

    most: ClassVar[int] = 1

    function: Literal["trim"]
    input: AnyInput
    characters: str | None = Field(default=None, min_length=1)
    cut: Cut | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Trim:
        if self.characters and self.cut:
            raise ValueError("give 'characters' or 'cut', not both.")
        return self

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
