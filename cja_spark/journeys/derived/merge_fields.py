"""Merge fields as a column."""

from __future__ import annotations

from pyspark.sql import functions as F

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value, alike
from cja_spark.view.derived.merge_fields import MergeFields


def merge_fields(spec: MergeFields, reading: Reading) -> Value:
    """The first value that is set.

    Raises:
        InputError: the fields are not of one type.
    """
    values = alike([reading.value(one) for one in spec.inputs], reading.where)
    return Value(F.coalesce(*(value.column for value in values)), values[0].kind)
