"""Rules S1 to S5 at their boundaries, on the product's kernels."""

import pytest

from tests.unit.kernels.by_hand import DAY, END, GAP, HOUR, MINUTE, START, page, rows_of, table

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
    assert [row["sessions"] for row in days[:3]] == [1, 1, 0]
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
