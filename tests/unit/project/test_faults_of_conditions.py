"""Conditions that nothing or everything meets are faults of the file, with their line, before Spark starts."""

from __future__ import annotations

import pytest

import cja_spark as cja
from cja_spark.project import load
from cja_spark.project_conditions import CLOSED, OTHER_SESSION, values_of
from cja_spark.project_names import faults_of_names
from cja_spark.view.calendar_settings import GREGORIAN
from cja_spark.view.spec import View
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

ASKED = "{metric: orders, at_least: 1}"
DAYS = "Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday"
CASES = [
    ("{dimension: page, equals: ''}", "dimension 'page': equals: '' is no value, for blank text is not set; 'exists: false' asks for events without one."),
    ("{dimension: page, does_not_equal: ' '}", "dimension 'page': does_not_equal: ' ' is no value, for blank text is not set; 'exists: false' asks for events without one."),
    ("{dimension: page, equals_any_of: [home, '']}", "dimension 'page': equals_any_of: '' is no value, for blank text is not set; 'exists: false' asks for events without one."),
    ("{dimension: page, contains: ''}", "dimension 'page': contains: '' is in every text; 'exists: true' asks for events with a value."),
    ("{dimension: day_of_week, equals: Sonntag}", f"dimension 'day_of_week': equals: 'Sonntag' is none of its values. Known: {DAYS}."),
    ("{dimension: day_of_week, equals_any_of: [Sunday, Mondy]}", f"dimension 'day_of_week': equals_any_of: 'Mondy' is none of its values. Did you mean 'Monday'? Known: {DAYS}."),
    ("{exclude: {dimension: am_pm, does_not_equal: am}}", "dimension 'am_pm': does_not_equal: 'am' is none of its values. Did you mean 'AM'? Known: AM, PM."),
    ("{dimension: weekday_or_weekend, equals: weekend}", "dimension 'weekday_or_weekend': equals: 'weekend' is none of its values. Did you mean 'Weekend'? Known: Weekday, Weekend."),
    ("{container: session, where: {dimension: session_type, equals: First}}", "dimension 'session_type': equals: 'First' is none of its values. Did you mean 'First-time'? Known: First-time, Return."),
    ("{dimension: quarter_of_year, equals: 3}", "dimension 'quarter_of_year': equals: '3' is none of its values. Did you mean 'Q3'? Known: Q1, Q2, Q3, Q4."),
    ("{then: [{metric: orders, at_least: 1}, {within: 0 events}, {metric: calls, at_least: 1}]}",
     "within: 0 events: the very next event is 1 event away, so nothing is that near. Write 'within: 1 event'."),
    ("{dimension: month, equals: March}", "dimension 'month': equals: 'March' is none of its values; they look like '2025-03'."),
    ("{dimension: day, does_not_equal: 03/04/2025}", "dimension 'day': does_not_equal: '03/04/2025' is none of its values; they look like '2025-03-04'."),
    ("{dimension: week, equals_any_of: ['2025-W01', 'Week 2']}", "dimension 'week': equals_any_of: 'Week 2' is none of its values; they look like '2025-W10'."),
    ("{dimension: hour, equals: '10:00'}", "dimension 'hour': equals: '10:00' is none of its values; they look like '2025-03-04 05:00-0500'."),
    ("{dimension: event_depth, equals: 0}", "dimension 'event_depth': equals: '0' is none of its values; they are 1, 2, 3 and so on."),
]  # fmt: skip


WHOLE = "{container: session, where: {metric: orders, at_least: 1}}"
CALL = "{metric: calls, at_least: 1}"


@pytest.mark.parametrize(
    "then",
    [
        f"{{then: [{WHOLE}, {CALL}]}}", f"{{then: [{CALL}, {WHOLE}]}}", f"{{all: [{CALL}, {{exclude: {{then: [{WHOLE}, {WHOLE}]}}}}]}}",
        f"{{then: [help_readers, {CALL}]}}",
    ],
)  # fmt: skip
def test_a_whole_session_before_or_behind_another_checkpoint_of_one_session_is_a_fault(folder, then):
    change(folder, "view.yaml", ASKED, f"{{container: session, where: {then}}}")
    assert faults(folder) == [("view.yaml", 29, OTHER_SESSION)]


@pytest.mark.parametrize(
    "written",
    [
        f"{{then: [{WHOLE}, {CALL}]}}", f"{{container: session, where: {{then: [{WHOLE}]}}}}",
        f"{{container: session, where: {{then: [{CALL}, {{exclude: {WHOLE}}}, {CALL}]}}}}",
        f"{{container: session, where: {{then: [{WHOLE[:-1]}, range: last 2 days}}, {CALL}]}}}}",
    ],
)  # fmt: skip
def test_other_sessions_in_a_sequence_are_none(folder, written):
    change(folder, "view.yaml", ASKED, written)
    assert load(folder).view.segments["buyers"]


@pytest.mark.parametrize(("written", "message"), CASES, ids=[written for written, _ in CASES])
def test_such_a_condition_is_a_fault_on_its_line(folder, written, message):
    change(folder, "view.yaml", ASKED, written)
    assert faults(folder) == [("view.yaml", 29, message)]


def test_in_a_report_too(folder):
    change(folder, "reports/daily.yaml", "granularity: day", "granularity: day\nsegments: [{where: {dimension: month_of_year, equals: Mai}}]")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("reports/daily.yaml", 6)
    assert "'Mai' is none of its values. Did you mean 'May'?" in message


def test_months_are_those_of_the_view_s_calendar(folder):
    change(folder, "view.yaml", ASKED, "{dimension: month_of_year, equals: March}")
    assert load(folder).view.segments["buyers"].where.equals == "March"
    change(folder, "view.yaml", "currency: USD", "currency: USD\ncalendar: 4-5-4")
    [(_, line, message)] = faults(folder)
    assert (line, "'March' is none of its values. Known: M01, M02" in message) == (30, True)


def test_a_view_that_is_no_file_has_the_same_faults():
    view = View.model_validate({"name": "v", "segments": {"a": {"where": {"dimension": "am_pm", "equals": "pm"}}}})
    report = cja.Table.model_validate({"segments": [{"where": {"dimension": "am_pm", "equals": "noon"}}]})
    assert [(one.file, one.message.split(".")[0]) for one in faults_of_names(view, [report])] == [
        ("view", "dimension 'am_pm': equals: 'pm' is none of its values"), ("report 1 (table)", "dimension 'am_pm': equals: 'noon' is none of its values"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_the_values_of_a_standard_dimension_are_taken(name):
    for text in values_of(name, GREGORIAN):
        view = View.model_validate({"name": "v", "segments": {"a": {"where": {"dimension": name, "equals": text}}}})
        assert faults_of_names(view, []) == []


BUCKETS = {"day": "2026-01-31", "month": "1999-12", "quarter": "2026-Q1", "year": 2026, "hour": "2026-01-31 23:00-0500", "event_depth": 10}


@pytest.mark.parametrize(("name", "text"), BUCKETS.items())
def test_the_buckets_of_days_and_hours_and_positions_are_taken(name, text):
    view = View.model_validate({"name": "v", "segments": {"a": {"where": {"dimension": name, "equals_any_of": [text]}}}})
    assert faults_of_names(view, []) == []


def test_a_bucket_looks_as_the_view_s_calendar_names_it():
    written = {"name": "v", "calendar": "4-5-4", "segments": {"a": {"where": {"dimension": "month", "equals": "2025-03"}}}}
    [fault] = faults_of_names(View.model_validate(written), [])
    assert fault.message == "dimension 'month': equals: '2025-03' is none of its values; they look like 'FY2025-M02'."


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("label: loyalty tier", "label: ''", 13, "dimensions.tier.label: '' is no label; leave it out to show the name."),
        ("orders: {field: commerce.purchases.value}", "orders: {field: commerce.purchases.value, label: ' '}", 21, "metrics.orders.label: ' ' is no label; leave it out to show the name."),
        ("buyers: {container: person,", "buyers: {container: person, label: '',", 29, "segments.buyers.label: '' is no label; leave it out to show the name."),
    ],
)  # fmt: skip
def test_a_blank_label_is_a_fault(folder, old, new, line, message):
    change(folder, "view.yaml", old, new)
    assert faults(folder) == [("view.yaml", line, message)]


def test_a_function_without_brackets_is_told_how_it_is_written(folder):
    change(folder, "view.yaml", "calculate: orders / sessions", "calculate: orders * pi")
    assert faults(folder) == [("view.yaml", 26, "character 10 of 'orders * pi': no metric named 'pi'. pi is a function; write pi().")]
