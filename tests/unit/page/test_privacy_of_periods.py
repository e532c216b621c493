"""A retention's periods count some of those who started: few that stayed away, or came back for the last time, are not to be told."""

import itertools
import random

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_periods import hide_few_of_periods, periods_follow
from tests.property.draws import cases
from tests.unit.page.answers_of_steps import retention, retention_of_values
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


def values(mode, total, *parts, returns=1):
    """What the page has of values at the start: per part the people of each column, first of those who start; the total last."""
    rows = []
    for kind, counts in (("total", total), *(("value", part) for part in parts)):
        inner, periods = mode if kind == "total" else kind, (len(counts) - 1) // returns
        rows += [{"row_kind": kind, "elapsed": None, "people": counts[0], "retention_rate": 1}]
        rows += [{"row_kind": inner, "elapsed": at % periods, "people": count, "retention_rate": 0.5} for at, count in enumerate(counts[1:])]
    cells = [row["people"] for row in hide_few_of_periods(rows, COLUMNS, 10)]
    whole, *of_parts = [cells[at : at + len(total)] for at in range(0, len(cells), len(total))]
    return [*of_parts, whole]


def added(*parts):
    return tuple(map(sum, zip(*parts, strict=True)))


GONE, FEW = Withheld(10), Below(10)


@pytest.mark.parametrize(
    ("mode", "parts", "shown"),
    [
        ("on", [(60, 30, 20), (40, 15, 9)], [[60, 30, GONE], [40, 15, FEW]]),  # 29 less 20 would be the 9
        ("on", [(60, 30, 20), (40, 15, 9), (30, 14, 4)], [[60, 30, 20], [40, 15, FEW], [30, 14, FEW]]),  # 33 less 20 is 13 of two
        ("on", [(60, 30, 20), (40, 15, 4), (30, 14, 4)], [[60, 30, GONE], [40, 15, FEW], [30, 14, FEW]]),  # 8 of two
        ("on", [(60, 30, 20), (40, 15, 0), (30, 14, 0)], [[60, 30, 20], [40, 15, 0], [30, 14, 0]]),
        ("on", [(60, 30, 20), (40, 31, 10)], [[60, GONE, 20], [40, GONE, 10]]),  # 9 of them do not come back
        ("on", [(60, 30, 20), (50, 20, 18), (9, 3, 0)], [[60, 30, 20], [GONE, GONE, GONE], [FEW, FEW, GONE]]),
        ("on", [(60, 55, 20), (40, 38, 20)], [[60, GONE, 20], [40, GONE, 20]]),  # so does the total, of which 7 are not back
        ("on_or_after", [(60, 40, 20), (40, 25, 25)], [[60, 40, 20], [40, 25, 25]]),
        ("on_or_after", [(60, 40, 20), (40, 25, 20)], [[60, 40, GONE], [40, 25, GONE]]),  # 5 of them are back for the last time
        ("on_or_after", [(60, 40, 40), (40, 25, 20)], [[60, 40, GONE], [40, 25, GONE]]),
    ],
)
def test_a_value_of_few_is_no_difference_between_the_total_and_the_others(mode, parts, shown):
    assert values(mode, added(*parts), *parts)[:-1] == shown


def test_those_of_no_value_that_is_shown_are_a_part_too():
    parts = [(60, 30, 20), (40, 15, 15)]
    assert values("on", (104, 49, 35), *parts) == [[60, 30, 20], [GONE, GONE, GONE], [104, 49, 35]]
    assert values("on", (115, 49, 55), *parts) == [[60, 30, 20], [40, GONE, 15], [115, 49, 55]]


def test_values_of_which_a_person_has_several_add_up_to_nothing():
    assert values("on", (99, 29, 25), (60, 30, 20), (40, 15, 9)) == [[60, 30, 20], [40, 15, FEW], [99, 29, 25]]


def test_each_return_is_looked_at_by_itself():
    whole = values("on_or_after", (100, 50, 30, 45, 25), returns=2)[-1]
    assert whole == [100, 50, 30, 45, 25]
    assert values("on_or_after", (100, 50, 30, 45, 41), returns=2)[-1] == [100, 50, 30, 45, GONE]
    parts = [(60, 40, 20, 25, 20), (40, 20, 20, 10, 10)]
    assert values("on_or_after", added(*parts), *parts, returns=2)[:-1] == [[60, 40, 20, 25, GONE], [40, 20, 20, 10, GONE]]
    parts = [(60, 40, 30, 30, 30), (40, 20, 9, 6, 6), (40, 20, 9, 6, 6)]  # 18 of one return and 12 of the other
    assert values("on_or_after", added(*parts), *parts, returns=2)[0] == [60, 40, 30, 30, 30]


def groups_that_are_told(parts, total, mode):
    """Of each group of parts, per column the people that shown figures tell: those of all its parts, or the total less all others."""
    *cells, whole = values(mode, total, *parts)
    numbers = range(len(parts))
    for size in range(1, len(parts) + 1):
        for group in itertools.combinations(numbers, size):
            known = []
            for column, count in enumerate(total):
                own, others = ([cells[part][column] for part in some] for some in (group, [one for one in numbers if one not in group]))
                if all(isinstance(cell, int) for cell in own):
                    known.append((column, sum(own)))
                elif isinstance(whole[column], int) and all(isinstance(cell, int) for cell in others):
                    known.append((column, count - sum(others)))
            yield group, known


@pytest.mark.parametrize("mode", ["on", "on_or_after"])
def test_whatever_the_counts_no_values_together_tell_of_few(mode):
    """All groups of values, and all columns that count some of those that another one does."""
    chance = random.Random(mode)
    shown = 0
    for _ in range(cases(40_000, 2_500)):
        parts = []
        for _ in range(chance.choice([1, 2, 2, 3, 3, 4])):
            start = chance.choice([3, 9, 12, 20, 24, 40, 40, 61])
            back = [min(start, chance.choice([0, 1, 4, 9, 10, 11, 15, 20, 31, 38, 40])) for _ in range(3)]
            parts.append((start, *(sorted(back, reverse=True) if mode == "on_or_after" else back)))
        for group, known in groups_that_are_told(parts, added(*parts), mode):
            for (column, count), (other, later) in itertools.combinations([(-1, 0), *known], 2):
                if column <= 0 or mode == "on_or_after":
                    assert not 0 < abs(count - later) < 10, (parts, group, column, other)
                    shown += 1
    assert shown > 10_000


def test_a_page_of_a_run_hides_values_alike():
    rows = encoded(retention_of_values((60, 30, 20), (40, 15, 9)))
    assert [(row["row_kind"], row["breakdown"], row["people"]) for row in rows if row["row_kind"] == "value"] == [
        ("value", "home", 60), ("value", "home", 30), ("value", "home", WITHHELD), ("value", "cart", 40), ("value", "cart", 15), ("value", "cart", HIDDEN)
    ]  # fmt: skip
    assert [row["retention_rate"] for row in rows if row["breakdown"] == "home"] == [1, 0.5, WITHHELD]
    assert [row["people"] for row in encoded(retention_of_values((60, 40, 20), (40, 25, 20), mode="on_or_after"))] == [100, 65, 40, 0, 60, 40, WITHHELD, 40, 25, WITHHELD]
