"""Lower case is one rule: the setting of a dimension and the derived function make the same of every text."""

import pyarrow as pa
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.lowercase import lowercase
from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.lowercase import Lowercase
from cja_spark.view.values import DimensionValues
from tests.reference.derived import FUNCTIONS
from tests.reference.derived_inputs import Taken

TEXTS = ["\u0130STANBUL", "\u039f\u0394\u039f\u03a3", "\u039f\u0394\u039f\u03a3 \u03a3", "I\u0307", "STRASSE \u1e9e", "S\u00d6KE", "\u01c5", "ABC"]
LOW = ["istanbul", "\u03bf\u03b4\u03bf\u03c3", "\u03bf\u03b4\u03bf\u03c3 \u03c3", "i\u0307", "strasse \u00df", "s\u00f6ke", "\u01c6", "abc"]
SPEC = {"function": "lowercase", "input": "text"}


def test_the_setting_takes_each_character_by_itself():
    assert DimensionValues.model_validate({"lowercase": True}).shown(pa.array(TEXTS)).to_pylist() == LOW


def test_the_derived_function_makes_the_same(spark):
    reading = Reading("a", "UTC", lambda path: Value(F.col("text"), T.StringType()), {}, {}, {})
    rows = spark.createDataFrame(list(enumerate(TEXTS)), "number int, text string")
    found = rows.select("number", lowercase(Lowercase.model_validate(SPEC), reading).column.alias("low")).orderBy("number")
    assert [row["low"] for row in found.collect()] == LOW


def test_the_reference_makes_the_same():
    assert [FUNCTIONS["lowercase"](SPEC, Taken("UTC", {"text": text}, {}, lambda part: None)) for text in TEXTS] == LOW
