"""Classify: a table of values and what each is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from cja_spark.errors import ConfigurationError
from cja_spark.view.condition import Text
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted

MOST_ENTRIES = 200


class Classify(Function):
    """What the value is called in `entries`; a value without an entry, or with an empty one, has none.

    `show_original_values`: such a value keeps its own name instead.

    The table may be a CSV file of the project instead: `file`, with the columns `from` and `to`. It is read with the project.

    Attributes:
        entries: what values are called.
        file: a CSV file in UTF-8 with a line of column names, beside the project's YAML; instead of `entries`.
        from_: its column of values.
        to: its column of what they are called.
        show_original_values: whether a value without an entry keeps its own name.
    """

    most: ClassVar[int] = 5

    function: Literal["classify"]
    input: AnyInput
    entries: Annotated[dict[str, Text | None], counted(1, MOST_ENTRIES)] | None = None
    file: Annotated[str, Field(min_length=1)] | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    show_original_values: bool = False

    @model_validator(mode="after")
    def _one_table(self) -> Classify:
        if (self.entries is None) == (self.file is None):
            raise ValueError("give exactly one of 'entries', 'file'.")
        if {self.file is None} != {self.from_ is None, self.to is None}:
            raise ValueError("'file' goes with 'from' and 'to', the names of two of its columns.")
        return self

    def called(self) -> Mapping[str, str | None]:
        """What values are called.

        Raises:
            ConfigurationError: they lie in a file, which is read with a project.
        """
        if self.entries is None:
            raise ConfigurationError(f"classify: the file '{self.file}' is read with the project that it lies in; write 'entries' here.")
        return self.entries

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
