"""Names that indicators take: each must be there and be of events, and their faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import CALCULATED, faults

WRITTEN = """report: indicators
outcome: calls
dimension: section
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("outcome: calls", "outcome: cals", 2, "no metric named 'cals'. Did you mean 'calls'?"),
        ("outcome: calls", "outcome: section", 2, "no metric named 'section': it is a dimension"),
        ("outcome: calls", "outcome: conversion", 2, CALCULATED),
        ("outcome: calls", "outcome: events", 1, "outcome: 'events' is of every event, or of all of a session; name a metric that some events have."),
        ("outcome: calls\n", "", 1, "'outcome' is missing"),
        ("dimension: section", "dimension: sektion", 3, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("dimension: section", "dimension: calls", 3, "no dimension named 'calls': it is a metric"),
        ("dimension: section\n", "", 1, "behaviours are the values of a dimension or the events of segments; write one of dimension and by_segments."),
        ("dimension: section", "dimension: section\nby_segments: [buyers]", 1, "behaviours are the values of a dimension or the events of segments;"),
        ("dimension: section", "by_segments: [byers]", 3, "no segment named 'byers'. Did you mean 'buyers'?"),
        ("dimension: section", "by_segments: [{where: {dimension: section, equals: help}}]", 3, "by_segments: a segment that is written in place is a row with its 'label'"),
        ("dimension: section", "by_segments: [{label: helped, where: {dimension: sektion, equals: help}}]", 3, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("dimension: section", "dimension: section\ncontainer: event", 4, "container: "),
        ("dimension: section", "dimension: section\nmin_suport: 10", 4, "unknown key 'min_suport'. Did you mean 'min_support'?"),
        ("dimension: section", "dimension: section\nmin_support: 0", 4, "min_support: "),
    ],
)
def test_indicators_are_of_an_outcome_and_a_dimension_or_segments(folder, before, after, line, said):
    assert before in WRITTEN
    (folder / "reports" / "before_a_call.yaml").write_text(WRITTEN.replace(before, after), encoding="utf-8")
    [(file, at, message)] = faults(folder)
    assert (file, message[: len(said)], at) == ("reports/before_a_call.yaml", said, line)


def test_behaviours_may_lie_in_an_array_and_be_named_segments(folder):
    for name, of in (("of_products", "dimension: product"), ("of_segments", "by_segments: [buyers]")):
        (folder / "reports" / f"{name}.yaml").write_text(WRITTEN.replace("dimension: section", of), encoding="utf-8")
    assert {"of_products", "of_segments"} <= {*load(folder).reports}
