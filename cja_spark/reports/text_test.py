"""Tests of texts that conditions ask: run once on the distinct texts of the dictionary, not on events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.view.condition import DimensionCondition
from cja_spark.view.text import like_pattern
from cja_spark.view.text_numbers import NUMBER


def text_test(condition: DimensionCondition) -> Column | None:
    """Whether a text meets a positive condition, as a test of column `value`; None where ids tell it.

    Source: G3, case-sensitive.
    """
    [name] = condition.operators()
    return _TESTS[name](F.col("value"), getattr(condition, name)) if name in _TESTS else None


def _number_meets(compare: Callable[[Column, Column], Column], value: Column, bound: float) -> Column:
    number = F.when(value.rlike(NUMBER), value.cast("double"))
    return F.coalesce(compare(number, F.lit(bound)), F.lit(False))


_TESTS: Mapping[str, Callable[[Column, Any], Column]] = {
    "contains": lambda value, part: value.contains(F.lit(part)),
    "contains_all_of": lambda value, terms: reduce(Column.__and__, (value.contains(F.lit(term)) for term in terms), F.lit(True)),
    "contains_any_of": lambda value, terms: reduce(Column.__or__, (value.contains(F.lit(term)) for term in terms), F.lit(False)),
    "starts_with": lambda value, part: value.startswith(F.lit(part)),
    "ends_with": lambda value, part: value.endswith(F.lit(part)),
    "matches": lambda value, glob: value.like(like_pattern(glob)),
    "at_least": lambda value, bound: _number_meets(Column.__ge__, value, bound),
    "at_most": lambda value, bound: _number_meets(Column.__le__, value, bound),
    "more_than": lambda value, bound: _number_meets(Column.__gt__, value, bound),
    "less_than": lambda value, bound: _number_meets(Column.__lt__, value, bound),
}
