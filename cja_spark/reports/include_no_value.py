"""Whether what has no value is a row: of all dimensions, of none, or of some."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from cja_spark.spec import Name, as_tuple
from cja_spark.view.spec import View


def _included(value: object) -> object:
    if value is not None and not isinstance(value, bool | list | tuple):
        raise ValueError(f"'{value}' is neither true nor false nor a list of the table's dimensions.")
    return as_tuple(value)


IncludeNoValue = Annotated[
    bool | tuple[Name, ...], BeforeValidator(_included, json_schema_input_type=bool | list[Name])
]


def shows(asked: bool | None, dimension: str | None, view: View) -> bool:
    """Whether a report of one dimension has a row for what has no value: as it says, else as the dimension says.

    Source: O8, T3.
    """
    return (dimension is None or view.shows_no_value(dimension)) if asked is None else asked
