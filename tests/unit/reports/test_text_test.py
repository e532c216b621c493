"""Conditions on texts: Spark on the dictionary and Arrow on texts of no dictionary say the same."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pyspark.sql import functions as F

from cja_spark.reports.text_test import text_test
from cja_spark.view.condition import DimensionCondition
from cja_spark.view.text import texts_meeting

TEXTS = ["2", "2.5", "-3", "+4", "5e0", "1e400", "-Infinity", "NaN", ".5", "5.", "five", "5 ", "0x5", "1_0", "٣", "a*b", "50%", "a_b", "home\npage"]
CONDITIONS = [
    {"at_least": 2.5}, {"at_most": 2.5}, {"more_than": 2.5}, {"less_than": 2.5}, {"at_least": -1e300}, {"less_than": 1e308},
    {"contains": "5"}, {"contains_all_of": ["5", "."]}, {"contains_any_of": ["%", "_"]}, {"starts_with": "5"}, {"ends_with": "5"},
    {"matches": "*%*"}, {"matches": "a_b"}, {"matches": "a\\*b"}, {"matches": "home*"},
]  # fmt: skip


@pytest.mark.parametrize("asked", CONDITIONS, ids=str)
def test_both_ways_find_the_same_texts(spark, asked):
    condition = DimensionCondition.model_validate({"dimension": "d", **asked})
    rows = spark.createDataFrame([(text,) for text in TEXTS], "value string").where(text_test(condition)).select(F.col("value")).collect()
    met = texts_meeting(pa.array(TEXTS), condition)
    found = {text for text, is_met in zip(TEXTS, met, strict=True) if is_met}
    assert {row["value"] for row in rows} == found
    assert found
