"""Rule E by hand: from which start to which event time is counted, what is censored and open, buckets and percentiles."""

import numpy as np
import pytest

from cja_spark.kernels.time_to_event import BASE, cells_of_times, middles_of_cells, nearest_ranks
from tests.unit.kernels.by_hand import DAY, END, HOUR, MINUTE, START, cells_of, rows_of

SPAN = END - START
VIEW = {
    "dimensions": {"page": "page", "sku": "items[].sku", "channel": {"field": "channel", "persistence": {"allocation": "most_recent", "expiration": "person"}}},
    "metrics": {"orders": "orders", "carts": "carts", "units": "items[].units"},
    "segments": {"not_home": {"where": {"dimension": "page", "does_not_equal": "home"}}, "buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}}},
}  # fmt: skip


def cart(t, **more):
    return t, {"carts": 1.0, **more}


def order(t, **more):
    return t, {"orders": 1.0, **more}


def asked(*persons, **given):
    return rows_of([list(own) for own in persons], VIEW, **{"report": "time_to_event", "start": "carts", "event": "orders", **given})


def total(*persons, **given):
    return asked(*persons, **given)[0]


def counts(*persons, **given):
    row = total(*persons, **given)
    word = "sessions" if given.get("container") == "session" else "people"
    return tuple(row[name] for name in (word, f"reached_{word}", f"censored_{word}"))


def mean(*persons, **given):
    return total(*persons, **given)["mean_seconds"]


def test_e_time_is_counted_from_the_first_start_to_the_first_later_event():
    ann = [cart(0), cart(10 * MINUTE), order(HOUR), order(2 * HOUR)]
    assert (counts(ann), mean(ann)) == ((1, 1, 0), 3600)


def test_e_last_counts_from_the_last_start_before_that_event():
    ann = [cart(0), cart(10 * MINUTE), order(HOUR), cart(90 * MINUTE), order(2 * HOUR)]
    assert mean(ann, start_event="last") == 50 * 60
    assert mean([cart(0), order(HOUR)], start_event="last") == 3600


def test_e_with_last_the_event_is_still_the_first_within_the_tail_of_the_first_start():
    ann = [cart(0), cart(2 * HOUR), order(3 * HOUR)]
    assert counts(ann, start_event="last", tail="1 hour") == (1, 0, 1)
    assert (counts(ann, start_event="last", tail="3 hours"), mean(ann, start_event="last", tail="3 hours")) == ((1, 1, 0), 3600)


def test_e_an_event_before_the_start_does_not_count():
    assert counts([order(0), cart(HOUR)]) == (1, 0, 1)
    assert mean([order(0), cart(HOUR), order(3 * HOUR)]) == 7200


def test_e_at_equal_time_the_position_says_what_is_later():
    assert (counts([cart(HOUR), order(HOUR)]), mean([cart(HOUR), order(HOUR)])) == ((1, 1, 0), 0)
    assert counts([order(HOUR), cart(HOUR)]) == (1, 0, 1)


def test_e_an_event_that_starts_does_not_end_itself_and_may_end_the_one_before():
    both = (HOUR, {"carts": 1.0, "orders": 1.0})
    assert counts([both]) == (1, 0, 1)
    assert mean([cart(0), both]) == 3600
    assert mean([cart(0), both], start_event="last") == 3600


@pytest.mark.parametrize(("later", "reached"), [(HOUR - 1, 1), (HOUR, 1), (HOUR + 1, 0)])
def test_e_an_event_counts_up_to_the_tail_and_no_millisecond_longer(later, reached):
    assert counts([cart(0), order(later)], tail="1 hour") == (1, reached, 1 - reached)


def test_e_in_a_tail_of_0_only_what_has_the_same_time_counts():
    rows = asked([cart(0), order(0)], [cart(0), order(1)], tail="0 seconds")
    assert (rows[0]["reached_people"], rows[0]["mean_seconds"], rows[0]["p50_seconds"]) == (1, 0, 0)
    assert [(row["time_taken"], row["more_than_seconds"], row["at_most_seconds"], row["reached_people"]) for row in rows[1:]] == [("≤ 0 ms", None, 0, 1)]


def test_e_the_first_start_of_a_tail_decides_also_when_a_later_one_would_be_near_enough():
    assert counts([cart(0), cart(3 * HOUR), order(4 * HOUR)], tail="1 hour") == (1, 0, 1)


@pytest.mark.parametrize(("at", "started"), [(-1, 0), (0, 1), (SPAN - 1, 1), (SPAN, 0)])
def test_o7_the_first_start_lies_in_the_range(at, started):
    assert counts([cart(at)], tail="1 day", until=END + 9 * DAY)[0] == started


def test_o7_with_a_tail_the_event_may_come_after_the_range_and_without_one_not():
    late = [cart(SPAN - HOUR), order(SPAN + HOUR)]
    assert counts(late, until=END + 9 * DAY) == (1, 0, 1)
    assert (counts(late, tail="2 hours", until=END + 9 * DAY), mean(late, tail="2 hours", until=END + 9 * DAY)) == ((1, 1, 0), 7200)
    inside = [cart(0), order(SPAN - 1)]
    assert (counts(inside), counts([cart(0), order(SPAN)])) == ((1, 1, 0), (1, 0, 1))


def test_e_with_last_the_start_before_the_event_may_lie_after_the_range_too():
    late = [cart(SPAN - HOUR), cart(SPAN + HOUR), order(SPAN + 90 * MINUTE)]
    assert mean(late, tail="1 day", start_event="last", until=END + 9 * DAY) == 30 * 60


@pytest.mark.parametrize(("until", "waiting"), [(END + HOUR - 1, 1), (END + HOUR, 0)])
def test_f9_who_may_still_reach_it_after_the_data_end_is_open(until, waiting):
    row = total([cart(SPAN - HOUR)], [cart(0)], [cart(SPAN - HOUR), order(SPAN - HOUR + 1)], tail="2 hours", until=until)
    assert (row["censored_people"], row["open_people"]) == (2, waiting)


def test_f9_without_a_tail_nothing_is_open():
    assert total([cart(SPAN - 1)], until=END - DAY)["open_people"] is None


def test_e_shares_are_of_all_who_start():
    row = total([cart(0), order(HOUR)], [cart(0)], [cart(0)], [cart(0)], [order(0)])
    assert (row["people"], row["reached_share"], row["censored_people"], row["censored_share"]) == (4, 0.25, 3, 0.75)


def test_e_nobody_starts():
    for persons in ([[order(0, carts=0.0)]], [[]], []):
        rows = asked(*persons, breakdown="page", tail="1 day")
        assert len(rows) == 1
        assert {name: value for name, value in rows[0].items() if value is not None} == {"row_kind": "total", "people": 0, "reached_people": 0, "censored_people": 0, "open_people": 0}


def test_e_nobody_reaches_it():
    [row] = asked([cart(0)])
    assert (row["people"], row["censored_share"], row["mean_seconds"], row["p50_seconds"]) == (1, 1, None, None)


def test_e_within_sessions_each_session_is_one_and_the_event_must_be_in_it():
    ann = [cart(0), order(10 * MINUTE), cart(DAY), cart(2 * DAY), cart(2 * DAY + MINUTE), order(2 * DAY + 3 * MINUTE)]
    assert (counts(ann, container="session"), mean(ann, container="session")) == ((3, 2, 1), (10 + 3) * 60 / 2)
    assert counts(ann) == (1, 1, 0)


def test_g_segments_decide_which_events_start_and_end():
    ann = [cart(0, page="home"), cart(HOUR, page="cart"), order(2 * HOUR, page="home"), order(4 * HOUR, page="pay")]
    assert mean(ann, segments=["not_home"]) == 3 * 3600
    assert mean(ann, start={"step": "carts", "segments": ["not_home"]}) == 3600
    assert mean(ann, event={"dimension": "page", "equals": "pay"}) == 4 * 3600
    assert counts(ann, [cart(0)], segments=["buyers"]) == (1, 1, 0)


def test_f1_any_of_several_conditions_is_a_step_and_a_segment_is_one():
    ann = [(0, {"page": "help", "carts": 0.0}), (HOUR, {"page": "pay"})]
    assert mean(ann, start={"any": ["carts", {"dimension": "page", "equals": "help"}]}, event="not_home") == 3600


def names(rows):
    return [(row["time_taken"], row["reached_people"], row["share_by_then"]) for row in rows if row["row_kind"] == "bucket"]


@pytest.mark.parametrize(("took", "name"), [
    (0, "≤ 1 s"), (1000, "≤ 1 s"), (1001, "1–10 s"), (MINUTE, "30 s–1 min"), (30 * MINUTE, "10–30 min"), (30 * MINUTE + 1, "30 min–1 h"), (DAY, "12 h–1 d"), (7 * DAY, "3–7 d"), (29 * DAY, "14–30 d"),
])  # fmt: skip
def test_e_a_bucket_has_its_end_in_it(took, name):
    assert names(asked([cart(0), order(took)])) == [(name, 1, 1)]


def test_e_buckets_are_shown_from_the_first_that_has_some_to_the_last():
    rows = asked([cart(0), order(2 * MINUTE)], [cart(0), order(20 * MINUTE)], [cart(0), order(25 * MINUTE)], [cart(0)])
    assert names(rows) == [("1–2 min", 1, 0.25), ("2–5 min", 0, 0.25), ("5–10 min", 0, 0.25), ("10–30 min", 2, 0.75)]
    assert [row["reached_share"] for row in rows[1:]] == [0.25, 0, 0, 0.5]
    assert [(row["more_than_seconds"], row["at_most_seconds"], row["people"]) for row in rows[1:3]] == [(60, 120, None), (120, 300, None)]


def test_e_buckets_of_the_authors_own_are_all_shown_and_what_is_longer_is_above_them():
    took = [cart(0), order(3 * HOUR)]
    assert names(asked(took, buckets=["1 minute", "90 seconds", "1 hour"])) == [("≤ 1 min", 0, 0), ("1 min–90 s", 0, 0), ("90 s–1 h", 0, 0), ("> 1 h", 1, 1)]
    assert names(asked(took, buckets=["1 hour"], tail="1 day")) == [("≤ 1 h", 0, 0), ("1 h–1 d", 1, 1)]
    assert names(asked(took, buckets=["1 hour", "1 day"], tail="1 day")) == [("≤ 1 h", 0, 0), ("1 h–1 d", 1, 1)]


def test_e_the_last_bucket_ends_with_the_tail():
    assert names(asked([cart(0), order(3 * HOUR)], tail="4 hours")) == [("2–4 h", 1, 1)]


def test_e_what_takes_more_than_a_year_is_in_the_last_bucket():
    assert names(asked([cart(0), order(400 * DAY)], tail="500 days", until=END + 500 * DAY)) == [("365–500 d", 1, 1)]


@pytest.mark.parametrize("took", [0, 1, 2, 59, 1000, 12_345, 3_600_000, 86_400_001, 365 * DAY, 36_500 * DAY])
def test_e_a_percentile_is_within_one_percent_of_a_time(took):
    [middle] = middles_of_cells(cells_of_times(np.array([took])))
    assert abs(middle - took) <= 0.01 * took


def test_e_cells_are_whole_logarithms_and_0_is_its_own():
    times = np.array([0, 1, 2, 1000])
    assert cells_of_times(times).tolist() == [-1, 0, 35, 348]
    assert middles_of_cells(np.array([-1, 0, 348])).tolist() == [0, BASE**0.5, BASE**348.5]


def test_e_percentiles_are_nearest_ranks():
    four = np.ones(4)
    assert nearest_ranks(four, np.array([0.01, 25, 25.01, 50, 75, 90, 99.99])).tolist() == [0, 0, 1, 1, 2, 3, 3]
    assert nearest_ranks(np.array([3.0, 1.0]), np.array([75.0, 76.0])).tolist() == [0, 1]
    assert nearest_ranks(np.array([7.0, 93.0]), np.array([7.0])).tolist() == [0]  # 0.07 × 100 is 7.000000000000001 in doubles


def test_e_percentiles_are_of_those_who_reach_it_and_stand_ascending():
    rows = asked(*([cart(0), order(t * 1000)] for t in (10, 20, 30, 40)), [cart(0)], percentiles=[99.5, 50, 25])
    assert [name for name in rows[0] if name.startswith("p") and name.endswith("_seconds")] == ["p25_seconds", "p50_seconds", "p99_5_seconds"]
    assert [rows[0][name] for name in ("p25_seconds", "p50_seconds", "p99_5_seconds")] == pytest.approx([10, 20, 40], rel=0.01)
    assert rows[0]["mean_seconds"] == 25
    assert [name for name in asked([cart(0)], percentiles=[])[0] if name.startswith("p")] == ["people"]


def of_values(rows):
    return [(row["breakdown"], row["people"], row["reached_people"], row["mean_seconds"]) for row in rows if row["row_kind"] == "value"]


def test_e_values_are_those_at_the_start_and_stand_by_how_many_start():
    persons = [[cart(0, page="b"), order(HOUR, page="z")], [cart(0, page="b")], [cart(0, page="a"), cart(HOUR, page="b"), order(2 * HOUR)], [cart(0), order(HOUR)]]
    assert of_values(asked(*persons, breakdown="page")) == [("b", 2, 1, 3600), ("No value", 1, 1, 3600), ("a", 1, 1, 7200)]
    assert of_values(asked(*persons, breakdown="page", start_event="last")) == [("b", 3, 2, 3600), ("No value", 1, 1, 3600)]
    assert of_values(asked(*persons, breakdown="page", rows=1)) == [("b", 2, 1, 3600)]
    assert of_values(asked(*persons, breakdown="page", include_no_value=False)) == [("b", 2, 1, 3600), ("a", 1, 1, 7200)]
    assert asked(*persons, breakdown="page", include_no_value=False)[0]["people"] == 4


def test_e_the_value_of_a_start_that_nothing_ends_is_that_of_the_first_one():
    assert of_values(asked([cart(0, page="a"), cart(HOUR, page="b")], breakdown="page", start_event="last")) == [("a", 1, 0, None)]


def test_e_of_several_values_at_the_start_each_counts_and_persistent_ones_do():
    assert of_values(asked([cart(0, sku=["x", "y", "x"]), order(HOUR)], breakdown="sku")) == [("x", 1, 1, 3600), ("y", 1, 1, 3600)]
    assert of_values(asked([(0, {"channel": "a"}), cart(HOUR), order(2 * HOUR)], breakdown="channel")) == [("a", 1, 1, 3600)]


def test_e_each_value_has_its_own_times_and_open_ones():
    persons = [*([cart(0, page="a"), order(t * 1000)] for t in (10, 20, 30)), [cart(0, page="b"), order(100_000)], [cart(SPAN - HOUR, page="b")]]
    rows = [row for row in asked(*persons, breakdown="page", tail="2 hours") if row["row_kind"] == "value"]
    assert [row["p50_seconds"] for row in rows] == pytest.approx([20, 100], rel=0.01)
    assert [(row["open_people"], row["censored_people"], row["censored_share"]) for row in rows] == [(0, 0, 0), (1, 1, 0.5)]


def test_l1_a_task_emits_no_more_cells_than_there_are_lengths_of_time():
    persons = [[cart(0), order(t)] for t in range(0, 100_000, 50)]
    assert len(cells_of(persons, VIEW, report="time_to_event", start="carts", event="orders")) < 700
