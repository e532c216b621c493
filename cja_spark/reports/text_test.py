"""Tests of texts that conditions ask: run once on the distinct texts of the dictionary, not on events."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.view.condition import DimensionCondition
from cja_spark.view.text import like_pattern


def text_test(condition: DimensionCondition) -> Column | None:
    """Whether a text meets a positive condition, as a test of column `value`; None where ids tell it.

    Source: G3, case-sensitive.
    """
    value = F.col("value")
    if condition.contains is not None:
        return value.contains(F.lit(condition.contains))
    if condition.contains_all_of is not None:
        return reduce(Column.__and__, (value.contains(F.lit(term)) for term in condition.contains_all_of), F.lit(True))
    if condition.contains_any_of is not None:
        return reduce(Column.__or__, (value.contains(F.lit(term)) for term in condition.contains_any_of), F.lit(False))
    if condition.starts_with is not None:
        return value.startswith(F.lit(condition.starts_with))
    if condition.ends_with is not None:
        return value.endswith(F.lit(condition.ends_with))
    return None if condition.matches is None else value.like(like_pattern(condition.matches))
