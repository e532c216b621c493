"""Rules S1 to S5 at their boundaries, on the product's kernels."""

import pytest

from tests.unit.kernels.by_hand import DAY, END, GAP, HOUR, MINUTE, START, VIEW, kept, page, rows_of, table

LAST = END - START


def visits(*persons, **asked):
    return rows_of(persons, report="sessions", **asked)[0]


def sessions(*persons):
    return visits(*persons)["sessions"]


@pytest.mark.parametrize(("gap", "expected"), [(0, 1), (GAP - 1, 1), (GAP, 1), (GAP + 1, 2)])
def test_s1_only_a_gap_longer_than_the_timeout_opens_a_session(gap, expected):
    assert sessions([page(0), page(gap)]) == expected


def test_s1_a_start_metric_opens_a_session_also_at_equal_time_and_twice_in_a_row():
    assert sessions([page(0, opens=1), page(0)]) == 1
    assert sessions([page(0), page(0, opens=1)]) == 2
    assert sessions([page(0), page(1, opens=1), page(1, opens=-1.0)]) == 3


def test_s1_a_start_metric_of_zero_or_not_set_opens_nothing():
    assert sessions([page(0), page(1, opens=0), page(2)]) == 1


@pytest.mark.parametrize("values", [{}, {"opens": 1}])
def test_s1_a_journey_of_one_event_is_one_session_that_bounces(values):
    found = visits([page(0, "a", **values)])
    assert (found["sessions"], found["session_starts"], found["session_ends"], found["bounces"]) == (1, 1, 1, 1)
    assert found["time_spent_seconds"] == 0


def test_s1_another_person_opens_a_session_whatever_the_time():
    assert sessions([page(0)], [page(0)], [], [page(1)]) == 3


def test_s1_the_first_event_that_is_read_opens_a_session():
    steady = [page(t) for t in range(-DAY - GAP, 1, GAP)]
    found = visits(steady)
    assert (found["sessions"], found["session_starts"]) == (1, 0)


def test_s2_the_edges_of_the_range_neither_open_nor_cut_a_session():
    before = visits([page(-1), page(0)])
    assert (before["sessions"], before["session_starts"], before["bounces"]) == (1, 0, 1)
    after = visits([page(LAST - 1), page(LAST)])
    assert (after["sessions"], after["session_starts"], after["session_ends"]) == (1, 1, 1)


def test_s3_a_session_over_midnight_counts_on_both_days_and_once_in_the_total():
    person = [page(DAY - 1), page(DAY)]
    days = rows_of([person], report="trend", metrics=["sessions"])
    assert [row["sessions"] for row in days[:4]] == [1, 1, 1, 0]
    assert table([person], metrics=["sessions"]) == [("total", 1.0)]


def test_s3_a_session_counts_once_in_each_value_it_touches():
    person = [page(0, "a"), page(1, "b"), page(2, "a")]
    assert table([person], "page", metrics=["sessions"]) == [("total", None, 1), ("item", "a", 1), ("item", "b", 1)]


def test_s3_a_session_without_a_masked_event_is_not_counted():
    person = [page(0, "a"), page(GAP + 1, "b")]
    assert visits(person, segments=[{"where": {"dimension": "page", "equals": "a"}}])["sessions"] == 1


def test_s4_starts_ends_and_bounces():
    found = visits([page(0), page(1), page(HOUR)], [page(5)])
    assert (found["session_starts"], found["session_ends"], found["bounces"]) == (3, 3, 2)
    assert found["bounce_rate"] == pytest.approx(2 / 3)


def test_s5_time_spent_runs_to_the_next_event_of_the_session():
    found = visits([page(0), page(10 * MINUTE), page(15 * MINUTE), page(HOUR)])
    assert found["time_spent_seconds"] == 15 * 60
    assert found["mean_session_seconds"] == 15 * 60 / 2


def test_s5_time_after_the_range_is_not_spent_in_it():
    assert visits([page(LAST - 1000), page(LAST - 500), page(LAST + 500)])["time_spent_seconds"] == 0.5


def test_s5_time_goes_to_the_masked_event_it_begins_with():
    person = [page(0, "a"), page(4000, "b"), page(5000, "a")]
    assert visits(person, segments=[{"where": {"dimension": "page", "equals": "a"}}])["time_spent_seconds"] == 4


STANDARD = ["time_spent_seconds", "session_starts", "session_ends", "bounces"]
VISIT = [page(0, "a"), page(MINUTE, "b"), page(2 * MINUTE, "b")]


def test_s5_time_spent_by_a_dimension_goes_to_the_events_own_value():
    rows = table([VISIT, [page(0, "a")]], "page", metrics=STANDARD)
    assert rows == [("total", None, 120, 2, 2, 1), ("item", "a", 60, 2, 1, 1), ("item", "b", 60, 0, 1, 0)]


def test_s5_the_sessions_report_names_rows_by_entry_and_keeps_whole_sessions_there():
    rows = rows_of([VISIT], report="sessions", dimension="page")
    found = [(row["entry_page"], row["sessions"], row["session_ends"], row["time_spent_seconds"]) for row in rows]
    assert found == [(None, 1, 1, 120), ("a", 1, 1, 120)]


def test_s4_s5_by_day_starts_ends_and_time_add_up_where_sessions_do_not():
    days = rows_of([[page(DAY - 1000), page(DAY)]], report="trend", metrics=[*STANDARD, "sessions"])
    days = [row for row in days if row["label"] in ("2025-01-01", "2025-01-02")]
    assert [[row[name] for name in STANDARD] for row in days] == [[1, 1, 0, 0], [0, 0, 1, 0]]
    assert [row["sessions"] for row in days] == [1, 1]


def test_s5_range_events_decide_and_masked_ones_are_counted():
    person = [page(0, "a"), page(4000, "b"), page(5000, "a")]
    only_a = [{"where": {"dimension": "page", "equals": "a"}}]
    assert table([person], metrics=STANDARD, segments=only_a) == [("total", 4, 1, 1, 0)]
    before = [page(-1, "a"), page(0, "a"), page(LAST, "a")]
    assert table([before], metrics=STANDARD) == [("total", 0, 0, 1, 1)]


def test_s4_s5_conditions_calculated_metrics_and_other_take_the_metrics_of_sessions():
    long = {"metric": "time_spent_seconds", "at_least": 120}
    assert kept([VISIT, [page(0), page(1000)]], long, "session") == ["0.0", "0.1", "0.2"]
    assert kept([VISIT], {"metric": "time_spent_seconds", "at_most": 0}) == []
    assert kept([VISIT], {"metric": "session_ends", "at_least": 1}) == ["0.2"]
    view = {"metrics": {**VIEW["metrics"], "minutes": {"calculate": "time_spent_seconds / 60"}}}
    rows = table([VISIT], "page", metrics=["minutes", "time_spent_seconds"], rows=1, view=view)
    assert rows == [("total", None, 2, 120), ("item", "a", 1, 60), ("other", None, 1, 60)]


def test_f1_a_metric_of_sessions_is_a_step_and_a_tail_is_asked_apart():
    person = [page(LAST - 1000, "a"), page(LAST + GAP), page(LAST + 2 * GAP)]
    rows = rows_of([person, VISIT], report="fallout", steps=["session_starts", "session_ends"], window="2 hours")
    assert [row["people"] for row in rows] == [2, 2]
    assert [row["people"] for row in rows_of([VISIT], report="fallout", steps=["bounces"])] == [0]
