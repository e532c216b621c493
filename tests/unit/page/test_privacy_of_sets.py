"""Combinations of sets add up to all other figures of an overlap: what is about few people cannot be computed from the page."""

import itertools

import pytest

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_sets import hide_few_of_sets, sets_overlap
from tests.unit.page.answers_of_steps import overlap
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

COLUMNS = tuple(ColumnSpec(name=name, label=name, format=kind) for name, kind in
                (("row_kind", "text"), ("set_mask", "text"), ("people", "people"), ("only_people", "people"), ("percent_of_total", "percent")))  # fmt: skip
LOW, GONE = Below(10), Withheld(10)


def rows_of(counts):
    """An overlap of sets with so many people in exactly each combination: of none, of the first, of the second, of both, and so on."""
    total, rows = sum(counts), []
    for mask in range(1, len(counts)):
        people = sum(n for at, n in enumerate(counts) if at & mask == mask)
        if people or mask.bit_count() == 1:
            rows.append(("set" if mask.bit_count() == 1 else "overlap", mask, people, counts[mask]))
    return [
        {"row_kind": kind, "set_mask": mask, "people": people, "only_people": only, "percent_of_total": people / total if total else None}
        for kind, mask, people, only in [("total", None, total, None), *rows, ("none", 0, counts[0], counts[0])]
    ]


def hidden(*counts, fewest=10):
    """People and those in no other set besides, row by row, as the page has them."""
    return [(row["people"], row["only_people"]) for row in hide_few_of_sets(rows_of(counts), COLUMNS, fewest)]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((40, 30, 20, 10), [(100, None), (40, 30), (30, 20), (10, 10), (40, 40)]),
        ((40, 30, 20, 9), [(99, None), (GONE, 30), (29, GONE), (LOW, LOW), (40, 40)]),
        ((40, 9, 20, 0), [(69, None), (LOW, LOW), (GONE, GONE), (40, 40)]),
        ((0, 9, 0, 0), [(LOW, None), (LOW, LOW), (0, 0), (0, 0)]),
        ((50, 4, 3, 0), [(57, None), (LOW, LOW), (LOW, LOW), (GONE, GONE)]),
        ((50, 5, 5, 0), [(60, None), (LOW, LOW), (LOW, LOW), (50, 50)]),
        ((0, 0, 0, 0), [(0, None), (0, 0), (0, 0), (0, 0)]),
    ],
)
def test_no_sum_tells_a_combination_of_few(counts, shown):
    assert hidden(*counts) == shown


def test_whatever_the_counts_what_is_shown_tells_of_the_hidden_ones_their_sum_at_most():
    for counts in (*itertools.product((0, 1, 9, 10, 30), repeat=4), *itertools.product((0, 5, 10), repeat=8)):
        rows = dict(zip([row["set_mask"] for row in rows_of(counts)], hidden(*counts), strict=True))
        gone = {mask for mask, (_, only) in rows.items() if isinstance(only, Below | Withheld)}
        assert all(counts[mask] == only for mask, (_, only) in rows.items() if mask is not None and mask not in gone)
        assert not any(counts[mask] in range(1, 10) for mask in rows if mask is not None and mask not in gone)
        parts = [frozenset(one for one in gone if one & (mask or 0) == (mask or 0)) for mask, (people, _) in rows.items() if not isinstance(people, Below | Withheld) and mask != 0]
        assert {*parts} <= {frozenset(), frozenset(gone)}
        if gone and frozenset(gone) in parts:
            assert len(gone) > 1
            assert sum(counts[mask] for mask in gone) >= 10


def test_sessions_of_few_people_are_hidden_however_many_they_are():
    total, first, second, both, none = encoded(overlap((40, 300), (50, 200), (9, 90), (60, 70), count="sessions"))
    assert [none[name] for name in ("sessions", "only_sessions", "only_people")] == [WITHHELD] * 3
    assert [second[name] for name in ("sessions", "only_sessions", "only_people", "percent_of_total")] == [HIDDEN] * 4
    assert [both[name] for name in ("sessions", "only_sessions", "only_people")] == [70.0, 70.0, 60.0]
    assert (total["sessions"], first["sessions"], first["only_people"]) == (660.0, 270.0, 50.0)


def test_people_of_all_sessions_tell_of_nobody_who_has_none_of_a_kind():
    total, *_ = encoded(overlap((100, 300), (50, 200), (40, 90), (60, 70), count="sessions", people_in_all=105))
    assert (total["sessions"], total["only_people"]) == (660.0, WITHHELD)


def test_only_combinations_of_sets_overlap():
    assert sets_overlap(COLUMNS)
    assert not sets_overlap(COLUMNS[:3])
