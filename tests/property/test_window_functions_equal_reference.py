"""Window functions over Spark equal the reference on generated partitions; times lie at the edges of what is asked for."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import Window

from cja_spark import functions
from tests.property.draws import cases
from tests.reference import window_functions as reference
from tests.window_rows import EPOCH, plain

SECONDS = 1800
START = 1_772_355_600_000_000  # 2026-03-01 09:00
STEPS = (0, 0, 1, 999_999, 1_000_000, 60_000_000, *(SECONDS * 1_000_000 + more for more in (-1, 0, 1, 1_000_000)), 86_400_000_000)
ROW = st.tuples(
    st.sampled_from(STEPS), st.sampled_from((None, None, "", "a", "b")), st.sampled_from((None, False, False, True)), st.integers(0, 9)
)  # the last one decides whether the row has a time
PARTITIONS = st.lists(st.lists(ROW, min_size=1, max_size=9), min_size=20, max_size=40)
SCHEMA = "partition int, n int, timestamp timestamp, value string, condition boolean"
TOUCH, IF = ("timestamp", "Paid", "value"), ("timestamp", "Paid", "value", "condition")

# The arguments of each case, positional and by name; columns are called by what the reference takes for them.
CASES = {
    "sess_timeout": ("sess_timeout", ("timestamp", SECONDS), {}),
    "sess_timeout at once": ("sess_timeout", ("timestamp", 0), {}),
    "sess_start_if": ("sess_start_if", ("timestamp", "condition"), {}),
    "sess_end_if": ("sess_end_if", ("timestamp", "condition"), {}),
    "first touch": ("attribution_first_touch", TOUCH, {}),
    "last touch": ("attribution_last_touch", TOUCH, {}),
    "first touch until": ("attribution_first_touch_exp_if", IF, {}),
    "first touch until before": ("attribution_first_touch_exp_if", IF, {"exp_before": True}),
    "last touch until": ("attribution_last_touch_exp_if", IF, {}),
    "last touch until before": ("attribution_last_touch_exp_if", IF, {"exp_before": True}),
    "last touch so far until": ("attribution_last_touch_exp_if", IF, {"looks_ahead": False}),
    "last touch so far until before": ("attribution_last_touch_exp_if", IF, {"exp_before": True, "looks_ahead": False}),
    "first touch within": ("attribution_first_touch_exp_timeout", (*TOUCH, SECONDS), {}),
    "first touch at once": ("attribution_first_touch_exp_timeout", (*TOUCH, 0), {}),
    "last touch within": ("attribution_last_touch_exp_timeout", (*TOUCH, SECONDS), {}),
    "last touch at once": ("attribution_last_touch_exp_timeout", (*TOUCH, 0), {}),
    "last touch so far within": ("attribution_last_touch_exp_timeout", (*TOUCH, SECONDS), {"looks_ahead": False}),
    "previous": ("previous_value", ("value",), {}),
    "previous of three": ("previous_value", ("value", 3), {}),
    "previous value": ("previous_value", ("value",), {"ignore_nulls": True}),
    "previous value of two": ("previous_value", ("value", 2), {"ignore_nulls": True}),
    "next": ("next_value", ("value",), {}),
    "next of three": ("next_value", ("value", 3), {}),
    "next value": ("next_value", ("value",), {"ignore_nulls": True}),
    "next value of two": ("next_value", ("value", 2), {"ignore_nulls": True}),
    "time since": ("time_between_previous_match", ("timestamp", "condition"), {}),
    "minutes since": ("time_between_previous_match", ("timestamp", "condition", "minutes"), {}),
    "time until": ("time_between_next_match", ("timestamp", "condition"), {}),
    "hours until": ("time_between_next_match", ("timestamp", "condition", "hours"), {}),
}

LOTS = {"sessions": ("sess_",), "touches": ("attribution_",), "neighbours": ("previous_", "next_"), "times": ("time_",)}


def rows_of(drawn, *, by_time):
    """Rows of partitions; by time those without one come first, as Spark orders them."""
    rows = []
    for partition, own in enumerate(drawn):
        t, made = START, []
        for n, (step, value, condition, timed) in enumerate(own):
            t += step
            made.append((partition, n, t if timed else None, value, condition))
        rows += sorted(made, key=lambda row: (row[2] is not None, row[2] or 0, row[1])) if by_time else made
    return rows


def theirs(rows, name, arguments, options):
    """What the reference says of each row, by partition and number."""
    told = {}
    for partition in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == partition]
        columns = dict(zip(("timestamp", "value", "condition"), zip(*(row[2:] for row in own), strict=True), strict=True))
        given = [list(columns[argument]) if argument in columns else argument for argument in arguments]
        found = getattr(reference, name)(*given, **options)
        told |= {row[:2]: one for row, one in zip(own, found, strict=True)}
    return told


def ours(spark, rows, some, order):
    """What Spark says of each row for some cases, all asked at once, of rows in no order."""
    shuffled = random.Random(len(rows)).sample(rows, len(rows))
    made = [(*row[:2], None if row[2] is None else EPOCH + timedelta(microseconds=row[2]), *row[3:]) for row in shuffled]
    window = Window.partitionBy("partition").orderBy(*order)
    asked = {case: getattr(functions, CASES[case][0])(*CASES[case][1], **CASES[case][2]).over(window).alias(case) for case in some}
    found = spark.createDataFrame(made, SCHEMA).select("partition", "n", *asked.values()).collect()
    return {case: {(row["partition"], row["n"]): plain(row[case]) for row in found} for case in asked}


@pytest.mark.parametrize("lot", LOTS)
@settings(max_examples=cases(100, 3), deadline=None)
@given(drawn=PARTITIONS)
def test_functions_equal_the_reference(spark, lot, drawn):
    some = [case for case in CASES if CASES[case][0].startswith(LOTS[lot])]
    for order in (("timestamp", "n"), ("n",)):
        rows = rows_of(drawn, by_time=order[0] == "timestamp")
        assert ours(spark, rows, some, order) == {case: theirs(rows, *CASES[case]) for case in some}, order


def test_every_function_is_drawn():
    assert {name for name, _, _ in CASES.values() if name.startswith(sum(LOTS.values(), ()))} == {*functions.__all__}
