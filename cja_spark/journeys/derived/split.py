"""Split as a column."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.url_parse import quoted
from cja_spark.journeys.derived.value import Value
from cja_spark.journeys.fields import text_of
from cja_spark.view.derived.split import Split


def split(spec: Split, reading: Reading) -> Value:
    """One part of a text, counted from an end, or a list of its first parts."""
    text = reading.text(spec.input)
    if not spec.array:
        return Value(F.split_part(text, F.lit(spec.delimiter), F.lit(spec.left or -(spec.right or 0))), T.StringType())
    parts = F.slice(F.split(text, quoted(spec.delimiter), -1), 1, spec.most_values)
    return Value(F.filter(parts, lambda part: text_of(part).isNotNull()), T.ArrayType(T.StringType()))
