"""Names that a contribution takes: a metric that is summed, dimensions, segments; its faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.demo import change
from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("metric: conversion\ndimensions: [page]", 2, CALCULATED),
        ("metric: ordres\ndimensions: [page]", 2, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("metric: section\ndimensions: [page]", 2, "no metric named 'section': it is a dimension"),
        ("metric: orders\ndimensions: [page, sectoin]", 3, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("metric: orders\ndimensions: [calls]", 3, "no dimension named 'calls': it is a metric"),
        ("metric: orders\nby_segments: [buyrs]", 3, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("metric: orders\nby_segments: [{where: {dimension: page, equals: help}}]", 3, "by_segments: a segment that is written in place is a row with its 'label'; give it one."),
        ("metric: orders\ndimensions: [page]\ncompare: [buyers, calers]", 4, "no segment named 'calers'. Did you mean 'callers'?"),
        ("metric: orders\ndimensions: [page]\ncompare: year_agp", 4, "compare: 'year_agp' is nothing to compare with. Did you mean 'year_ago'?"),
        ("metric: orders\ndimensions: [page]\ncompare: last 3 fortnights", 4, "compare: 'last 3 fortnights' is no range."),
        ("metric: orders\ndimensions: [page]\ncompare: {from: 2026-01-01}", 4, "compare: 'to' is missing."),
        ("metric: orders\ndimensions: [page]\ncompare: {from: 2026-01-05, to: 2026-01-01}", 4, "compare: range: from 2026-01-05 is after to 2026-01-01."),
        ("metric: orders", 1, "give 'dimensions' or 'by_segments': what may make the difference."),
        ("dimensions: [page]", 1, "'metric' is missing."),
        ("metric: orders\ndimension: [page]\ndimensions: [page]", 3, "unknown key 'dimension'. Did you mean 'dimensions'?"),
        ("metric: orders\ndimensions: [page]\nrows: 0", 4, "rows: "),
    ],
)
def test_a_contribution_is_of_what_can_be_parted(folder, text, line, said):
    (folder / "reports" / "change.yaml").write_text(f"report: contribution\n{text}\n", encoding="utf-8")
    found = faults(folder)[0]
    assert found[0] == "reports/change.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found


def test_dimensions_are_looked_through_one_by_one_so_any_may_stand_beside_any(folder):
    """In a table a metric with attribution has no rows of times beside sessions' depth; here each is by itself."""
    change(folder, "view.yaml", "field: commerce.purchases.value", "field: commerce.purchases.value, attribution: {model: linear}")
    (folder / "reports" / "change.yaml").write_text("report: contribution\nmetric: orders\ndimensions: [page, event_depth, hour, section, channel]\n", encoding="utf-8")
    assert load(folder).reports["change"].dimensions == ("page", "event_depth", "hour", "section", "channel")
