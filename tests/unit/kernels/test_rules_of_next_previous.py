"""Rule W5: what is next or previous."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.next_previous import NextPrevious
from tests.unit.kernels.by_hand import HOUR, MINUTE, page, rows_of
from tests.unit.kernels.test_rules_of_paths import visit

CART = {"items": ["cart"]}


def ranked(*persons, **asked):
    """Path views of what is next or previous, by its kind or its text."""
    rows = rows_of([*persons], report="next_previous", **{"dimension": "page", "anchor": CART, **asked})
    return [(row["flow_item"] or row["item_kind"], row["path_views"]) for row in rows]


def test_w5_the_next_items_are_ranked_by_occurrences_ties_by_their_bytes_and_the_exit_follows():
    assert ranked(visit("cart", "b", "cart", "a", "cart", "a", "cart", "c")) == [(None, 4), ("a", 2), ("b", 1), ("c", 1)]
    assert ranked(visit("cart", "b"), visit("cart", "a"), visit("cart")) == [(None, 3), ("a", 1), ("b", 1), ("exit", 1)]


def test_w5_the_previous_items_end_with_the_entry():
    assert ranked(visit("a", "cart"), visit("cart", "b", "cart"), direction="previous") == [(None, 3), ("a", 1), ("b", 1), ("entry", 1)]


def test_w5_the_next_item_may_be_of_a_later_session_unless_sessions_are_asked_for():
    own = [page(0, "cart"), page(2 * HOUR, "a")]
    assert ranked(own) == [(None, 1), ("a", 1)]
    assert ranked(own, container="session") == [(None, 1), ("exit", 1)]


def test_w5_a_metric_anchors_too_and_its_own_page_is_neither_next_nor_previous():
    own = [page(0, "a"), page(MINUTE, "thanks", orders=1), page(2 * MINUTE, "b")]
    assert ranked(own, anchor={"metric": "orders"}) == [(None, 1), ("b", 1)]
    assert ranked(own, anchor={"metric": "orders"}, direction="previous") == [(None, 1), ("a", 1)]


def test_w5_the_limit_takes_the_first_occurrence_or_the_last_one_where_the_previous_is_ranked():
    own = visit("x", "cart", "a", "y", "cart", "b")
    assert ranked(own, limit=True) == [(None, 1), ("a", 1)]
    assert ranked(own, limit=True, direction="previous") == [(None, 1), ("y", 1)]


def test_w5_nobody_at_the_anchor_is_a_total_of_nothing():
    assert ranked(visit("a", "b")) == [(None, 0)]


@pytest.mark.parametrize("wrong", [{"anchor": "exit"}, {"anchor": "entry", "direction": "previous"}, {"anchor": {}}, {"direction": "both"}, {"items": 0}, {"dimension": None}])
def test_what_is_neither_next_nor_previous_is_refused(wrong):
    with pytest.raises(ValidationError):
        NextPrevious.model_validate({"dimension": "page", "anchor": CART, **wrong})
