"""Paths add up to their total: what is about few people cannot be computed from what the page shows."""

import itertools

import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_paths import hide_few_of_paths, paths_add_up
from tests.unit.page.answers import paths
from tests.unit.page.pages import HISTOGRAM, PATHS
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

OF_CONVERSIONS = ("converted_people", "converted_trials", "metric_sum", "converted_rate", "rate_lower", "rate_upper", "rate_lift")


def rows_of(*counts, other=0):
    """The total and paths of so many people, all of whom convert, then other trials; the first path is among the worst too."""
    rows = [("total", None, sum(counts) + other, 1000), *(("top", str(at), count, count) for at, count in enumerate(counts)), ("bottom", "0", counts[0], counts[0])]
    rows += [("other", None, other, None)] if other else []
    return [
        {"row_kind": kind, "path_taken": path, "trials": trials, "converted_trials": trials, "people": people, "converted_people": people}
        for kind, path, trials, people in rows
    ]


def hidden(*counts, other=0, fewest=10):
    """What the page has of the trials of each row but the total."""
    return [row["trials"] for row in hide_few_of_paths(rows_of(*counts, other=other), PATHS.columns, fewest)][1:]


@pytest.mark.parametrize(
    ("counts", "other", "shown"),
    [
        ((40, 20, 30), 0, [40, 20, 30, 40]),
        ((40, 9, 30), 0, [40, Below(10), Withheld(10), 40]),
        ((9, 40, 30), 0, [Below(10), 40, Withheld(10), Below(10)]),
        ((40, 9, 30), 50, [40, Below(10), Withheld(10), 40, Withheld(10)]),
        ((40, 5, 6, 30), 50, [40, Below(10), Below(10), 30, 40, 50]),
        ((40, 20), 3, [40, Withheld(10), 40, Below(10)]),
        ((40, 9, 0), 0, [Withheld(10), Below(10), 0, Withheld(10)]),
    ],
)
def test_the_total_less_the_rows_tells_no_path_of_few(counts, other, shown):
    assert hidden(*counts, other=other) == shown


def test_whatever_the_counts_the_hidden_paths_are_several_and_ten_people():
    for counts in itertools.product((0, 1, 3, 9, 10, 30), repeat=4):
        cells = hidden(*counts)[:4]
        gone = [n for n, cell in zip(counts, cells, strict=True) if isinstance(cell, Below | Withheld)]
        assert all(n not in range(1, 10) for n, cell in zip(counts, cells, strict=True) if cell == n)
        if gone and sum(counts) > sum(gone):
            assert len(gone) > 1, counts
            assert sum(gone) >= 10, counts


def test_where_few_convert_their_rate_and_its_bounds_are_hidden_and_trials_are_not():
    total, home, cart, *_ = encoded(paths(400, 300, (200, 4)))
    assert [row["trials"] for row in (total, home, cart)] == [700, 400, 300]
    assert all(cart[name] == HIDDEN for name in OF_CONVERSIONS)
    assert all(home[name] == WITHHELD for name in OF_CONVERSIONS)
    assert total["converted_trials"] == 204


def test_nobody_who_converts_is_shown():
    _, home, cart, *_ = encoded(paths(400, 300, (200, 0)))
    assert (home["converted_trials"], cart["converted_trials"], cart["converted_rate"]) == (200, 0, 0)


def test_only_paths_add_up_so():
    assert paths_add_up(PATHS.columns)
    assert not paths_add_up(HISTOGRAM.columns)
