"""Typecast: values as another type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import model_validator

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind

Format = Literal["date", "date_time", "time", "month", "year", "day_of_week", "hour"]
FORMATS: Mapping[Format, str] = {
    "date": "yyyy-MM-dd", "date_time": "yyyy-MM-dd HH:mm:ss", "time": "HH:mm:ss", "month": "yyyy-MM", "year": "yyyy",
    "day_of_week": "EEEE", "hour": "HH",
}  # fmt: skip


class Typecast(Function):
    """Values as `text`, as a `number`, or as an `integer`, whose fraction is cut off.

    Text that is no number is not set. `format` is how dates and times are written, on the clock of the view's zone.

    Attributes:
        to: what values become.
        format: how dates and times are written.
    """

    most: ClassVar[int] = 3

    function: Literal["typecast"]
    input: AnyInput
    to: Literal["text", "number", "integer"]
    format: Format | None = None

    @model_validator(mode="after")
    def _format_of_text(self) -> Typecast:
        if self.format and self.to != "text":
            raise ValueError(f"'format' says how dates are written as text, not as {self.to}.")
        return self

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Whatever there is; with a format dates and times."""
        return ((self.input, "time" if self.format else "any"),)

    def gives(self) -> Kind:
        """What it casts to."""
        return "text" if self.to == "text" else "number"
