"""Classify as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.classify import Classify


def classify(spec: Classify, reading: Reading) -> Value:
    """What a value is called."""
    original = reading.text(spec.input)
    pairs = [part for key, name in spec.called().items() if name and name.strip() for part in (F.lit(key), F.lit(name))]
    called = F.try_element_at(F.create_map(*pairs), original) if pairs else F.lit(None).cast("string")
    return Value(F.coalesce(called, original) if spec.show_original_values else called, T.StringType())
