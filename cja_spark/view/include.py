"""Include and exclude: values of a component that fail its rules are as if they had never been collected (M1, O10)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from cja_spark.spec import AsTuple, Day, Spec
from cja_spark.view.text_numbers import days_of, numbers_of

TEXT_OPERATORS = (
    "equals_any_of", "equals_none_of", "contains", "contains_any_of", "contains_all_of", "does_not_contain",
    "does_not_contain_any_of", "starts_with", "ends_with", "does_not_start_with", "does_not_end_with",
)  # fmt: skip
NUMBER_OPERATORS = ("at_least", "at_most", "more_than", "less_than")
DAY_OPERATORS = ("after", "before", "within")
OPERATORS = ("equals", "does_not_equal", *TEXT_OPERATORS, *NUMBER_OPERATORS, *DAY_OPERATORS)
COMPLEMENT_OF = {
    "does_not_equal": "equals", "equals_none_of": "equals_any_of", "does_not_contain": "contains",
    "does_not_contain_any_of": "contains_any_of", "does_not_start_with": "starts_with", "does_not_end_with": "ends_with",
}  # fmt: skip
_COMPARE: Mapping[str, tuple[Any, Callable[[Any, float], Any]]] = {
    "equals": (pc.equal, operator.eq), "at_least": (pc.greater_equal, operator.ge), "at_most": (pc.less_equal, operator.le),
    "more_than": (pc.greater, operator.gt), "less_than": (pc.less, operator.lt),
}  # fmt: skip


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"'{value}' is no number.")
    return float(value)


def _operand(value: object) -> object:
    """What is compared says how: a number with numbers, a day with days, anything else with texts."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime) or not isinstance(value, str | int | float | date):
        raise ValueError(f"'{value}' is no text, no number and no day.")
    return float(value) if isinstance(value, int) else value


def _terms(value: object) -> object:
    """Terms in a list, or one text with spaces between them."""
    found = value.split() if isinstance(value, str) else value
    return tuple(found) if isinstance(found, list) else found


Number = Annotated[float, BeforeValidator(_number, json_schema_input_type=float), Field(allow_inf_nan=False)]
Operand = Annotated[str | float | Day, BeforeValidator(_operand, json_schema_input_type=str | float | date)]
Terms = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(_terms, json_schema_input_type=str | list[str]), Field(min_length=1),
]  # fmt: skip
Texts = Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]
Part = Annotated[str, Field(min_length=1)]


class Within(Spec):
    """From the beginning of one day to the end of another.

    Attributes:
        from: the first day.
        to: the last day.
    """

    from_: Day = Field(alias="from", strict=False)
    to: Day = Field(strict=False)

    @model_validator(mode="after")
    def _forward(self) -> Within:
        if self.from_ > self.to:
            raise ValueError(f"within: from {self.from_} is after to {self.to}.")
        return self


class Rule(Spec):
    """One comparison of a value. `equals` and `does_not_equal` compare as what stands behind them: number, day or text.

    A value that is no number, or begins with no day (2025-03-01), meets no comparison with one; negative operators are
    complements of the positive ones.
    """

    equals: Operand | None = None
    does_not_equal: Operand | None = None
    equals_any_of: Texts | None = None
    equals_none_of: Texts | None = None
    contains: Part | None = None
    contains_any_of: Terms | None = None
    contains_all_of: Terms | None = None
    does_not_contain: Part | None = None
    does_not_contain_any_of: Terms | None = None
    starts_with: Part | None = None
    ends_with: Part | None = None
    does_not_start_with: Part | None = None
    does_not_end_with: Part | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    after: Day | None = None
    before: Day | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Rule:
        _one_of(self, OPERATORS)
        return self

    def matches(self, texts: pa.Array, *, case_sensitive: bool) -> pa.Array:
        """Which texts, none of them null, meet the rule: bool."""
        [(name, asked)] = _set(self, OPERATORS)
        if name in COMPLEMENT_OF:
            return pc.invert(_holds(texts, COMPLEMENT_OF[name], asked, case_sensitive))
        return _holds(texts, name, asked, case_sensitive)


class NumberRule(Spec):
    """One comparison of an amount."""

    equals: Number | None = None
    does_not_equal: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> NumberRule:
        _one_of(self, ("equals", "does_not_equal", *NUMBER_OPERATORS))
        return self

    def matches(self, amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which amounts meet the rule."""
        [(name, asked)] = _set(self, ("equals", "does_not_equal", *NUMBER_OPERATORS))
        if name == "does_not_equal":
            return np.asarray(amounts != asked, bool)
        return np.asarray(_COMPARE[name][1](amounts, asked), bool)


def _set(rule: Spec, operators: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(name, found) for name in operators if (found := getattr(rule, name)) is not None]


def _one_of(rule: Spec, operators: tuple[str, ...]) -> None:
    if len(_set(rule, operators)) != 1:
        raise ValueError(f"a rule needs exactly one of {', '.join(operators)}.")


def _written(value: object) -> object:
    """A rule that stands alone is all of them."""
    if not isinstance(value, Mapping) or {"all", "any"} & {*value}:
        return value
    rule = {name: asked for name, asked in value.items() if name != "case_sensitive"}
    return {"all": [rule], **{name: asked for name, asked in value.items() if name == "case_sensitive"}}


def _all_or_any(include: Include | IncludeNumbers) -> None:
    if (include.all is None) == (include.any is None):
        raise ValueError("rules stand under 'all' or under 'any'.")


class Include(Spec):
    """Values that meet all rules, or any of them, are kept. Case counts unless `case_sensitive: false` says otherwise.

    Attributes:
        case_sensitive: whether case counts.
    """

    all: Annotated[tuple[Rule, ...], AsTuple, Field(min_length=1)] | None = None
    any: Annotated[tuple[Rule, ...], AsTuple, Field(min_length=1)] | None = None
    case_sensitive: bool = True

    @model_validator(mode="after")
    def _all_or_any(self) -> Include:
        _all_or_any(self)
        return self

    def of(self, texts: pa.Array) -> pa.Array:
        """The texts, null where the rules refuse them; no text is null before."""
        found = [rule.matches(texts, case_sensitive=self.case_sensitive) for rule in self.all or self.any or ()]
        kept = found[0]
        for other in found[1:]:
            kept = pc.and_(kept, other) if self.all else pc.or_(kept, other)
        return pc.if_else(kept, texts, None)


class IncludeNumbers(Spec):
    """Amounts that meet all rules, or any of them, are kept."""

    all: Annotated[tuple[NumberRule, ...], AsTuple, Field(min_length=1)] | None = None
    any: Annotated[tuple[NumberRule, ...], AsTuple, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _all_or_any(self) -> IncludeNumbers:
        _all_or_any(self)
        return self

    def of(self, amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The amounts, NaN where the rules refuse them."""
        found = [rule.matches(amounts) for rule in self.all or self.any or ()]
        kept = np.logical_and.reduce(found) if self.all else np.logical_or.reduce(found)
        return np.where(kept, amounts, np.nan)


AnyInclude = Annotated[Include, BeforeValidator(_written, json_schema_input_type=Include | Rule)]


def _of_texts(written: object) -> bool:
    """Whether what an author wrote of a metric names an operator of texts or days, or compares with one."""
    if isinstance(written, Include):
        return True
    if not isinstance(written, Mapping):
        return False
    rules = [rule for name in ("all", "any") if isinstance(rules := written.get(name), list) for rule in rules]
    parts = [(name, asked) for rule in (written, *rules) if isinstance(rule, Mapping) for name, asked in rule.items()]
    return any(name in (*TEXT_OPERATORS, *DAY_OPERATORS, "case_sensitive") or (name in _EITHER and isinstance(asked, str | date)) for name, asked in parts)


_EITHER = ("equals", "does_not_equal")


def _metric_kind(written: object) -> str:
    return "texts" if _of_texts(written) else "numbers"


AnyMetricInclude = Annotated[
    Annotated[IncludeNumbers, Tag("numbers")] | Annotated[Include, Tag("texts")], Discriminator(_metric_kind),
    BeforeValidator(_written, json_schema_input_type=IncludeNumbers | NumberRule | Include | Rule),
]  # fmt: skip


def _holds(texts: pa.Array, name: str, asked: Any, case_sensitive: bool) -> pa.Array:  # noqa: ANN401 - a value of the column's type
    if isinstance(asked, float):
        return pc.fill_null(_COMPARE[name][0](numbers_of(texts), asked), False)
    if isinstance(asked, date | Within):
        return pc.fill_null(_on_days(days_of(texts), name, asked), False)
    if not case_sensitive:
        texts = pc.utf8_lower(texts)
        asked = tuple(map(_lower, asked)) if isinstance(asked, tuple) else _lower(asked)
    return _on_texts(texts, name, asked)


def _lower(text: str) -> str:
    lowered: str = pc.utf8_lower(pa.scalar(text)).as_py()
    return lowered


def _on_days(days: pa.Array, name: str, asked: date | Within) -> pa.Array:
    if isinstance(asked, Within):
        return pc.and_(pc.greater_equal(days, asked.from_.isoformat()), pc.less_equal(days, asked.to.isoformat()))
    return {"equals": pc.equal, "after": pc.greater, "before": pc.less}[name](days, asked.isoformat())


def _on_texts(texts: pa.Array, name: str, asked: Any) -> pa.Array:  # noqa: ANN401 - a value of the column's type
    if name == "equals":
        return pc.equal(texts, asked)
    if name == "equals_any_of":
        return pc.is_in(texts, pa.array(asked, pa.string()))
    if name in ("contains_any_of", "contains_all_of"):
        found = [pc.match_substring(texts, term) for term in asked]
        joined = found[0]
        for other in found[1:]:
            joined = pc.or_(joined, other) if name == "contains_any_of" else pc.and_(joined, other)
        return joined
    return {"contains": pc.match_substring, "starts_with": pc.starts_with, "ends_with": pc.ends_with}[name](texts, asked)
