"""Engagement on the product's kernel and finish: how widely, how often, and on which side of the medians (CJA 7; C1, C2, O7, O9)."""

import pytest
from pydantic import ValidationError

from cja_spark.reports.engagement import Engagement
from tests.unit.kernels.by_hand import DAY, START, page, rows_of
from tests.unit.kernels.test_rules_of_cohort import COMPLETE, days

THREE = {"range": days("2025-01-01", "2025-01-03")}
PAGES = tuple({"dimension": "page", "equals": name, "label": name} for name in "abcde")


def engagements(*own, until=COMPLETE, **asked):
    """The rows of engagement of days."""
    return rows_of([*own], until=until, report="engagement", **{"events": ["orders"], "granularity": "day", **THREE, **asked})


def thing(rows, name="orders"):
    """The row of a thing."""
    [found] = [row for row in rows if row["step_name"] == name]
    return found


def placed(rows):
    """Per thing where it lies."""
    return {row["step_name"]: row["quadrant"] for row in rows if row["row_kind"] == "event"}


def order(t, **more):
    return page(t, orders=1, **more)


def test_shares_of_periods_are_averaged_each_period_alike():
    rows = engagements([order(0), page(DAY)], [page(0)], [page(1)], [page(2)], [order(DAY)])
    assert rows[0] == {"row_kind": "total", "step_name": None, "people": 5, "person_periods": 6, "active_periods": 2, "times_done": None, "share_sum": None,
                       "average_share": None, "times_per_person": None, "quadrant": None}  # fmt: skip
    assert thing(rows) == {"row_kind": "event", "step_name": "orders", "people": 2, "person_periods": 2, "active_periods": 2, "times_done": 2, "share_sum": 0.75,
                           "average_share": 0.375, "times_per_person": 1, "quadrant": "high impact"}  # fmt: skip


def test_times_are_per_person_and_period_of_those_who_did_it():
    rows = engagements([order(0), order(1), order(2), order(DAY)], [order(DAY), order(DAY + 1)], [page(0)])
    assert (thing(rows)["times_done"], thing(rows)["person_periods"], thing(rows)["people"]) == (6, 3, 2)
    assert thing(rows)["times_per_person"] == 2


def test_a_period_in_which_nobody_is_active_is_none():
    rows = engagements([order(0), order(2 * DAY)], [page(0)])
    assert (thing(rows)["active_periods"], thing(rows)["average_share"]) == (2, 0.75)


def test_a_period_in_which_nobody_does_it_is_a_share_of_0():
    assert thing(engagements([order(0), page(DAY), page(2 * DAY)]))["average_share"] == 1 / 3


@pytest.mark.parametrize(
    ("until", "periods", "times"),
    [(COMPLETE, 3, 3), (START + 3 * DAY, 3, 3), (START + 3 * DAY - 1, 2, 2), (START + 2 * DAY, 2, 2), (START + DAY, 1, 1), (START + DAY - 1, 0, 0)],
)
def test_c2_a_period_that_is_not_over_is_not_told(until, periods, times):
    rows = engagements([order(0), order(DAY), order(2 * DAY)], [page(2 * DAY)], until=until)
    assert (thing(rows)["active_periods"], thing(rows)["times_done"], thing(rows)["person_periods"]) == (periods, times, times)
    assert rows[0]["people"] == {3: 2, 2: 1, 1: 1, 0: 0}[periods]


def test_c1_the_range_is_widened_to_whole_periods():
    own = [order(-2 * DAY), order(-2 * DAY - 1), order(5 * DAY - 1), order(5 * DAY)]
    rows = engagements(own, granularity="week")
    assert (thing(rows)["times_done"], thing(rows)["active_periods"]) == (2, 1)


def test_o7_what_segments_hide_is_neither_active_nor_done():
    home = {"where": {"dimension": "page", "equals": "home"}}
    rows = engagements([order(0, page="home")], [order(1)], [page(2, "home")], [page(DAY)], segments=[home])
    assert (rows[0]["people"], rows[0]["active_periods"]) == (2, 1)
    assert (thing(rows)["people"], thing(rows)["average_share"]) == (1, 0.5)


def test_o9_a_time_is_an_event_that_carries_the_metric_whatever_its_amount():
    rows = engagements([page(0, orders=7), page(1, orders=-1), page(2, orders=0), page(3)])
    assert thing(rows)["times_done"] == 2


def test_one_person_does_not_go_on_where_another_ends():
    rows = engagements([order(0)], [order(0), order(DAY), order(2 * DAY)], [order(0)])
    assert (thing(rows)["people"], thing(rows)["person_periods"], thing(rows)["times_per_person"]) == (3, 5, 1)


def pages(wide, often, name):
    """Persons, of 40, who are on a page so often."""
    return [[page(number, name) for number in range(often)] for _ in range(wide)]


def test_the_quadrants_are_by_the_medians_of_the_things():
    own = [*pages(2, 9, "a"), *pages(8, 7, "b"), *pages(3, 1, "c"), *pages(9, 2, "d")]
    rows = engagements(*own, events=PAGES[:4])
    assert (rows[1]["average_share"], rows[1]["times_per_person"]) == pytest.approx((5.5 / 22, 4.5))
    assert placed(rows) == {"a": "power", "b": "high impact", "c": "low impact", "d": "one-time"}


def test_what_lies_on_a_median_is_above_it():
    own = [*pages(1, 5, "a"), *pages(2, 3, "b"), *pages(3, 1, "c")]
    rows = engagements(*own, events=PAGES[:3])
    assert (rows[1]["average_share"], rows[1]["times_per_person"]) == (thing(rows, "b")["average_share"], 3)
    assert placed(rows) == {"a": "power", "b": "high impact", "c": "one-time"}
    assert placed(engagements([order(0)])) == {"orders": "high impact"}


def test_what_lies_on_a_median_does_so_though_doubles_differ():
    by_day = {"a": (1, 2), "b": (3, 0)}  # 0.1 + 0.2 and 0.3 of ten who are active on each day
    own = [[page(day * DAY + number, name if person < many[day] else None) for day in (0, 1) for number, (name, many) in enumerate(by_day.items())] for person in range(10)]
    rows = engagements(*own, events=PAGES[:2])
    assert 0.1 + 0.2 > 0.3 == 2 * thing(rows, "a")["average_share"] == 2 * rows[1]["average_share"]
    assert placed(rows) == {"a": "high impact", "b": "high impact"}


def test_what_nobody_did_has_no_place_and_no_part_in_the_medians():
    own = [*pages(1, 5, "a"), *pages(2, 3, "b"), *pages(3, 1, "c")]
    rows = engagements(*own, events=PAGES[:5])
    assert rows[1] == engagements(*own, events=PAGES[:3])[1]
    nobody = thing(rows, "d")
    assert (nobody["people"], nobody["average_share"], nobody["times_per_person"], nobody["quadrant"]) == (0, 0, None, None)


def test_nobody_is_active_and_nothing_is_told():
    for own in ([], [[]]):
        rows = engagements(*own)
        assert (rows[0]["people"], rows[0]["active_periods"], rows[1]["average_share"]) == (0, 0, None)
        assert (thing(rows)["people"], thing(rows)["average_share"], thing(rows)["quadrant"]) == (0, None, None)


def test_things_stand_in_the_order_written_each_by_its_label():
    rows = engagements([page(0, "a", orders=1)], [page(0, "b")], events=[PAGES[1], "orders", {"any": ["orders", "opens"], "label": "either"}, PAGES[0]])
    assert [row["step_name"] for row in rows] == [None, None, "b", "orders", "either", "a"]
    assert [row["row_kind"] for row in rows] == ["total", "median", *["event"] * 4]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"events": []}, "at least 1 item"),
        ({"events": [{"step": "orders", "label": str(number)} for number in range(11)]}, "at most 10 items"),
        ({"events": ["orders", "orders"]}, "events: 2 are called 'orders'; give each a label of its own"),
        ({"events": [{"step": "orders", "next": True}]}, "next: true says what comes right after another step of a fallout"),
        ({"granularity": "year"}, "'day', 'week', 'month' or 'quarter'"),
        ({"granularity": "day", "range": "last 2 years"}, "granularity: the range has more than 366 periods of a day"),
        ({"count": "people"}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_no_engagement_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Engagement.model_validate({"events": ["orders"], **wrong})
