"""Rule V on the product's kernel and finish: who is in which sets at once."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.overlap import Overlap
from tests.unit.kernels.by_hand import HOUR, MINUTE, page, rows_of

ORDERS, OPENS, HELP = "orders", "opens", {"dimension": "page", "equals": "help"}


def overlap(own, sets=(ORDERS, HELP), **asked):
    """The rows by their masks; the total has none."""
    return {row["set_mask"]: row for row in rows_of(own, report="overlap", sets=[*sets], **asked)}


def both(rows, count="people"):
    """In all sets of the row, and in no other besides."""
    return {mask: (row[count], row[f"only_{count}"]) for mask, row in rows.items()}


def test_v_an_intersection_is_the_sum_over_the_combinations_that_have_its_sets():
    own = [[page(0, "help")], [page(0, orders=1)], [page(0, "help", orders=1)], [page(0, orders=1), page(1, "help")], [page(0)]]
    assert both(overlap(own)) == {None: (5, None), 1: (3, 1), 2: (3, 1), 3: (2, 2), 0: (1, 1)}


def test_v_combinations_of_three_sets_count_those_with_more_of_them_too():
    own = [[page(0, "help", orders=1, opens=1)], [page(0, orders=1, opens=1)], [page(0, opens=1)]]
    found = overlap(own, [ORDERS, HELP, OPENS])
    assert both(found) == {None: (3, None), 1: (2, 0), 2: (1, 0), 4: (3, 1), 5: (2, 1), 3: (1, 0), 6: (1, 0), 7: (1, 1), 0: (0, 0)}
    assert [found[mask]["in_sets"] for mask in (None, 1, 5, 7, 0)] == [None, "orders", "orders & opens", "orders & page help & opens", None]
    assert [*found] == [None, 1, 2, 4, 5, 3, 6, 7, 0]


def test_v_who_is_in_no_set_is_kept():
    assert both(overlap([[page(0)], [page(0)]])) == {None: (2, None), 1: (0, 0), 2: (0, 0), 0: (2, 2)}


def test_v_a_session_is_in_a_set_by_its_own_events():
    own = [[page(0, orders=1), page(MINUTE, "help"), page(3 * HOUR, "help"), page(6 * HOUR), page(9 * HOUR, "help")], [page(0, "help")]]
    found = overlap(own, count="sessions")
    assert both(found, "sessions") == {None: (5, None), 1: (1, 0), 2: (4, 3), 3: (1, 1), 0: (1, 1)}
    assert {mask: row["only_people"] for mask, row in found.items()} == {None: 2, 1: 0, 2: 2, 3: 1, 0: 1}


def test_v_events_that_a_segment_drops_put_nobody_in_a_set():
    own = [[page(0, orders=1), page(1, "help")], [page(0, "help")]]
    found = overlap(own, segments=[{"container": "event", "where": {"dimension": "page", "exists": True}}])
    assert both(found) == {None: (2, None), 1: (0, 0), 2: (2, 2), 0: (0, 0)}


def test_v_eight_sets_have_each_combination_that_somebody_is_in():
    sets = [{"dimension": "page", "equals": f"p{at}"} for at in range(8)]
    found = overlap([[page(at, f"p{at}") for at in range(8)]], sets)
    assert len(found) == 1 + 255 + 1
    assert {row["people"] for mask, row in found.items() if mask != 0} == {1}
    assert [mask for mask, row in found.items() if row["only_people"]] == [255]


def test_v_nobody_is_in_no_row_but_those_of_the_sets():
    found = overlap([[page(0)]], segments=[{"container": "event", "where": {"dimension": "page", "equals": "no such"}}])
    assert both(found) == {None: (0, None), 1: (0, 0), 2: (0, 0), 0: (0, 0)}
    assert {row["percent_of_total"] for row in found.values()} == {None}


@pytest.mark.parametrize("wrong", [{"sets": []}, {"sets": [ORDERS, ORDERS]}, {"sets": [{"step": ORDERS, "next": True}]}, {"sets": [f"m{at}" for at in range(9)]},
                                   {"sets": [ORDERS, {"step": OPENS, "label": ORDERS}]}, {"count": "events"}, {"count": "persons"}])  # fmt: skip
def test_what_is_no_overlap_is_refused(wrong):
    with pytest.raises(ValidationError):
        Overlap.model_validate({"sets": [ORDERS], **wrong})
