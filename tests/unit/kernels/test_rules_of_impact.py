"""Impact on the product's kernel and finish: what is done before and after a day, or before and after each one's first use (CJA 7; C2, C5, O4, O6, O7)."""

import datetime as dt

import pytest
from pydantic import ValidationError

from cja_spark.reports.impact import Impact
from tests.unit.kernels.by_hand import DAY, HOUR, START, page, rows_of
from tests.unit.kernels.test_rules_of_cohort import COMPLETE, at, days

TENTH = {"release": dt.date(2025, 1, 10), "days": 1, "intervals": 2}
ZERO = 9 * DAY
FIRST = {"first_use": "opens", "days": 1, "intervals": 2}


def impacts(*own, until=COMPLETE, **asked):
    """The rows of an impact on orders."""
    return rows_of([*own], until=until, report="impact", **{"indicators": ["orders"], **asked})


def series(rows, figure="times_done", name="orders"):
    """Per interval a figure of an indicator."""
    return [row[figure] for row in rows if row["row_kind"] == "interval" and row["step_name"] == name]


def of(rows, kind, name="orders"):
    [found] = [row for row in rows if row["row_kind"] == kind and row["step_name"] in (name, None)]
    return found


def order(t, **more):
    return page(t, orders=1, **more)


def use(t, **more):
    return page(t, opens=1, **more)


def test_intervals_of_a_release_hold_their_first_instant_and_not_their_last():
    rows = impacts([order(t) for t in (ZERO - 2 * DAY - 1, ZERO - 2 * DAY, ZERO - DAY - 1, ZERO - DAY, ZERO - 1, ZERO, ZERO + DAY - 1, ZERO + DAY, ZERO + 2 * DAY - 1, ZERO + 2 * DAY)], **TENTH)
    assert series(rows) == [2, 2, 2, 2]
    assert [row["interval"] for row in rows] == [None, -2, -1, 0, 1, None, None]
    assert [row["row_kind"] for row in rows] == ["total", *["interval"] * 4, "before", "after"]


def test_times_are_per_person_who_is_active_in_the_interval():
    rows = impacts([order(ZERO), order(ZERO + 1), page(ZERO - 1)], [page(ZERO)], [page(ZERO - DAY)], [order(ZERO - 2)], **TENTH)
    assert series(rows, "people") == [0, 1, 1, 0]
    assert series(rows, "base_people") == [0, 3, 2, 0]
    assert series(rows, "times_per_person") == [None, 1 / 3, 1, None]
    assert rows[0]["people"] == 4


def test_before_and_after_count_each_person_once_and_the_change_is_of_their_rates():
    rows = impacts([order(ZERO - 2 * DAY), order(ZERO - 1)], [page(ZERO - DAY)], [page(ZERO - DAY), order(ZERO), order(ZERO + 1), order(ZERO + DAY)], [page(ZERO)], **TENTH)
    before, after = of(rows, "before"), of(rows, "after")
    assert (before["people"], before["base_people"], before["times_done"], before["times_per_person"], before["change_rate"]) == (1, 3, 2, 2 / 3, None)
    assert (after["people"], after["base_people"], after["times_done"], after["times_per_person"]) == (1, 2, 3, 1.5)
    assert after["change_rate"] == pytest.approx(1.25)


@pytest.mark.parametrize(("until", "told", "after"), [(2 * DAY, [1, 1, 1, 1], 2), (2 * DAY - 1, [1, 1, 1, None], 1), (DAY, [1, 1, 1, None], 1), (DAY - 1, [1, 1, None, None], None)])
def test_c2_what_is_not_over_is_not_told_and_as_many_intervals_are_compared_before(until, told, after):
    rows = impacts([order(ZERO + number * DAY) for number in range(-2, 2)], until=START + ZERO + until, **TENTH)
    assert series(rows) == told
    assert (of(rows, "after")["times_done"], of(rows, "before")["times_done"]) == (after, after)


def test_c2_who_is_active_in_what_is_not_told_is_nobody():
    own = [[order(ZERO - 2 * DAY)], [order(ZERO - 2 * DAY)], [order(ZERO - 1)], [order(ZERO)], [order(ZERO + DAY)]]
    rows = impacts(*own, until=START + ZERO + 2 * DAY - 1, **TENTH)
    assert rows[0]["people"] == 4
    assert [(of(rows, kind)["people"], of(rows, kind)["base_people"]) for kind in ("before", "after")] == [(1, 1), (1, 1)]


def test_what_is_not_in_the_range_is_not_told():
    rows = impacts([order(ZERO + number * DAY) for number in range(-2, 2)], **TENTH, range=days("2025-01-09", "2025-01-31"))
    assert series(rows) == [None, 1, 1, 1]
    assert (of(rows, "before")["times_done"], of(rows, "after")["times_done"], rows[0]["people"]) == (1, 1, 1)


def test_the_range_of_a_release_is_its_intervals():
    assert Impact.model_validate({"indicators": ["orders"], "release": "2025-03-10", "days": 7, "intervals": 3}).range.model_dump() == {"from_": dt.date(2025, 2, 17), "to": dt.date(2025, 3, 30)}
    assert Impact.model_validate({"indicators": ["orders"], "release": dt.date(2025, 3, 10)}).range.model_dump() == {"from_": dt.date(2025, 3, 3), "to": dt.date(2025, 3, 16)}


def test_o4_intervals_of_a_release_are_days_of_the_clock():
    zone = "America/New_York"  # 9 March 2025 has 23 hours
    edges = [at(f"2025-03-{day:02d}", zone) for day in (8, 9, 10, 11)]
    rows = impacts([order(t + away) for t in edges for away in (-1, 0)], release=dt.date(2025, 3, 9), days=1, intervals=1, view={"time_zone": zone}, range=days("2025-03-01", "2025-03-20"))
    assert edges[2] - edges[1] == 23 * HOUR
    assert series(rows) == [2, 2]


def test_intervals_of_a_first_use_are_each_persons_own_and_of_elapsed_time():
    rows = impacts([use(ZERO), order(ZERO - 1), order(ZERO), order(ZERO + DAY - 1), order(ZERO + DAY)], [use(ZERO + 5 * HOUR), order(ZERO + 5 * HOUR - DAY), order(ZERO + 5 * HOUR - DAY - 1)], **FIRST)
    assert series(rows) == [1, 2, 2, 1]
    assert series(rows, "people") == [1, 2, 1, 1]
    assert {*series(rows, "base_people")} == {2}
    assert series(rows, "times_per_person") == [0.5, 1, 1, 0.5]


def test_the_first_use_counts_and_later_ones_do_not():
    rows = impacts([use(ZERO), use(ZERO + 3 * DAY), order(ZERO + 3 * DAY), order(ZERO + DAY)], **FIRST)
    assert series(rows) == [0, 0, 0, 1]
    assert series(impacts([use(ZERO)], indicators=["opens"], **FIRST), name="opens") == [0, 0, 1, 0]


def test_what_comes_after_the_last_interval_of_one_is_nothing_of_another():
    rows = impacts([use(ZERO), order(ZERO + 2 * DAY)], [order(ZERO - 2 * DAY), use(ZERO)], **FIRST)
    assert series(rows, "people") == [1, 0, 0, 0]


def test_who_never_uses_it_is_no_part_of_it():
    rows = impacts([use(ZERO), order(ZERO)], [order(ZERO)], **FIRST)
    assert (rows[0]["people"], rows[1]["people"], series(rows)) == (1, 0, [0, 0, 1, 0])


@pytest.mark.parametrize(
    ("t", "whole"), [(2 * DAY, True), (2 * DAY - 1, False), (29 * DAY, True), (29 * DAY + 1, False)],
)  # fmt: skip
def test_c5_who_has_not_all_intervals_in_the_range_is_left_out(t, whole):
    rows = impacts([use(t), order(t)], **FIRST)
    assert (rows[0]["people"], rows[1]["people"]) == ((1, 0) if whole else (0, 1))
    assert (rows[1]["row_kind"], series(rows)[2]) == ("left_out", 1 if whole else 0)


def test_c5_and_who_has_not_all_of_them_before_the_data_ends():
    for until, counted in ((ZERO + 2 * DAY, 1), (ZERO + 2 * DAY - 1, 0)):
        assert impacts([use(ZERO)], until=START + until, **FIRST)[0]["people"] == counted


def test_first_uses_are_looked_for_since_a_day():
    own = [use(DAY), use(ZERO), order(ZERO)]
    assert [row["people"] for row in impacts(own, **FIRST)[:2]] == [0, 1]
    assert [row["people"] for row in impacts(own, **FIRST, since=dt.date(2025, 1, 10))[:2]] == [1, 0]
    assert [row["people"] for row in impacts(own, **FIRST, since=dt.date(2025, 1, 11))[:2]] == [0, 0]


def test_before_and_after_a_first_use_are_of_all_who_are_looked_at():
    rows = impacts([use(ZERO), order(ZERO - 1), order(ZERO - DAY - 1), order(ZERO)], [use(ZERO)], **FIRST)
    before, after = of(rows, "before"), of(rows, "after")
    assert [(row["people"], row["base_people"], row["times_done"], row["times_per_person"]) for row in (before, after)] == [(1, 2, 2, 1), (1, 2, 1, 0.5)]
    assert after["change_rate"] == -0.5


def test_o7_what_segments_hide_is_neither_done_nor_used_nor_active():
    home = {"where": {"dimension": "page", "equals": "home"}}
    rows = impacts([order(ZERO, page="home"), order(ZERO)], [page(ZERO)], **TENTH, segments=[home])
    assert (series(rows)[2], series(rows, "base_people")[2]) == (1, 1)
    assert impacts([use(ZERO)], **FIRST, segments=[home])[0]["people"] == 0


def test_one_person_does_not_go_on_where_another_ends():
    rows = impacts([order(ZERO)], [order(ZERO)], **TENTH)
    assert (series(rows, "people")[2], of(rows, "after")["people"], rows[0]["people"]) == (2, 2, 2)


def test_several_indicators_stand_in_the_order_written():
    rows = impacts([order(ZERO), page(ZERO + DAY, "home")], indicators=["orders", {"dimension": "page", "equals": "home", "label": "at home"}], **TENTH)
    assert (series(rows), series(rows, name="at home")) == ([0, 0, 1, 0], [0, 0, 0, 1])


def test_nothing_happens_and_nothing_is_told():
    for how in (TENTH, FIRST):
        rows = impacts([], **how)
        assert (rows[0]["people"], {*series(rows)}, {*series(rows, "times_per_person")}, of(rows, "after")["change_rate"]) == (0, {0}, {None}, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"indicators": []}, "at least 1 item"),
        ({"indicators": [{"step": "orders", "label": str(number)} for number in range(4)]}, "at most 3 items"),
        ({"indicators": ["orders", "orders"]}, "indicators: 2 are called 'orders'; give each a label of its own"),
        ({"first_use": "opens"}, "name 'release', a day, or 'first_use', what is used; not both"),
        ({"release": None}, "name 'release', a day, or 'first_use', what is used; not both"),
        ({"since": "2025-01-10"}, "since: first uses are looked for from a day on"),
        ({"days": 92, "intervals": 8}, "intervals: 8 of 92 days are more than 732 days; ask for fewer"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"intervals": 93}, "less than or equal to 92"),
        ({"release": "soon"}, "valid date"),
        ({"release": None, "first_use": {"step": "opens", "next": True}}, "next: true says what comes right after another step of a fallout"),
    ],
)
def test_what_is_no_impact_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Impact.model_validate({"indicators": ["orders"], "release": "2025-01-10", **wrong})
