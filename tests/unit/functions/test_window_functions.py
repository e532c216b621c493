"""Window functions as a notebook calls them: arguments, windows, nulls, ties, and what a plan costs."""

import re
from datetime import UTC, datetime

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import Window
from pyspark.sql import functions as F

from cja_spark import functions as cf
from cja_spark.errors import ConfigurationError
from tests.window_rows import plain

TOUCH = ("timestamp", "Paid", "code")


@pytest.fixture(scope="module")
def by_person(spark):
    return Window.partitionBy("person_id").orderBy("timestamp", "event_id")


def at(minute, second=0):
    return datetime(2026, 3, 1, 9, minute, second, tzinfo=UTC)


@pytest.fixture(scope="module")
def events(spark):
    rows = [("ann", "1", at(0), "x", True), ("ann", "2", at(10), None, False), ("ann", "3", at(10), "y", None), ("bob", "4", at(5), None, True)]
    return spark.createDataFrame(rows, "person_id string, event_id string, timestamp timestamp, code string, bought boolean")


def found(events, column):
    return {row["event_id"]: plain(row["found"]) for row in events.select("event_id", column.alias("found")).collect()}


WRONG = {
    "seconds below zero": (lambda: cf.sess_timeout("timestamp", -5), "sess_timeout: seconds is a whole number from 0 to .*, not -5"),
    "half a second": (lambda: cf.sess_timeout("timestamp", 0.5), "sess_timeout: seconds is a whole number .*, not 0.5"),
    "seconds as text": (lambda: cf.attribution_first_touch_exp_timeout(*TOUCH, "60"), "seconds is a whole number .*, not '60'"),
    "seconds as truth": (lambda: cf.attribution_last_touch_exp_timeout(*TOUCH, True), "seconds is a whole number .*, not True"),
    "more seconds than time has": (lambda: cf.attribution_last_touch_exp_timeout(*TOUCH, 10**18), "not 1000000000000000000"),
    "unknown unit": (lambda: cf.time_between_previous_match("timestamp", "bought", "minute"), "no unit is called 'minute'. Did you mean 'minutes'\\? Known: days, hours, minutes, seconds."),
    "unit in capitals": (lambda: cf.time_between_next_match("timestamp", "bought", "HOURS"), "no unit is called 'HOURS'. Did you mean 'hours'\\?"),
    "no unit": (lambda: cf.time_between_next_match("timestamp", "bought", None), "no unit is called None. Known"),
    "number as column": (lambda: cf.sess_start_if(1800, "bought"), "sess_start_if: timestamp is a column or its name, not 1800"),
    "truth as condition": (lambda: cf.sess_end_if("timestamp", True), "sess_end_if: condition is a column or its name, not True"),
    "column as name": (lambda: cf.attribution_first_touch("timestamp", F.col("code"), "code"), "name is a text such as 'Paid', not a column"),
    "shift of none": (lambda: cf.previous_value("code", 0), "previous_value: shift is a whole number from 1 to 2147483647, not 0"),
    "shift backwards": (lambda: cf.next_value("code", -1), "next_value: shift is a whole number from 1 to 2147483647, not -1"),
    "column as switch": (lambda: cf.next_value("code", ignore_nulls=F.lit(1)), "next_value: ignore_nulls is True or False, not a column"),
    "text as switch": (lambda: cf.attribution_first_touch_exp_if(*TOUCH, "bought", exp_before="no"), "exp_before is True or False, not 'no'"),
    "number as switch": (lambda: cf.attribution_last_touch_exp_if(*TOUCH, "bought", looks_ahead=1), "looks_ahead is True or False, not 1"),
    "a name as window": (lambda: cf.sess_timeout("timestamp", 60).over("person_id"), r"sess_timeout: over\(\) takes Window.partitionBy\(...\).orderBy\(...\), not a str"),
    "Window itself": (lambda: cf.sess_timeout("timestamp", 60).over(Window), r"over\(\) takes .*, not Window\."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_named_before_spark_sees_it(spark, case):
    call, says = WRONG[case]
    with pytest.raises(ConfigurationError, match=says):
        call()


def test_a_switch_is_given_by_its_name(spark):
    with pytest.raises(TypeError):
        cf.previous_value("code", 1, True)


EACH = {
    "sess_timeout": (lambda: cf.sess_timeout("timestamp", 60), 1, 1),
    "sess_start_if": (lambda: cf.sess_start_if("timestamp", "bought"), 1, 1),
    "sess_end_if": (lambda: cf.sess_end_if("timestamp", "bought"), 1, 1),
    "attribution_first_touch": (lambda: cf.attribution_first_touch(*TOUCH), 1, 1),
    "attribution_last_touch": (lambda: cf.attribution_last_touch(*TOUCH), 1, 1),
    "attribution_first_touch_exp_if": (lambda: cf.attribution_first_touch_exp_if(*TOUCH, "bought"), 1, 1),
    "attribution_last_touch_exp_if": (lambda: cf.attribution_last_touch_exp_if(*TOUCH, "bought"), 2, 1),
    "attribution_last_touch_exp_if, so far": (lambda: cf.attribution_last_touch_exp_if(*TOUCH, "bought", looks_ahead=False), 1, 1),
    "attribution_first_touch_exp_timeout": (lambda: cf.attribution_first_touch_exp_timeout(*TOUCH, 60), 2, 1),
    "attribution_last_touch_exp_timeout": (lambda: cf.attribution_last_touch_exp_timeout(*TOUCH, 60), 2, 1),
    "attribution_last_touch_exp_timeout, so far": (lambda: cf.attribution_last_touch_exp_timeout(*TOUCH, 60, looks_ahead=False), 1, 1),
    "previous_value": (lambda: cf.previous_value("code"), 1, 1),
    "previous_value, ignore nulls": (lambda: cf.previous_value("code", ignore_nulls=True), 2, 1),
    "next_value": (lambda: cf.next_value("code"), 1, 1),
    "next_value, ignore nulls": (lambda: cf.next_value("code", ignore_nulls=True), 2, 1),
    "time_between_previous_match": (lambda: cf.time_between_previous_match("timestamp", "bought"), 1, 1),
    "time_between_next_match": (lambda: cf.time_between_next_match("timestamp", "bought"), 2, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", EACH)
def test_a_plan_has_the_sorts_that_the_docstring_says_and_one_exchange(events, by_person, capsys, name):
    make, sorts, exchanges = EACH[name]
    events.repartition(3).select("event_id", make().over(by_person).alias("found")).explain()
    plan = capsys.readouterr().out
    assert len(re.findall(r"\bSort \[", plan)) == sorts
    assert len(re.findall(r"Exchange hashpartitioning\(person_id", plan)) == exchanges
    told = getattr(cf, name.split(",")[0]).__doc__
    assert {1: "one sort", 2: "two sorts"}[sorts].removeprefix("one exchange and ") in " ".join(told.split())


@pytest.mark.parametrize("name", EACH)
def test_a_window_without_an_order_is_refused(events, name):
    with pytest.raises(AnalysisException, match="requires window to be ordered"):
        events.select(EACH[name][0]().over(Window.partitionBy("person_id")))


@pytest.mark.parametrize("name", EACH)
def test_a_frame_of_the_window_changes_nothing(events, by_person, name):
    make = EACH[name][0]
    frames = (by_person, by_person.rowsBetween(Window.unboundedPreceding, 0), by_person.rowsBetween(0, 1))
    told = [found(events, make().over(window)) for window in frames]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("name", EACH)
def test_no_rows_give_no_rows(events, by_person, name):
    assert events.where("false").select(EACH[name][0]().over(by_person)).collect() == []


def test_every_function_is_here():
    assert {name.split(",")[0] for name in EACH} == {*cf.__all__}


def test_a_function_without_its_window_is_told_so(events):
    with pytest.raises(Exception, match="NeedsWindow"):
        events.select(cf.sess_timeout("timestamp", 60))


def test_of_equal_times_the_order_of_the_window_decides(events, by_person):
    assert found(events, cf.attribution_first_touch_exp_timeout(*TOUCH, 0).over(by_person))["2"] is None
    backwards = Window.partitionBy("person_id").orderBy("timestamp", F.desc("event_id"))
    assert found(events, cf.attribution_first_touch_exp_timeout(*TOUCH, 0).over(backwards))["2"][1] == "y"


def test_without_a_partition_all_rows_are_one(events):
    told = found(events, cf.sess_timeout("timestamp", 3600).over(Window.orderBy("timestamp", "event_id")))
    assert [told[one] for one in "1423"] == [(0, 1, True, 1), (300, 1, False, 2), (300, 1, False, 3), (0, 1, False, 4)]


def test_columns_are_taken_as_well_as_their_names(events, by_person):
    by_name = found(events, cf.attribution_first_touch_exp_if(*TOUCH, "bought").over(by_person))
    by_column = cf.attribution_first_touch_exp_if(F.col("timestamp"), "Paid", F.upper("code"), F.col("bought"))
    assert {key: touch and (touch[0], touch[1].lower(), *touch[2:]) for key, touch in found(events, by_column.over(by_person)).items()} == by_name


def test_a_touch_of_any_type_keeps_it(events, by_person):
    mapped = events.withColumn("code", F.create_map(F.lit("id"), "code"))
    for make in (cf.attribution_first_touch_exp_if, cf.attribution_last_touch_exp_if):
        assert dict(mapped.select(make(*TOUCH, "bought").over(by_person).alias("found")).dtypes)["found"] == (
            "struct<name:string,value:map<string,string>,timestamp:timestamp,fraction:double>"
        )
    assert found(mapped, cf.attribution_last_touch_exp_if(*TOUCH, "bought").over(by_person))["1"][1] == {"id": "x"}


def test_the_structs_have_the_documented_fields(events, by_person):
    session = cf.sess_timeout("timestamp", 60).over(by_person).alias("found")
    assert dict(events.select(session).dtypes)["found"] == "struct<timestamp_diff:bigint,num:bigint,is_new:boolean,depth:bigint>"
    assert dict(events.select(cf.previous_value("code").over(by_person).alias("found")).dtypes)["found"] == "struct<value:string>"
    assert dict(events.select(cf.time_between_next_match("timestamp", "bought").over(by_person).alias("found")).dtypes)["found"] == "bigint"


def test_a_day_has_24_hours_also_where_summer_time_begins(spark, by_person):
    rows = [("a", "1", datetime(2026, 3, 28, 12, tzinfo=UTC), True), ("a", "2", datetime(2026, 3, 29, 11, 59, 59, tzinfo=UTC), False),
            ("a", "3", datetime(2026, 3, 29, 12, tzinfo=UTC), False)]  # fmt: skip
    events = spark.createDataFrame(rows, "person_id string, event_id string, timestamp timestamp, bought boolean")
    spark.conf.set("spark.sql.session.timeZone", "Europe/Berlin")
    try:
        told = found(events, cf.time_between_previous_match("timestamp", "bought", "days").over(by_person))
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert told == {"1": 0, "2": 0, "3": 1}
