"""Whether what has no value is a row: of all dimensions, of none, or of some."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from cja_spark.spec import Name, as_tuple


def _included(value: object) -> object:
    if value is not None and not isinstance(value, bool | list | tuple):
        raise ValueError(f"'{value}' is neither true nor false nor a list of the table's dimensions.")
    return as_tuple(value)


IncludeNoValue = Annotated[
    bool | tuple[Name, ...], BeforeValidator(_included, json_schema_input_type=bool | list[Name])
]
