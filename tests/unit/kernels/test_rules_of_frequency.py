"""Frequency on the product's kernel and finish: who did something how often, of those that did it at all (CJA 7; H, O5, O7, O9)."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.frequency import Frequency
from tests.unit.kernels.by_hand import DAY, GAP, page, rows_of


def did(many, t=0, **more):
    """Events of one session of somebody who did it so often."""
    return [page(t + at, orders=1, **more) for at in range(many)]


def frequencies(*own, events=("orders",), **asked):
    """The rows of a frequency."""
    return rows_of([*own], report="frequency", events=list(events), **asked)


def buckets(rows, unit="people", name=None):
    """Per bucket how many units are in it."""
    return {row["times"]: row[unit] for row in rows if row["row_kind"] == "bucket" and name in (None, row["step_name"])}


def test_a_person_is_in_the_bucket_of_how_often_it_did_it():
    rows = frequencies(*(did(many) for many in (1, 2, 2, 5, 6, 10, 11, 40)), [page(0)], [])
    assert buckets(rows) == {"1": 1, "2": 2, "3": 0, "4": 0, "5": 1, "6-10": 2, "11+": 2}
    assert rows[0] == {"row_kind": "total", "step_name": "orders", "times": None, "at_least": None, "less_than": None, "people": 8, "percent_of_total": 1}
    assert [(row["at_least"], row["less_than"]) for row in rows[1:]] == [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 11), (11, None)]


def test_shares_are_of_those_that_did_it_at_all():
    rows = frequencies(did(1), did(1), did(2), did(9), [page(0)], [page(1)], [page(2)])
    assert {row["times"]: row["percent_of_total"] for row in rows if row["percent_of_total"]} == {None: 1, "1": 0.5, "2": 0.25, "6-10": 0.25}


@pytest.mark.parametrize(
    ("many", "place"),
    [(1, "< 3"), (2, "< 3"), (3, "3-4"), (4, "3-4"), (5, "5-6"), (6, "5-6"), (7, "7+"), (8, "7+"), (9, "7+"), (30, "7+")],
)
def test_below_from_is_in_no_bucket_and_above_the_last_one_in_it(many, place):
    rows = frequencies(did(many), buckets={"from": 3, "size": 2, "count": 3})
    assert [row["row_kind"] for row in rows] == ["total", "below", "bucket", "bucket", "bucket"]
    assert {row["times"]: row["people"] for row in rows} == {None: 1, "< 3": 0, "3-4": 0, "5-6": 0, "7+": 0, place: 1}


def test_who_did_it_less_often_is_still_one_of_those_that_did_it():
    rows = frequencies(did(1), did(3), did(4), did(5), buckets={"from": 3, "size": 1, "count": 2})
    assert [(row["row_kind"], row["people"], row["percent_of_total"]) for row in rows] == [("total", 4, 1), ("below", 1, 0.25), ("bucket", 1, 0.25), ("bucket", 2, 0.5)]


def test_a_bucket_alone_has_no_end():
    assert buckets(frequencies(did(1), did(9), buckets={"count": 1})) == {"1+": 2}
    assert [*buckets(frequencies(buckets={}))] == [*map(str, range(1, 10)), "10+"]


def test_sessions_are_counted_each_on_its_own_and_their_people_once_per_bucket():
    own = [*did(2), *did(2, 3 * GAP), *did(1, 6 * GAP)]
    rows = frequencies(own, did(1), [page(0), page(1)], count="sessions")
    assert [(row["times"], row["sessions"], row["people"]) for row in rows if row["sessions"]] == [(None, 4, 2), ("1", 2, 2), ("2", 2, 1)]
    assert buckets(frequencies(own, did(1))) == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1, "6-10": 0, "11+": 0}


def test_one_person_does_not_go_on_where_another_ends():
    assert buckets(frequencies(did(1), did(1), did(1)))["1"] == 3
    assert buckets(frequencies(did(1), did(1), count="sessions"), "sessions")["1"] == 2


def test_o9_a_time_is_an_event_that_carries_the_metric_whatever_its_amount():
    own = [page(0, orders=7), page(1, orders=-1), page(2, orders=0), page(3)]
    assert buckets(frequencies(own))["2"] == 1
    assert frequencies([page(0, orders=0)])[0]["people"] == 0


def test_several_events_stand_side_by_side_each_of_those_that_did_it():
    home = {"dimension": "page", "equals": "home", "label": "at home"}
    rows = frequencies([page(0, "home", orders=1), page(1, "home")], [page(0, "home")], events=("orders", home, {"any": ["orders", "opens"], "label": "either"}))
    assert [row["people"] for row in rows if row["row_kind"] == "total"] == [1, 2, 1]
    assert list(dict.fromkeys(row["step_name"] for row in rows)) == ["orders", "at home", "either"]
    assert [buckets(rows, name=name) for name in ("orders", "at home")] == [
        {"1": 1, "2": 0, "3": 0, "4": 0, "5": 0, "6-10": 0, "11+": 0}, {"1": 1, "2": 1, "3": 0, "4": 0, "5": 0, "6-10": 0, "11+": 0}
    ]  # fmt: skip


def test_o7_events_outside_the_range_and_those_that_segments_hide_are_no_times():
    home = {"where": {"dimension": "page", "equals": "home"}}
    for t, there in ((-1, 0), (0, 1), (31 * DAY - 1, 1), (31 * DAY, 0)):
        assert frequencies([page(t, orders=1)])[0]["people"] == there
    assert buckets(frequencies([page(0, "home", orders=1), page(1, "cart", orders=1)], segments=[home]))["1"] == 1


def test_nobody_did_it_is_every_row_with_0_and_no_share():
    for own in ([], [[page(0)]]):
        rows = frequencies(*own)
        assert {row["people"] for row in rows} == {0}
        assert {row["percent_of_total"] for row in rows} == {None}
        assert len(rows) == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"events": []}, "at least 1 item"),
        ({"events": [{"step": "orders", "label": str(at)} for at in range(6)]}, "at most 5 items"),
        ({"events": ["orders", "orders"]}, "events: 2 are called 'orders'; give each a label of its own"),
        ({"events": [{"step": "orders", "next": True}]}, "next: true says what comes right after another step of a fallout"),
        ({"count": "events"}, "'people' or 'sessions'"),
        ({"buckets": {"from": 0}}, "greater than or equal to 1"),
        ({"buckets": {"size": 0}}, "greater than or equal to 1"),
        ({"buckets": {"count": 0}}, "greater than or equal to 1"),
        ({"buckets": {"count": 51}}, "less than or equal to 50"),
        ({"buckets": {"to": 5}}, "Extra inputs are not permitted"),
        ({"buckets": 5}, "TimesBuckets"),
    ],
)
def test_what_is_no_frequency_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Frequency.model_validate({"events": ["orders"], **wrong})
