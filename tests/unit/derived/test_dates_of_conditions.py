"""Conditions of case when on dates: equals, not, later than, before, within (CJA, derived fields, case when)."""

from __future__ import annotations

import datetime as dt

import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.case_when import holds
from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.conditions import Comparison
from tests.reference.derived_conditions import holds as reference_holds
from tests.unit.derived.test_faults import faults, when


def test(**asked):
    return Comparison.model_validate({"input": "day", **asked})


test.__test__ = False  # a maker of conditions


@pytest.mark.parametrize("text", ["2025-03-08", dt.date(2025, 3, 8)])
def test_days_may_stand_in_quotes(text):
    for name in ("at_least", "at_most", "more_than", "less_than"):
        found = test(**{name: text})
        assert (getattr(found, name), found.kind()) == (dt.date(2025, 3, 8), "time")


def test_instants_have_their_zone():
    ten = dt.datetime(2025, 3, 8, 10, tzinfo=dt.UTC)
    assert test(at_least="2025-03-08T10:00:00Z").at_least == test(at_least=ten).at_least == test(equals=ten).equals == ten


def test_equals_takes_a_day_without_quotes_and_text_with():
    assert test(equals=dt.date(2025, 3, 8)).kind() == test(does_not_equal=dt.date(2025, 3, 8)).kind() == "time"
    assert test(equals="2025-03-08").kind() == "text"
    assert test(equals=8).kind() == "number"
    assert test(within={"from": dt.date(2025, 3, 1), "to": dt.date(2025, 3, 8)}).kind() == "time"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"at_least": "soon"}, "derived.a.0.cases.0.when.at_least: 'soon' is no number and no day. Write a number, a day such as 2025-03-08"),
        ({"at_least": "2025-13-08"}, "'2025-13-08' is no number and no day."),
        ({"less_than": True}, "'true' is no number and no day."),
        ({"less_than": "2025-03-08T10:00:00"}, "'2025-03-08 10:00:00' is an instant without its zone."),
        ({"equals": dt.datetime(2025, 3, 8, 10)}, "'2025-03-08 10:00:00' is an instant without its zone."),
        ({"within": {"from": dt.date(2025, 3, 9), "to": dt.date(2025, 3, 1)}}, "from 2025-03-09 is after to 2025-03-01"),
        ({"within": {"from": dt.date(2025, 3, 9)}}, "'to' is missing"),
        ({"within": {"from": dt.date(2025, 3, 9), "to": dt.date(2025, 3, 9)}, "at_least": 3}, "a comparison needs exactly one of"),
    ],
)
def test_what_is_no_day_is_one_fault(asked, fault):
    found = faults({"a": [when(**asked)]})
    assert len(found) == 1
    assert fault in found[0]


DAY = dt.date(2025, 3, 9)  # the day on which New York's clocks go forward
ASKED = (
    {"equals": DAY}, {"does_not_equal": DAY}, {"within": {"from": DAY, "to": DAY}}, {"within": {"from": DAY, "to": DAY + dt.timedelta(days=1)}},
    {"at_least": "2025-03-09"}, {"more_than": DAY}, {"at_most": "2025-03-10T03:59:59.999999Z"}, {"less_than": "2025-03-09T01:00:00-05:00"},
    {"equals": dt.datetime(2025, 3, 9, 5, tzinfo=dt.UTC)},
)  # fmt: skip
MOMENTS = (None, "2025-03-09T04:59:59.999999+00:00", "2025-03-09T05:00:00+00:00", "2025-03-09T06:00:00+00:00", "2025-03-10T03:59:59.999999+00:00", "2025-03-10T04:00:00+00:00", "2025-03-11T04:00:00+00:00")


class Taken:
    """What the reference asks of an event."""

    zone = "America/New_York"

    def __init__(self, moment):
        self.moment = moment

    def instant(self, one):
        return self.moment and dt.datetime.fromisoformat(self.moment)


EXPECTED = {0: [0, 0, 1, 1, 1, 0, 0], 1: [1, 1, 0, 0, 0, 1, 1], 2: [0, 0, 1, 1, 1, 0, 0], 3: [0, 0, 1, 1, 1, 1, 0], 4: [0, 0, 1, 1, 1, 1, 1],
            5: [0, 0, 0, 1, 1, 1, 1], 6: [0, 1, 1, 1, 1, 0, 0], 7: [0, 1, 1, 0, 0, 0, 0], 8: [0, 0, 1, 0, 0, 0, 0]}  # fmt: skip


def test_the_reference_knows_the_edges_of_a_day_of_23_hours():
    for number, asked in enumerate(ASKED):
        assert [reference_holds({"input": "day", **asked}, Taken(moment)) for moment in MOMENTS] == EXPECTED[number], asked


def test_the_product_knows_them_too(spark):
    reading = Reading("a", "America/New_York", lambda path: Value(F.col("at"), T.TimestampType()), {}, {}, {})
    moments = [(number, dt.datetime.fromisoformat(moment) if moment else None) for number, moment in enumerate(MOMENTS)]
    events = spark.createDataFrame(moments, "number int, at timestamp")
    found = events.select("number", *(holds(test(**asked), reading).alias(str(at)) for at, asked in enumerate(ASKED))).orderBy("number").collect()
    for at in range(len(ASKED)):
        assert [row[str(at)] for row in found] == EXPECTED[at], ASKED[at]
