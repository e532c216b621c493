"""B8: the same texts where Spark reads them: as values that are compared, names of columns, names of audiences (S2)."""

import re
from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as T

import cja_spark as cja
from cja_spark.audiences.register import find, register
from cja_spark.connection.conform import path_column
from cja_spark.reports.text_test import text_test
from cja_spark.sources.names import with_storable_names
from cja_spark.view.condition import DimensionCondition
from tests.security.test_sql import TEXTS, audience

pytestmark = pytest.mark.fault("F15")


def test_columns_of_any_name_are_read_and_stored_under_plain_ones(spark):
    # One struct has each name once, whatever its case; a dot is a step of a path; half a pair is no text for Spark.
    names = [text for text in {text.lower(): text for text in TEXTS if text and "." not in text}.values() if not re.search("[\ud800-\udfff]", text)]
    kind = T.StructType([T.StructField(name, T.StringType()) for name in names])
    stored = {}
    for at, name in enumerate(names):
        stored.setdefault(re.sub(r"[ ,;{}()\n\t=`]", "_", name).lower(), at)
    some = sorted(stored.values())
    rows = spark.createDataFrame([tuple(str(at) for at in some)], T.StructType([kind.fields[at] for at in some]))
    plain = with_storable_names(rows, "web")
    assert [name for name in plain.columns if re.search(r"[ ,;{}()\n\t=`]", name)] == []
    columns = [path_column(names[at], plain.schema, "x")[0].alias(f"c{at}") for at in some]
    assert plain.select(*columns).collect()[0].asDict() == {f"c{at}": str(at) for at in some}
    assert len(some) > 120


OPERATORS = {
    "equals": lambda value, text: value == text,
    "equals_any_of": lambda value, text: value == text,
    "does_not_equal": lambda value, text: value != text,
}
PARTS = {
    "contains": lambda value, text: text in value,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "matches": lambda value, text: value == text,
}
# What no text of Spark can be, and the empty one, which is no value.
VALUES = [text for text in TEXTS if text.strip() and not re.search("[\ud800-\udfff]", text)]


def written(operator, text):
    return {"matches": text.replace("*", "\\*"), "equals_any_of": [text, "elsewhere"]}.get(operator, text)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_value_that_is_compared_is_that_text_and_nothing_else(spark, operator):
    rows = [(f"p{at}", "2026-01-02T10:00:00Z", text) for at, text in enumerate(VALUES)]
    events = spark.createDataFrame(rows, "person_id string, timestamp string, page string")
    asked = [{"label": f"t{at}", "where": {"dimension": "page", operator: written(operator, text)}} for at, text in enumerate(VALUES)]
    tables = [cja.Table(by_segments=asked[first : first + 100], metrics=["events"]) for first in range(0, len(asked), 100)]
    answers = cja.report_rows(events, {"dimensions": {"page": "page"}}, tables)
    found = {row["in_segment"]: row["events"] for answer in answers for row in answer.collect() if row["in_segment"]}
    expected = {f"t{at}": sum(OPERATORS[operator](value, text) for value in VALUES) for at, text in enumerate(VALUES)}
    assert {name: found.get(name, 0) for name in expected} == expected


@pytest.mark.parametrize("operator", PARTS)
def test_a_part_that_is_looked_for_is_that_text_and_nothing_else(spark, operator):
    values = spark.createDataFrame([(text,) for text in VALUES], "value string")
    tests = [text_test(DimensionCondition.model_validate({"dimension": "page", operator: written(operator, text)})) for text in VALUES]
    [found] = values.select(*(F.sum(test.cast("int")).alias(f"t{at}") for at, test in enumerate(tests))).collect()
    assert [*found] == [sum(PARTS[operator](value, text) for value in VALUES) for text in VALUES]


def test_no_text_names_an_audience_on_the_command_line(place):
    known = register(place, audience(), "{}", datetime(2026, 1, 1, tzinfo=UTC))
    assert find(place, "buyers") == known
    assert [text for text in VALUES if find(place, text) is not None] == []
