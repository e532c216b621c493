"""Names that a cohort table takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("inclusion: conversion\nreturn: orders", 2, CALCULATED),
        ("inclusion: orders\nreturn: [calls, {metric: conversion, at_least: 1}]", 3, CALCULATED),
        ("inclusion: ordres", 2, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("inclusion: {metrics: [orders, {metric: cals, more_than: 2}]}", 2, "no metric named 'cals'. Did you mean 'calls'?"),
        ("inclusion: {metrics: [orders], segments: [buyrs]}", 2, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("inclusion: orders\nreturn: {segments: [buyers, calers]}", 3, "no segment named 'calers'. Did you mean 'callers'?"),
        ("inclusion: orders\ndimension: sectoin", 3, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("inclusion: orders\nretrun: calls", 3, "unknown key 'retrun'. Did you mean 'return'?"),
        ("inclusion: {metrics: [orders], mach: any}", 2, "inclusion: unknown key 'mach'. Did you mean 'match'?"),
        ("return: orders", 1, "'inclusion' is missing."),
        ("inclusion: orders\ngranularity: hour", 3, "granularity: no such choice: 'hour'. Known: day, month, quarter, week, year."),
        ("inclusion: orders\nentry: frist", 3, "entry: no such choice: 'frist'. Did you mean 'first'?"),
        ("inclusion: orders\nrolling: maybe", 3, "rolling: "),
        ("inclusion: orders\nlatency: true\ndimension: page", 1, "latency: periods before the inclusion are told of cohorts of periods; leave out latency or dimension."),
        ("inclusion: orders\ngranularity: day\nrange: last 2 years", 1, "granularity: the range has more than 366 periods of a day; choose longer ones."),
    ],
)  # fmt: skip
def test_a_cohort_table_is_of_what_events_have(folder, text, line, said):
    report = folder / "reports" / "back.yaml"
    report.write_text(f"report: cohort\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[0] == "reports/back.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
