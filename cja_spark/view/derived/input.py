"""What functions of derived fields take: a field of events, an output of an earlier function, another derived field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from cja_spark.spec import Name, Spec
from cja_spark.view.comparison import Number

Kind = Literal["text", "number", "time", "any"]
Constant = str | int | float
SOURCES = ("field", "output", "derived", "profile", "value")


class Input(Spec):
    """Exactly one of: the path of a field, an output of an earlier function, a derived field, a profile's column, a value that is given.

    Attributes:
        field: the path of a field of events.
        output: what an earlier function gave, by its name.
        derived: another derived field.
        profile: `dataset.column` of a profile dataset.
        value: a text or number that is given.
    """

    field: str | None = None
    output: Name | None = None
    derived: Name | None = None
    profile: str | None = None
    value: str | Number | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Input:
        if sum(getattr(self, name) is not None for name in SOURCES) != 1:
            raise ValueError("give exactly one of 'field', 'output', 'derived', 'profile', 'value'.")
        if self.field is not None and not self.field.strip():
            raise ValueError("field: a path is expected, such as web.page.")
        if self.profile is not None and "." not in self.profile:
            raise ValueError(f"profile: '{self.profile}' names a dataset and a column of it: '{self.profile}.column'.")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ValueError("value: a finite number is expected.")
        return self


def _path(written: object) -> object:
    return {"field": written} if isinstance(written, str) else written


def _given(written: object) -> object:
    return written if isinstance(written, Mapping | Input) or written is None else {"value": written}


AnyInput = Annotated[Input, BeforeValidator(_path, json_schema_input_type=str | Input)]
Result = Annotated[Input, BeforeValidator(_given, json_schema_input_type=Constant | Input)]


def counted(least: int, most: int | None = None) -> AfterValidator:
    """Refuse a list that is too short or too long; unlike pydantic's own, not besides faults of what is in it."""

    def check(some: Any) -> Any:  # noqa: ANN401 - a tuple or a mapping
        if len(some) < least or (most is not None and len(some) > most):
            wanted = f"{least} or more" if most is None else f"{least} to {most}"
            raise ValueError(f"{wanted} are expected, and these are {len(some)}.")
        return some

    return AfterValidator(check)
