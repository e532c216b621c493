"""Case when: the first of some conditions that holds says the value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from cja_spark.spec import AsTuple, Spec
from cja_spark.view.derived.conditions import AnyTest, comparisons
from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import Input, Kind, Result, counted


class Case(Spec):
    """If `when` holds, the value is `value`: one that is given, or an input.

    Attributes:
        when: the condition.
        value: the value.
    """

    when: AnyTest
    value: Result


class CaseWhen(Function):
    """The value of the first case whose condition holds; `otherwise`, or none, where no condition does.

    All values are of one kind.

    Attributes:
        cases: the cases, of which the first that holds counts.
        otherwise: the value where none holds.
    """

    most: ClassVar[int] = 5

    function: Literal["case_when"]
    cases: Annotated[tuple[Case, ...], AsTuple, counted(1)]
    otherwise: Result | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> CaseWhen:
        given = [one.value for one in self.results() if one.value is not None]
        texts = [value for value in given if isinstance(value, str)]
        if texts and len(texts) < len(given):
            number = next(value for value in given if not isinstance(value, str))
            raise ValueError(f"the values are of one kind, and '{texts[0]}' is text and {number:g} is a number; put numbers in quotes.")
        return self

    def results(self) -> tuple[Input, ...]:
        """What the field may be."""
        return (*(case.value for case in self.cases), *([self.otherwise] if self.otherwise else []))

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """What is compared, by what it is compared with; and its values."""
        compared = [(one.input, one.kind()) for case in self.cases for one in comparisons(case.when)]
        return (*compared, *((one, self.gives()) for one in self.results()))

    def gives(self) -> Kind:
        """The kind of the values that are given; without one, what the inputs have."""
        given = {"text" if isinstance(one.value, str) else "number" for one in self.results() if one.value is not None}
        return "any" if not given else "text" if "text" in given else "number"

    def operators(self) -> int:
        """Comparisons; each value of a list counts."""
        return sum(one.operators() for case in self.cases for one in comparisons(case.when))
