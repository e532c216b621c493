"""Conditions of the function case when: comparisons of one event's values, with all, any and exclude."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Tag, model_validator

from cja_spark.spec import AsTuple, Spec
from cja_spark.view.condition import Text
from cja_spark.view.derived.edges import Edge, Equal
from cja_spark.view.derived.input import AnyInput, Input, Kind, counted
from cja_spark.view.keys import kind_by_key, with_a_key
from cja_spark.view.ranges import Between

Texts = Annotated[tuple[Text, ...], AsTuple, counted(1)]
ONE_TEXT = ("equals", "contains", "starts_with", "ends_with")
NEGATED = {
    "does_not_equal": "equals", "does_not_contain": "contains", "does_not_start_with": "starts_with",
    "does_not_end_with": "ends_with", "equals_none_of": "equals_any_of", "contains_none_of": "contains_any_of",
    "does_not_contain_all_of": "contains_all_of", "starts_with_none_of": "starts_with_any_of",
    "ends_with_none_of": "ends_with_any_of",
}  # fmt: skip
SEVERAL = ("equals_any_of", "contains_any_of", "contains_all_of", "starts_with_any_of", "ends_with_any_of")
ORDERED = ("at_least", "at_most", "more_than", "less_than")


class Comparison(Spec):
    """An input compared; text case-sensitively. Negative operators are complements: what is not set matches them.

    `equals` and `does_not_equal` take text or a number, or without quotes a day or an instant; what lies on the day equals it.
    `within` takes the first and the last day of a range. `at_least`, `at_most`, `more_than` and `less_than` take a number, an
    instant or a day, whose first instant in the view's zone it is, and may be given together.
    """

    input: AnyInput
    equals: Equal | None = None
    does_not_equal: Equal | None = None
    contains: Text | None = None
    does_not_contain: Text | None = None
    starts_with: Text | None = None
    does_not_start_with: Text | None = None
    ends_with: Text | None = None
    does_not_end_with: Text | None = None
    equals_any_of: Texts | None = None
    equals_none_of: Texts | None = None
    contains_any_of: Texts | None = None
    contains_none_of: Texts | None = None
    contains_all_of: Texts | None = None
    does_not_contain_all_of: Texts | None = None
    starts_with_any_of: Texts | None = None
    starts_with_none_of: Texts | None = None
    ends_with_any_of: Texts | None = None
    ends_with_none_of: Texts | None = None
    exists: bool | None = None
    within: Between | None = None
    at_least: Edge | None = None
    at_most: Edge | None = None
    more_than: Edge | None = None
    less_than: Edge | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Comparison:
        asked = self.asked()
        if not asked or (len(asked) > 1 and not set(asked) <= set(ORDERED)):
            raise ValueError(f"a comparison needs exactly one of {', '.join(OPERATORS)}.")
        if len({isinstance(getattr(self, name), date) for name in asked}) > 1:
            raise ValueError("a day and a number cannot be compared with the same input.")
        return self

    def asked(self) -> tuple[str, ...]:
        """The operators that are given."""
        return tuple(name for name in OPERATORS if getattr(self, name) is not None)

    def kind(self) -> Kind:
        """The kind of values that it compares."""
        value = getattr(self, self.asked()[0])
        if isinstance(value, bool):
            return "any"
        return "time" if isinstance(value, date | Between) else "number" if isinstance(value, float) else "text"

    def operators(self) -> int:
        """How many it counts as: each value of a list is one."""
        return sum(len(value) if isinstance(value := getattr(self, name), tuple) else 1 for name in self.asked())


OPERATORS = tuple(name for name in Comparison.model_fields if name != "input")


class AllOf(Spec):
    """Every part holds."""

    all: Annotated[tuple[AnyTest, ...], AsTuple, counted(1)]


class AnyOf(Spec):
    """Some part holds."""

    any: Annotated[tuple[AnyTest, ...], AsTuple, counted(1)]


class Exclude(Spec):
    """The part does not hold."""

    exclude: AnyTest


_KINDS = {"input": "comparison", "all": "all", "any": "any", "exclude": "exclude"}


_Tree = Annotated[
    Annotated[Comparison, Tag("comparison")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Exclude, Tag("exclude")],
    Discriminator(
        kind_by_key(_KINDS),
        custom_error_type="condition",
        custom_error_message=f"a condition has one of the keys {', '.join(_KINDS)}",
    ),
]
AnyTest = Annotated[_Tree, BeforeValidator(with_a_key("a condition has", _KINDS), json_schema_input_type=_Tree)]
for _model in (AllOf, AnyOf, Exclude):
    _model.model_rebuild()


def comparisons(test: Spec) -> Iterator[Comparison]:
    """All comparisons of a condition."""
    if isinstance(test, Comparison):
        yield test
    elif isinstance(test, Exclude):
        yield from comparisons(test.exclude)
    elif isinstance(test, AllOf | AnyOf):
        for part in test.all if isinstance(test, AllOf) else test.any:
            yield from comparisons(part)


def inputs(test: Spec) -> Iterator[Input]:
    """All inputs that a condition compares."""
    return (one.input for one in comparisons(test))
