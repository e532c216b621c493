"""Trends that no range can be told by, and words that trends take: each fault has a line."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("report: trend\nrange: last 35 days\ngranularity: minute", "the range has 50,400 minutes, of which 50,000 are told at most; write hour, or a shorter range."),
        ("report: trend\nrange: {from: 2020-01-01, to: 2026-01-01}\ngranularity: hour", "the range has 52,632 hours, of which 50,000 are told at most; write day, or a shorter range."),
        ("report: trend\ngranularity: minute\nrange: yesterday\ncompare: {from: 2025-01-01, to: 2025-02-04}", "the range has 50,400 minutes, of which 50,000 are told at most; write hour, or a shorter range."),
        ("report: fallout\nrange: this quarter\ntrend: minute\nsteps: [orders]", "the range has 132,480 minutes, of which 50,000 are told at most; write hour, or a shorter range."),
        ("report: trend\ngranularity: minutes", "granularity: no such choice: 'minutes'. Did you mean 'minute'?"),
    ],
)  # fmt: skip
def test_buckets_of_a_clock_are_as_many_as_a_table_has_rows(folder, text, said):
    (folder / "reports" / "by_clock.yaml").write_text(text, encoding="utf-8")
    [(_, _, found)] = faults(folder)
    assert found.startswith(said), found


def test_thirty_four_days_have_few_enough_minutes(folder):
    (folder / "reports" / "by_clock.yaml").write_text("report: trend\nrange: last 34 days\ngranularity: minute", encoding="utf-8")
    assert load(folder).reports["by_clock"].granularity == "minute"
