"""Rules P1 to P5 on the product's kernels and finish: which value each event has."""

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.kernels.months import reach
from cja_spark.kernels.persistence import bound, scopes_per_value, union
from cja_spark.kernels.persistence_bound import known_bound, union_bound
from cja_spark.project_bindings import binding_faults
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, END, GAP, MINUTE, START, page, rows_of, table

BEFORE = -DAY  # the range begins at 0, on the first of a month


def has(*events, asked=None, **persistence):
    """What each event of one person has of `page`, in order; events before the range are not shown."""
    numbered = [(t, {**values, "sku": [f"{at:02d}"]}) for at, (t, values) in enumerate(events)]
    view = {"dimensions": {"page": {"field": "page", "persistence": persistence}, "sku": "items[].sku"}}
    rows = table([numbered], "sku", "page", metrics=["events"], view=view, **(asked or {}))
    found = {}
    for kind, at, value, _ in rows:
        if kind == "item":
            found.setdefault(at, []).append(None if value == "No value" else value)
    return [found[at][0] if len(found[at]) == 1 else sorted(found[at]) for at in sorted(found)]


SETS = [page(0), page(1, "c"), page(2, "b"), page(3), page(4, "a"), page(4 + GAP + 1), page(5 + GAP + 1, "d")]


@pytest.mark.parametrize(
    ("allocation", "session", "person"),
    [
        ("most_recent", [None, "c", "b", "b", "a", None, "d"], [None, "c", "b", "b", "a", "a", "d"]),
        ("original", [None, "c", "c", "c", "c", None, "d"], [None, "c", "c", "c", "c", "c", "c"]),
        ("first_known", ["c"] * 5 + ["d"] * 2, ["c"] * 7),
        ("last_known", ["a"] * 5 + ["d"] * 2, ["d"] * 7),
        ("all", [None, "c", ["b", "c"], ["b", "c"], ["a", "b", "c"], None, "d"],
         [None, "c", ["b", "c"], ["b", "c"], ["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c", "d"]]),
    ],
)  # fmt: skip
def test_p1_p2_values_of_a_session_and_of_a_person(allocation, session, person):
    assert has(*SETS, allocation=allocation) == session
    assert has(*SETS, allocation=allocation, expiration="person") == person


def test_p1_where_nothing_is_set_there_is_nothing():
    for allocation in ("most_recent", "original", "all", "first_known", "last_known"):
        assert has(page(0), page(1), allocation=allocation) == [None, None]


@pytest.mark.parametrize("expiration", ["session", "person"])
def test_p1_p2_a_value_set_on_the_first_or_on_the_last_event(expiration):
    first, last = [page(0, "a"), page(1), page(2)], [page(0), page(1), page(2, "a")]
    for allocation in ("most_recent", "original", "all", "first_known", "last_known"):
        how = {"allocation": allocation, "expiration": expiration}
        assert has(*first, **how) == ["a", "a", "a"]
        assert has(*last, **how) == (["a", "a", "a"] if "known" in allocation else [None, None, "a"])


def test_p3_the_same_value_again_renews_the_most_recent_and_not_the_original():
    events = [page(0, "a"), page(20 * MINUTE, "a"), page(50 * MINUTE), page(50 * MINUTE + 1)]
    assert has(*events, expiration="30 minutes") == ["a", "a", "a", None]
    assert has(*events, allocation="original", expiration="30 minutes") == ["a", "a", None, None]


def test_p1_the_same_value_again_is_one_of_all():
    assert has(page(0, "a"), page(1, "a"), page(2, "b"), allocation="all") == ["a", "a", ["a", "b"]]


def test_p1_all_of_a_thousand_values_are_there():
    own = np.append(np.arange(1000, dtype=np.int64) + 20, [0, 0])
    scope = np.append(np.zeros(1001, np.int64), 1)
    offsets, values = union(own, scope, np.zeros(1002, np.int64), 0)
    assert np.diff(offsets).tolist() == [*range(1, 1001), 1000, 1]
    assert values[offsets[1000] : offsets[1001]].tolist() == own[:1000].tolist()
    assert values[-1] == 0


def test_p1_p5_what_is_set_at_the_first_instant_is_there_and_nothing_from_before():
    own, t, one = np.array([7, 8], np.int64), np.array([4, 5], np.int64), np.zeros(2, np.int64)
    assert union(own, one, t, 5)[1].tolist() == [0, 8]
    assert bound(own, one + 1, one, t, 5, reach(t, None, "UTC"), original=True).tolist() == [0, 8]


@pytest.mark.parametrize(("gap", "seen"), [(30 * MINUTE, "a"), (30 * MINUTE + 1, None)])
def test_p3_a_value_lasts_its_time_and_no_millisecond_longer(gap, seen):
    for allocation in ("most_recent", "original"):
        assert has(page(0, "a"), page(gap), allocation=allocation, expiration="30 minutes") == ["a", seen]


def test_p3_each_set_renews_the_most_recent_and_not_the_original():
    events = [page(0, "a"), page(20 * MINUTE, "b"), page(40 * MINUTE), page(45 * MINUTE, "c")]
    assert has(*events, expiration="30 minutes") == ["a", "b", "b", "c"]
    assert has(*events, allocation="original", expiration="30 minutes") == ["a", "a", None, "c"]


@pytest.mark.parametrize(("back", "seen"), [(-30 * MINUTE, "a"), (-30 * MINUTE - 1, None)])
def test_p3_a_set_before_the_range_is_seen_as_far_back_as_values_last(back, seen):
    assert has(page(back, "a"), page(0), expiration="30 minutes") == [seen]
    assert has(page(back, "a"), page(0), allocation="first_known", expiration="30 minutes") == [seen]


def test_p3_the_event_that_carries_the_metric_still_has_the_value_also_its_own():
    events = [page(0, "a"), page(1, orders=1), page(2), page(3, "b", orders=1), page(4), page(5, orders=0), page(6, "c")]
    lasts = {"expiration": {"metric": "orders"}}
    assert has(*events, **lasts) == ["a", "a", None, "b", None, None, "c"]
    assert has(*events, allocation="original", **lasts) == ["a", "a", None, "b", None, None, "c"]


@pytest.mark.parametrize(
    ("scope", "begins"), [("month", [None, "b"]), ("range", [None, "b"]), ("all", ["a", "b"])]
)
def test_o7_what_belongs_to_a_person_begins_with_the_person_scope(scope, begins):
    events = [page(BEFORE, "a"), page(0), page(1, "b")]
    assert has(*events, expiration="person", asked={"person_scope": scope}) == begins


def test_o7_the_person_scope_of_a_range_within_a_month_is_the_months():
    import datetime as dt

    later = {"range": {"from": dt.date(2025, 1, 10), "to": dt.date(2025, 1, 12)}}
    events = [page(0, "a"), page(9 * DAY)]
    assert has(*events, expiration="person", asked=later) == ["a"]
    assert has(*events, expiration="person", asked={**later, "person_scope": "range"}) == [None]


@pytest.mark.parametrize("allocation", ["most_recent", "original", "all", "first_known", "last_known"])
def test_o7_a_session_over_an_edge_of_the_range_has_what_was_set_before_it_and_not_after_it(allocation):
    assert has(page(-1, "a"), page(0), allocation=allocation) == ["a"]
    for expiration in ("session", "person"):
        assert has(page(END - START - 1), page(END - START, "z"), allocation=allocation, expiration=expiration) == [None]


def test_p5_values_are_remembered_per_value_of_another_dimension():
    own = np.array([7, 0, 0, 8, 9, 0, 0], np.int64)
    by = np.array([1, 1, 2, 2, 0, 2, 0], np.int64)  # the fifth sets a value and is bound to nothing
    one, t = np.zeros(7, np.int64), np.arange(7, dtype=np.int64) + START
    assert bound(own, by, one, t, START, reach(t, None, "UTC"), original=False).tolist() == [7, 7, 0, 8, 9, 8, 0]


BOUND = {"dimensions": {"page": {"field": "page", "persistence": {"expiration": {"metric": "orders"}, "binding": "channel"}}, "channel": "channel", "sku": "items[].sku"}}


def test_p5_a_metric_ends_what_is_bound_to_the_values_of_its_own_event():
    own = [
        page(0, "a", channel="k"), page(1, channel="k", orders=1), page(2, channel="k"), page(3, channel="x"), page(4, "b", channel="x"),
        page(5, channel="y", orders=1), page(6, orders=1), page(7, channel="x"), page(8, "c", channel="x", orders=1), page(9, channel="x"),
    ]  # fmt: skip
    found = {row["page"]: row["events"] for row in rows_of([own], BOUND, report="table", dimensions=["page"], metrics=["events"])}
    assert found == {None: 10, "No value": 5, "a": 2, "b": 2, "c": 1}


def test_p6_an_order_of_one_item_ends_what_is_bound_to_that_item_alone():
    how = {"expiration": {"metric": "orders"}, "binding": "sku", "binding_metric": "opens"}
    view = {"dimensions": {"page": {"field": "page", "persistence": how}, "sku": "items[].sku"}}
    own = [
        page(0, "search", sku=["shoes", "hat"], opens=1), page(1, sku=["shoes"], orders=1), page(2, sku=["shoes", "hat"]),
        page(3, sku=["hat", "hat"], orders=1), page(4, sku=["hat"]),
    ]  # fmt: skip
    found = rows_of([own], view, report="table", dimensions=["sku", "page"], metrics=["events"])
    assert {(row["sku"], row["page"]): row["events"] for row in found if row["row_kind"] == "item"} == {
        ("shoes", "search"): 2, ("hat", "search"): 3, ("shoes", "No value"): 1, ("hat", "No value"): 1
    }  # fmt: skip


def test_p5_scopes_of_two_persons_stay_apart():
    by, event, person = (np.array(one, np.int64) for one in ([1, 1, 2, 1, 0, 1], [0, 1, 1, 2, 3, 4], [0, 0, 0, 1, 1, 1]))
    ends = np.array([True, False, False, True, True, False])
    assert scopes_per_value(by, event, person, ends).tolist() == [0, 1, 0, 2, 1, 3]


def test_p5_a_rebound_value_goes_by_allocation_and_expires_on_its_own():
    own, by = np.array([7, 8, 0, 0], np.int64), np.array([1, 1, 1, 1], np.int64)
    one, t = np.zeros(4, np.int64), np.array([0, 5, 10, 16], np.int64)
    assert bound(own, by, one, t, 0, t + 10, original=False).tolist() == [7, 8, 8, 0]
    assert bound(own, by, one, t, 0, t + 10, original=True).tolist() == [7, 7, 7, 0]
    other = np.array([0, 1, 1, 1], np.int64)
    assert bound(own, by, other, t, 0, reach(t, None, "UTC"), original=True).tolist() == [7, 8, 8, 8]


BY_CHANNEL = {"page": "page", "channel": "channel", "sku": "items[].sku"}


def bound_has(*events, **persistence):
    """What each event of one person has of a page that is bound to channels."""
    numbered = [(t, {**values, "sku": [f"{at:02d}"]}) for at, (t, values) in enumerate(events)]
    view = {"dimensions": {**BY_CHANNEL, "page": {"field": "page", "persistence": {"binding": "channel", **persistence}}}}
    found = {}
    for kind, at, value, _ in table([numbered], "sku", "page", metrics=["events"], view=view):
        if kind == "item":
            found.setdefault(at, []).append(None if value == "No value" else value)
    return [found[at][0] if len(found[at]) == 1 else sorted(found[at]) for at in sorted(found)]


OF_CHANNELS = [
    page(0, channel="x"), page(1, "a", channel="x"), page(2, "b", channel="y"), page(3, "c", channel="x"), page(4), page(5, "d"),
    page(6 + GAP, channel="x"), page(7 + GAP, "e", channel="y"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("allocation", "session", "person"),
    [
        ("first_known", ["a", "a", "b", "a", None, "d", None, "e"], ["a", "a", "b", "a", None, "d", "a", "b"]),
        ("last_known", ["c", "c", "b", "c", None, "d", None, "e"], ["c", "c", "e", "c", None, "d", "c", "e"]),
        ("all", [None, "a", "b", ["a", "c"], None, "d", None, "e"], [None, "a", "b", ["a", "c"], None, "d", ["a", "c"], ["b", "e"]]),
    ],
)  # fmt: skip
def test_p5_known_values_and_all_values_go_per_bound_value(allocation, session, person):
    assert bound_has(*OF_CHANNELS, allocation=allocation) == session
    assert bound_has(*OF_CHANNELS, allocation=allocation, expiration="person") == person


def test_p5_what_is_set_after_the_range_is_known_to_no_event_of_it():
    late = page(END - START, "z", channel="x")
    for allocation, expiration in (("first_known", "person"), ("last_known", "session"), ("last_known", "7 days")):
        assert bound_has(page(END - START - 1, channel="x"), late, allocation=allocation, expiration=expiration) == [None]


def test_p5_values_before_the_first_instant_are_no_known_ones_and_none_of_all():
    own, by, scope, t = (np.array(one, np.int64) for one in ([7, 8, 0], [1, 1, 1], [0, 0, 0], [4, 5, 6]))
    assert known_bound(own, by, scope, t >= 5, last=False).tolist() == [8, 8, 8]
    offsets, values = union_bound(own, by, scope, t, 5)
    assert (offsets.tolist(), values.tolist()) == ([0, 1, 2, 3], [0, 8, 8])


def test_p5_of_no_events_there_are_no_values():
    none = np.zeros(0, np.int64)
    assert len(known_bound(none, none, none, none.astype(bool), last=True)) == 0
    assert [one.tolist() for one in union_bound(none, none, none, none, 0)] == [[0], []]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"allocation": "all", "expiration": "7 days"}, "allocation: all expires with the session or the person"),
        ({"allocation": "all", "expiration": {"metric": "orders"}}, "allocation: all expires with the session"),
        ({"allocation": "last_known", "expiration": {"metric": "orders"}}, "last_known expires with the session, the person or"),
        ({"expiration": "91 days"}, "values last more than nothing and 90 days, or 3 months, at most"),
        ({"expiration": "0 days"}, "values last more than nothing"),
        ({"expiration": "sesion"}, r"'sesion' is no expiration. Write session, person, .* Did you mean 'session'\?"),
        ({"allocation": "newest"}, "most_recent"),
    ],
)
def test_p4_what_is_not_documented_is_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        View.model_validate({"name": "v", "dimensions": {"campaign": {"field": "campaign", "persistence": given}}})


def test_a_value_of_a_profile_does_not_persist():
    with pytest.raises(ValidationError, match="a value of a profile is on every event of the person already"):
        View.model_validate({"name": "v", "dimensions": {"sku": {"profile": "crm.tier", "persistence": {}}}})


@pytest.mark.parametrize(
    ("dimension", "said"),
    [
        ({"field": "items[].sku", "persistence": {"allocation": "all", "expiration": "person"}}, "lies in the array 'items'; allocation: all is of values of events"),
        ({"field": "items[].x", "persistence": {"allocation": "all", "binding": "sku"}}, "lies in the array 'items'; allocation: all is of values of events"),
        ({"field": "page", "persistence": {"allocation": "all", "binding": "sku", "binding_metric": "orders"}}, "allocation: all is of values of events"),
        ({"field": "page", "persistence": {"binding": "sku"}}, "binding_metric is needed: the events that bind"),
        ({"field": "lots[].sku", "persistence": {"binding": "sku"}}, "'sku', which it is bound to, in the array 'items'"),
        ({"field": "page", "persistence": {"binding": "other", "binding_metric": "orders"}}, "lie side by side"),
        ({"field": "items[].x", "persistence": {"binding": "sku", "binding_metric": "orders"}}, "lie side by side"),
    ],
)  # fmt: skip
def test_what_is_bound_lies_beside_or_above_what_it_is_bound_to(dimension, said):
    dimensions = {"bound": dimension, "sku": "items[].sku", "other": "other"}
    view = View.model_validate({"name": "v", "dimensions": dimensions, "metrics": {"orders": "orders"}})
    [(name, message)] = binding_faults(view, {})
    assert (name, said in message) == ("bound", True), message
