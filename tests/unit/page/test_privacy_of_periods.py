"""A retention's periods count some of those who started: few that stayed away, or came back for the last time, are not to be told."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_periods import hide_few_of_periods, periods_follow
from tests.unit.page.answers_of_steps import retention
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

COLUMNS = (
    ColumnSpec(name="row_kind", label="row_kind"), ColumnSpec(name="people", label="people", format="people"),
    ColumnSpec(name="retention_rate", label="retention_rate", format="percent"),
)  # fmt: skip


def hidden(mode, total, *counts, reserved=0):
    """What the page has of periods with so many people each, the total first, those reserved last."""
    kinds = ["total", *[mode] * len(counts), "reserved"]
    rows = [{"row_kind": kind, "people": n, "retention_rate": 0.5} for kind, n in zip(kinds, (total, *counts, reserved), strict=True)]
    return [row["people"] for row in hide_few_of_periods(rows, COLUMNS, 10)]


@pytest.mark.parametrize(
    ("mode", "counts", "shown"),
    [
        ("on", (40, 30, 0), [40, 30, 0, 0]),
        ("on", (40, 31, 9), [40, Withheld(10), Below(10), 0]),
        ("on", (40, 30, 29), [40, 30, 29, 0]),
        ("on", (40, 40, 30), [40, 40, 30, 0]),
        ("on", (9, 5, 0), [Below(10), Below(10), 0, 0]),
        ("on_or_after", (40, 30, 20), [40, 30, 20, 0]),
        ("on_or_after", (40, 30, 21), [40, 30, Withheld(10), 0]),
        ("on_or_after", (40, 35, 31, 30, 30), [40, Withheld(10), Withheld(10), 30, 30, 0]),
        ("on_or_after", (40, 12, 9, 0), [40, 12, Below(10), 0, 0]),
    ],
)
def test_few_between_two_counts_are_not_told(mode, counts, shown):
    assert hidden(mode, *counts) == shown


def test_whatever_the_counts_no_two_shown_ones_differ_by_few():
    for counts in itertools.product((0, 1, 9, 10, 11, 15, 20, 30), repeat=4):
        if sorted(counts, reverse=True) != [*counts]:
            continue
        shown = [one for one in hidden("on_or_after", *counts) if isinstance(one, int)]
        assert not {abs(one - other) for one, other in itertools.combinations(shown[:-1], 2)} & {*range(1, 10)}, counts


def test_rates_go_with_their_counts_and_those_reserved_are_no_part():
    total, first, second, reserved = encoded(retention(40, 31, 9, reserved=36))
    assert [first[name] for name in ("people", "retention_rate")] == [WITHHELD, WITHHELD]
    assert [second[name] for name in ("people", "retention_rate")] == [HIDDEN, HIDDEN]
    assert (total["people"], first["label"], reserved["people"]) == (40, "day 0", 36)


def test_only_periods_follow():
    assert periods_follow(COLUMNS)
    assert not periods_follow(COLUMNS[:2])
