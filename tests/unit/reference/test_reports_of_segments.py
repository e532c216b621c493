"""The boundaries of rules G, pinned on the reference."""

from __future__ import annotations

import pytest

from tests.unit.reference.asking import GAP, START, event, kept, total

A, B, NULL = {"page": "a", "orders": 1.0}, {"page": "b", "orders": 2.0}, {"page": None}
VISITS = [event(START, **A), event(START + 1, **B), event(START + 2 + 2 * GAP, **NULL), event(START, "q", **B)]


@pytest.mark.parametrize(
    ("where", "events", "sessions", "persons"),
    [
        ({"dimension": "page", "equals": "a"}, 1, 2, 3),
        ({"dimension": "page", "does_not_equal": "a"}, 3, 4, 4),
        ({"dimension": "page", "exists": False}, 1, 1, 3),
        ({"dimension": "page", "contains": ""}, 3, 3, 4),
        ({"metric": "orders", "at_least": 3}, 0, 2, 3),
        ({"metric": "orders", "at_most": 2}, 3, 2, 1),
        ({"metric": "orders", "equals": 0}, 0, 1, 0),
        ({"all": [{"dimension": "page", "equals": "a"}, {"dimension": "page", "equals": "b"}]}, 0, 2, 3),
        ({"any": [{"dimension": "page", "equals": "a"}, {"dimension": "page", "exists": False}]}, 2, 3, 3),
        ({"container": "event", "where": {"metric": "orders", "more_than": 1}}, 2, 3, 4),
        ({"container": "session", "where": {"metric": "events", "at_least": 2}}, 0, 2, 3),
        ({"segment": "buyers"}, 3, 3, 4),
    ],
)
def test_a_condition_in_each_container(where, events, sessions, persons):
    assert [kept(VISITS, where, container) for container in ("event", "session", "person")] == [events, sessions, persons]
    for container, found in (("event", events), ("session", sessions), ("person", persons)):
        assert kept(VISITS, {"exclude": where}, container) == len(VISITS) - found


def test_a_list_matches_if_any_value_does_and_its_negative_is_the_complement():
    events = [event(START, sku=["a", "b"]), event(START, sku=["b"]), event(START, sku=[])]
    assert kept(events, {"dimension": "sku", "equals": "a"}) == 1
    assert kept(events, {"dimension": "sku", "does_not_equal": "a"}) == 2


def test_segments_see_range_events_only_and_are_anded():
    events = [event(START - 1, orders=1.0), event(START, page="a"), event(START, "q", page="a", orders=1.0)]
    assert total(events, segments=["buyers"])["events"] == 1
    both = ["buyers", {"where": {"dimension": "page", "equals": "b"}}]
    assert total(events, segments=both)["events"] == 0
