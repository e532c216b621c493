"""Faults of date ranges in segments: each with its line and the right words, before Spark starts."""

from __future__ import annotations

import pytest

from cja_spark.project import load
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

ASKED = "{metric: orders, at_least: 1}}"
NO_RANGE = "is no range."
WRITE = "Write 'last 90 days', a name such as 'this month', 'last week' or 'last 3 full months', or {from: 2026-01-01, to: 2026-03-31}."


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("range: last 90 dais", f"segments.buyers.range: 'last 90 dais' {NO_RANGE} Did you mean 'last 90 days'? {WRITE}"),
        ("range: last 3 ful month", f"segments.buyers.range: 'last 3 ful month' {NO_RANGE} Did you mean 'last 3 full months'? {WRITE}"),
        ("range: thsi month", f"segments.buyers.range: 'thsi month' {NO_RANGE} Did you mean 'this month'? {WRITE}"),
        ("range: Last Quarter", f"segments.buyers.range: 'Last Quarter' {NO_RANGE} Did you mean 'last quarter'? {WRITE}"),
        ("range: yesterdya", f"segments.buyers.range: 'yesterdya' {NO_RANGE} Did you mean 'yesterday'? {WRITE}"),
        ("range: last 0 days", f"segments.buyers.range: 'last 0 days' {NO_RANGE} {WRITE}"),
        ("range: 7", f"segments.buyers.range: '7' {NO_RANGE} {WRITE}"),
        ("range: last 401 full quarters", "segments.buyers.range: range: the last 400 quarters at most."),
        ("range: {this: weak}", "segments.buyers.range.this: no such choice: 'weak'. Did you mean 'week'? Known: day, month, quarter, week, year."),
        ("range: last 101 years", "segments.buyers.range: range: the last 100 years at most."),
        ("range: {from: 2025-02-01, to: 2025-01-30}", "segments.buyers.range: range: from 2025-02-01 is after to 2025-01-30."),
        ("range: {from: 2025-02-01}", "segments.buyers.range: 'to' is missing."),
        ("range: {from: 1800-01-01, to: 2025-01-30}", "segments.buyers.range.from: 1800-01-01 is not between 1900-01-01 and 9998-12-31."),
        ("range: {count: 3, unit: dayz}", "segments.buyers.range.unit: no such choice: 'dayz'. Did you mean 'day'? Known: day, month, quarter, week, year."),
        ("rang: last 9 days", "segments.buyers: unknown key 'rang'. Did you mean 'range'? Known: container, description, include, label, range, where."),
    ],
)  # fmt: skip
def test_a_range_that_makes_no_sense_is_a_fault_on_its_line(folder, written, message):
    change(folder, "view.yaml", ASKED, f"{ASKED[:-1]}, {written}}}")
    assert faults(folder) == [("view.yaml", 29, message)]


def test_a_misspelt_end_of_a_range_is_guessed(folder):
    change(folder, "view.yaml", ASKED, f"{ASKED[:-1]}, range: {{from: 2025-02-01, too: 2025-03-01}}}}")
    assert faults(folder) == [
        ("view.yaml", 29, "segments.buyers.range: 'to' is missing."),
        ("view.yaml", 29, "segments.buyers.range: unknown key 'too'. Did you mean 'to'? Known: from, to."),
    ]


def test_a_range_beside_a_condition_is_told_where_it_belongs(folder):
    change(folder, "view.yaml", ASKED, "{metric: orders, at_least: 1, range: last 9 days}}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 29)
    assert "range: it is a container's: {container: event, where: {...}, range: last 30 days}" in message


def test_names_in_a_container_with_a_range_are_looked_at(folder):
    change(folder, "view.yaml", ASKED, "{container: event, range: last 9 days, where: {metric: ordres, at_least: 1}}}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 29)
    assert "no metric named 'ordres'. Did you mean 'orders'?" in message


def test_a_report_of_its_own_segment_and_an_empty_range_are_no_faults(folder):
    change(folder, "view.yaml", ASKED, f"{ASKED[:-1]}, range: {{from: 2025-02-01, to: 2025-01-31}}}}")
    change(folder, "reports/daily.yaml", "granularity: day", "granularity: day\nsegments: [{where: {metric: orders, at_least: 1}, range: last 2 weeks}]")
    assert load(folder).view.segments["buyers"].range.to.isoformat() == "2025-01-31"
