"""Math: arithmetic on numbers of one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from cja_spark.errors import did_you_mean
from cja_spark.spec import Name
from cja_spark.view.derived.arithmetic import read
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted


class Math(Function):
    """A formula of names, numbers, ``+ - * / ^`` and parentheses; `inputs` says what the names are.

    What is not set makes the result not set; so do a division by 0 and a result that is no finite number.

    Attributes:
        formula: the formula.
        inputs: what its names are.
    """

    most: ClassVar[int] = 5

    function: Literal["math"]
    formula: str
    inputs: Annotated[dict[Name, AnyInput], counted(1)]

    @model_validator(mode="after")
    def _of_its_inputs(self) -> Math:
        formula = read(self.formula)
        for name in formula.names:
            if name not in self.inputs:
                raise ValueError(f"formula: no input named '{name}'. {did_you_mean(name, self.inputs)}")
        if unused := sorted(set(self.inputs) - set(formula.names)):
            raise ValueError(f"inputs: '{unused[0]}' is not in the formula. {did_you_mean(unused[0], formula.names)}")
        return self

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Numbers."""
        return tuple((one, "number") for one in self.inputs.values())

    def gives(self) -> Kind:
        """A number."""
        return "number"

    def operators(self) -> int:
        """Operators of the formula."""
        return read(self.formula).operators
