"""Names that growth takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("active: conversion", 2, CALCULATED),
        ("active: ordres", 2, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("active: section", 2, "no metric named 'section': it is a dimension"),
        ("active: {metrics: [orders, {metric: cals, more_than: 2}]}", 2, "no metric named 'cals'. Did you mean 'calls'?"),
        ("active: {metrics: [orders], segments: [buyrs]}", 2, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("active: {metrics: [orders], mach: any}", 2, "active: unknown key 'mach'. Did you mean 'match'?"),
        ("aktive: orders", 2, "unknown key 'aktive'. Did you mean 'active'?"),
        ("active: orders\ngranularity: hour", 3, "granularity: no such choice: 'hour'. Known: day, month, quarter, week, year."),
        ("active: orders\nlookback: 0", 3, "lookback: "),
        ("active: orders\nlookback: 13 months", 3, "lookback: "),
        ("granularity: day\nrange: last 2 years", 1, "granularity: the range has more than 366 periods of a day; choose longer ones."),
    ],
)
def test_growth_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "grown.yaml").write_text(f"report: growth\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[0] == "reports/grown.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
