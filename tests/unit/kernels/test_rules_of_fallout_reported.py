"""Rules F12 and F13 of the fallout report: how long steps take, and the period that a chain begins in, on the product's kernels and finish."""

import datetime as dt

import pytest

from tests.unit.kernels.by_hand import DAY, HOUR, MINUTE, START, page, rows_of

AB = [{"dimension": "page", "equals": name} for name in "ab"]
ABC = [*AB, {"dimension": "page", "equals": "c"}]
THREE_DAYS = {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 3)}
TIMES = ("mean_seconds_from_previous", "median_seconds_from_previous", "mean_seconds_from_first", "median_seconds_from_first")


def fallout(*persons, steps=AB, **asked):
    return rows_of([*persons], report="fallout", steps=steps, **{"range": THREE_DAYS, **asked})


def by_day(rows, counted="people"):
    found = {}
    for row in rows:
        if row["row_kind"] == "step_over_time":
            found.setdefault(row["label"], []).append(row[counted])
    return found


def test_f13_a_chain_is_in_the_period_of_its_first_step():
    rows = fallout([page(0, "a"), page(DAY, "b")], [page(DAY, "a")], [page(DAY + 1, "a"), page(DAY + 2, "b")], trend="day")
    assert by_day(rows) == {"2025-01-01": [1, 1], "2025-01-02": [2, 1], "2025-01-03": [0, 0]}
    assert [(row["row_kind"], row["step"], row["people"]) for row in rows[:2]] == [("step", 1, 3), ("step", 2, 2)]


@pytest.mark.parametrize(("t", "day"), [(0, "2025-01-01"), (DAY - 1, "2025-01-01"), (DAY, "2025-01-02"), (3 * DAY - 1, "2025-01-03")])
def test_f13_periods_are_half_open(t, day):
    assert {label for label, people in by_day(fallout([page(t, "a")], trend="day")).items() if people[0]} == {day}


def test_f13_the_rate_of_all_is_not_the_mean_of_the_rates_and_periods_without_a_rate_are_no_part_of_it():
    rows = fallout([page(0, "a"), page(1, "b")], *[[page(DAY, "a")]] * 3, steps=AB, trend="day")
    assert rows[1]["percent_of_total"] == 0.25
    means = [row for row in rows if row["row_kind"] == "mean_of_rates"]
    assert [(row["step"], row["percent_of_previous"], row["percent_of_total"], row["people"]) for row in means] == [(1, None, 1, None), (2, 0.5, 0.5, None)]


def test_f12_the_reported_chain_decides_the_period():
    two_tries = [page(0, "a"), page(DAY, "a"), page(DAY + 1, "b")]
    assert by_day(fallout(two_tries, trend="day"))["2025-01-02"] == [1, 1]
    assert by_day(fallout(two_tries, trend="day", window_start="first"))["2025-01-01"] == [1, 1]
    assert by_day(fallout(two_tries, trend="day", window_start="first", count="attempts", window="1 hour"), "attempts") == {"2025-01-01": [1, 0], "2025-01-02": [1, 1], "2025-01-03": [0, 0]}


def test_f9_a_chain_that_ends_after_the_range_is_in_the_period_where_it_began():
    rows = fallout([page(3 * DAY - 1, "a"), page(3 * DAY + 5, "b")], window="1 hour", trend="day")
    assert by_day(rows)["2025-01-03"] == [1, 1]


def test_f13_shares_are_of_the_period_and_nothing_of_nobody_is_no_number():
    rows = fallout([page(0, "a"), page(1, "b")], [page(1, "a")], trend="day", breakdown="page")
    first, second, third, _ = [row for row in rows if row["row_kind"] == "step_over_time"][:4]
    assert (first["percent_of_total"], first["fallout_people"], second["percent_of_previous"], second["percent_of_total"]) == (1, 1, 0.5, 0.5)
    assert (third["people"], third["percent_of_total"]) == (0, None)
    assert {row["row_kind"] for row in rows if row["breakdown"]} == {"step"}


def test_f12_times_are_those_of_the_reported_chains():
    rows = fallout([page(0, "a"), page(MINUTE, "a"), page(3 * MINUTE, "b"), page(HOUR, "c")], [page(0, "a"), page(4 * MINUTE, "b")], steps=ABC, times=True)
    first, second, third = rows
    assert [first[name] for name in TIMES] == [None] * 4
    assert (second["mean_seconds_from_previous"], second["mean_seconds_from_first"]) == (180, 180)  # 2 and 4 minutes
    assert second["median_seconds_from_previous"] == pytest.approx(120, rel=0.01)  # the nearest rank
    assert (third["mean_seconds_from_previous"], third["mean_seconds_from_first"]) == (57 * 60, 59 * 60)
    assert third["median_seconds_from_first"] == pytest.approx(59 * 60, rel=0.01)
    assert "row_kind" not in first


def test_f12_who_does_not_reach_a_step_takes_no_time_to_it():
    rows = fallout([page(0, "a")], [page(0, "b")], times=True, trend="day")
    assert [[row[name] for name in TIMES] for row in rows] == [[None] * 4] * len(rows)


def test_f4_a_step_in_grace_takes_no_time():
    rows = fallout([page(0, "b"), page(500, "a")], [page(0, "a"), page(2000, "b")], ties="grace(1 second)", times=True)
    assert (rows[1]["people"], rows[1]["mean_seconds_from_previous"]) == (2, 1)


def test_f12_times_are_of_all_alone():
    rows = fallout([page(0, "a"), page(1000, "b")], times=True, trend="day", breakdown="page")
    assert [row["mean_seconds_from_first"] for row in rows if row["step"] == 2 and (row["breakdown"] or row["row_kind"] != "step")] == [None] * 5
    assert rows[1]["mean_seconds_from_first"] == 1


def test_an_empty_range_has_no_periods():
    empty = {"from": dt.date(2025, 1, 2), "to": dt.date(2025, 1, 1)}
    rows = fallout([page(0, "a")], trend="day", times=True, range=empty)
    assert [(row["row_kind"], row["people"], row["percent_of_total"]) for row in rows] == [("step", 0, None)] * 2 + [("mean_of_rates", None, None)] * 2


def test_o4_periods_are_those_of_the_zone():
    rows = fallout([page(DAY + 4 * HOUR, "a")], trend="day", view={"time_zone": "America/New_York"})
    assert {label for label, people in by_day(rows).items() if people[0]} == {"2025-01-01"}
    assert next(row["bucket"] for row in rows if row["row_kind"] == "step_over_time").timestamp() * 1000 == START + 5 * HOUR
