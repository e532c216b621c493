"""A histogram's rows add up to its total: what is about few people cannot be computed from what the page shows."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_buckets import buckets_add_up, hide_few_of_buckets
from tests.unit.page.answers import histogram
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

COLUMNS = (
    ColumnSpec(name="row_kind", label="row_kind"), ColumnSpec(name="at_least", label="at_least", format="bound"), ColumnSpec(name="people", label="people", format="people"),
    ColumnSpec(name="percent_of_total", label="percent_of_total", format="percent"),
)  # fmt: skip


def hidden(*counts, fewest=10):
    """What the page has of buckets with so many people each, the total first."""
    total = sum(counts)
    rows = [{"row_kind": "total", "at_least": None, "people": total, "percent_of_total": 1.0}]
    rows += [{"row_kind": "bucket", "at_least": float(at), "people": n, "percent_of_total": n / total if total else None} for at, n in enumerate(counts)]
    return [row["people"] for row in hide_few_of_buckets(rows, COLUMNS, fewest)]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((40, 20, 30), [90, 40, 20, 30]),
        ((40, 9, 30), [79, 40, Below(10), Withheld(10)]),
        ((40, 9, 0), [49, Withheld(10), Below(10), 0]),
        ((9, 0, 0), [Below(10), Below(10), 0, 0]),
        ((5, 4, 30), [39, Below(10), Below(10), Withheld(10)]),
        ((5, 5, 30), [40, Below(10), Below(10), 30]),
        ((5, 3, 0), [Below(10), Below(10), Below(10), 0]),
        ((0, 0), [0, 0, 0]),
    ],
)
def test_the_total_less_the_rows_tells_no_count_of_few(counts, shown):
    assert hidden(*counts) == shown


def test_whatever_the_counts_the_hidden_ones_together_are_several_rows_and_ten_people():
    for counts in itertools.product((0, 1, 3, 9, 10, 11, 30), repeat=4):
        total, *rows = hidden(*counts)
        gone = [n for n, cell in zip(counts, rows, strict=True) if isinstance(cell, Below | Withheld)]
        assert all(n not in range(1, 10) for n, cell in zip(counts, rows, strict=True) if cell == n)
        if gone and not isinstance(total, Below):
            assert len(gone) > 1, counts
            assert sum(gone) >= 10, counts


def test_shares_go_with_their_counts_and_bounds_stay():
    _, below, first, second, above = encoded(histogram(40, 9))
    assert [second[name] for name in ("people", "percent_of_total")] == [HIDDEN, HIDDEN]
    assert [first[name] for name in ("people", "percent_of_total")] == [WITHHELD, WITHHELD]
    assert (second["at_least"], second["less_than"], above["at_least"], below["less_than"]) == (2.0, 3.0, 3.0, 1.0)


def test_many_sessions_of_few_people_are_hidden():
    _, _, first, second, _ = encoded(histogram(400, 90, "sessions", (40, 9)))
    assert (first["sessions"], first["people"], second["sessions"], second["people"]) == (WITHHELD, WITHHELD, HIDDEN, HIDDEN)
    _, _, first, second, _ = encoded(histogram(400, 90, "events", (40, 10)))
    assert (first["events"], second["events"], second["people"]) == (400.0, 90.0, 10.0)


def of_sessions(*rows, total):
    """What the page has of buckets with so many sessions of so many people each, the total's people first."""
    columns = (*COLUMNS[:2], ColumnSpec(name="sessions", label="Sessions", format="count"), COLUMNS[2])
    made = [{"row_kind": "total", "sessions": sum(n for n, _ in rows), "people": total}]
    made += [{"row_kind": "bucket", "at_least": float(at), "sessions": n, "people": people} for at, (n, people) in enumerate(rows)]
    return [(row["sessions"], row["people"]) for row in hide_few_of_buckets(made, columns, 10)]


def test_sessions_of_the_same_few_people_in_two_rows_are_hidden_with_a_third_one():
    few, held = (Below(10), Below(10)), (Withheld(10), Withheld(10))
    assert of_sessions((100, 50), (15, 6), (15, 6), (40, 30), total=58) == [(170, Withheld(10)), (100, 50), few, few, held]
    assert of_sessions((100, 50), (15, 6), (15, 6), total=56) == [(130, 56), held, few, few]
    assert of_sessions((100, 50), (20, 12), total=52) == [(120, 52), (100, 50), (20, 12)]


def test_only_buckets_add_up():
    assert buckets_add_up(COLUMNS)
    assert not buckets_add_up(COLUMNS[:1] + COLUMNS[2:])
