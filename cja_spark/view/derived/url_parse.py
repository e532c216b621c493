"""URL parse: one part of an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind


class UrlParse(Function):
    """The protocol (`https://`), host, path (without the first `/`), query parameter or hash of a URL.

    Parts are as they are written, nothing is decoded; of a parameter that is there several times the first one counts.
    A part that the URL does not have, and the protocol and the host of a text without `://`, are not set.

    Attributes:
        part: the part that is taken.
        parameter: of `query`: the key.
    """

    most: ClassVar[int] = 5

    function: Literal["url_parse"]
    input: AnyInput
    part: Literal["protocol", "host", "path", "query", "hash"]
    parameter: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _named_parameter(self) -> UrlParse:
        if self.part == "query" and self.parameter is None:
            raise ValueError("part: query needs the 'parameter' whose value is asked.")
        if self.part != "query" and self.parameter is not None:
            raise ValueError(f"'parameter' goes with part: query, not {self.part}.")
        return self

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
