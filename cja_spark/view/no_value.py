"""No value: how a dimension shows events that have none, or which value they have instead (O8)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import Spec


class NoValue(Spec):
    """What stands for no value of a dimension.

    `label` names its row; the view's `no_value` where none is given. With `show: false` reports leave the row out unless
    they ask for it. With `as_value: true` events have the label as their value: it persists, merges with the same text
    in the data, and segments find it.

    Attributes:
        show: whether reports show the row unless they are told otherwise.
        as_value: whether events without a value have the label as theirs.
    """

    label: Annotated[str, Field(pattern=r"\S")] | None = None
    show: bool = True
    as_value: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> NoValue:
        if self.as_value and not self.show:
            raise ValueError("as_value: a value like any other is shown; leave 'show: false' out.")
        return self


def _written(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


AnyNoValue = Annotated[NoValue, BeforeValidator(_written, json_schema_input_type=str | NoValue)]
