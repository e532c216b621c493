"""The reference gives the published answers."""

from __future__ import annotations

import pytest

from tests.reference.golden import ask_of, cases, differences, differs, events_of, expected_of, summaries_of
from tests.reference.report import report


def test_there_are_golden_folders_of_each_package():
    assert {folder.parent.name for folder in cases()} == {"reports", "view", "journeys"}


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_reference_agrees_with_a_published_example(folder):
    view, ask, data_until = ask_of(folder)
    rows = report(events_of(folder, view), view, ask, data_until=data_until, summaries=summaries_of(folder))
    assert differences(rows, expected_of(folder)) == []


@pytest.mark.parametrize(
    ("text", "value", "other"), [("1", 1.0, True), ("", None, True), ("", 0.0, False), ("2", 1.0, False), ("a", "b", False)]
)
def test_the_comparison_can_fail(text, value, other):
    assert differs(text, value) is not other
