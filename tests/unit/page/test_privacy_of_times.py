"""Buckets and those who never reach it add up to those who start, values to their total: nothing about few people can be computed from the page."""

import itertools

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_times import times_are_told
from tests.unit.page.answers_of_steps import time_to_event
from tests.unit.page.panels_of_steps import CALLS, TIMES
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

COUNTS = (0, 4, 9, 12, 40)


def kinds(rows, kind):
    return [row for row in rows if row["row_kind"] == kind]


def is_hidden(cell):
    return isinstance(cell, dict | Below | Withheld)


def whole(*parts, **given):
    """The rows of starts of which so many take 1, 2, … seconds and the last never reach it, without values."""
    return encoded(time_to_event(parts, breakdown=None, **given))


def test_a_bucket_of_few_is_hidden_with_the_smallest_other_part():
    total, *buckets = whole(9, 40, 30, 60)
    assert [bucket["reached_people"] for bucket in buckets] == [HIDDEN, 40, WITHHELD]
    assert (total["people"], total["reached_people"], total["censored_people"]) == (139, 79, 60)
    assert [bucket["share_by_then"] for bucket in buckets] == [WITHHELD, WITHHELD, 79 / 139]
    assert [bucket["reached_share"] for bucket in buckets] == [HIDDEN, 40 / 139, WITHHELD]


def test_few_who_do_not_reach_it_hide_how_many_do_and_a_bucket():
    total, *buckets = whole(40, 30, 9)
    assert [total[name] for name in ("people", "reached_people", "reached_share", "censored_people", "censored_share", "open_people")] == [79, *[WITHHELD] * 5]
    assert [bucket["reached_people"] for bucket in buckets] == [40, WITHHELD]
    assert [bucket["share_by_then"] for bucket in buckets] == [40 / 79, WITHHELD]
    assert total["mean_seconds"] == 100 / 70


def test_of_few_who_reach_it_there_is_no_time():
    total, *buckets = whole(5, 4, 60)
    assert [total[name] for name in ("reached_people", "mean_seconds", "p50_seconds", "p90_seconds", "censored_people")] == [HIDDEN] * 5
    assert (total["people"], [is_hidden(bucket["reached_people"]) for bucket in buckets]) == (69, [True, True])


def test_few_who_start_show_nothing():
    total, *buckets = whole(3, 2, 4)
    assert [total[name] for name in ("people", "reached_people", "mean_seconds")] == [HIDDEN] * 3
    assert all(is_hidden(bucket[name]) for bucket in buckets for name in ("reached_people", "reached_share", "share_by_then"))


def test_few_that_are_still_open_or_cannot_reach_it_any_more_are_hidden():
    assert [whole(40, 60, open_=(waiting,))[0]["open_people"] for waiting in (0, 9, 10, 50, 51, 60)] == [0, HIDDEN, 10, 50, WITHHELD, 60]


def test_whatever_the_counts_no_part_of_few_people_is_a_difference_of_what_is_shown():
    for parts in itertools.product(COUNTS, repeat=4):
        total, *buckets = whole(*parts)
        if sum(parts) < 10:
            continue
        known = [0.0, *(parts[:3] if total["censored_people"] == parts[3] else ())]
        cells = [*(bucket["reached_people"] for bucket in buckets), total["censored_people"]]
        assert not [count for count, cell in zip(parts, cells, strict=True) if 0 < count < 10 and not is_hidden(cell)]
        ends = [0, *(place + 1 for place, bucket in enumerate(buckets) if not is_hidden(bucket["share_by_then"])), 4]
        for low, high in itertools.pairwise(ends):
            gone = [count for count, cell in list(zip(parts, cells, strict=True))[low:high] if is_hidden(cell) and count]
            assert not gone or (len(gone) > 1 and sum(gone) >= 10) or all(map(is_hidden, cells)), (parts, known)


def test_a_value_of_few_is_hidden_with_the_smallest_other_one():
    rows = kinds(encoded(time_to_event((30, 30), (25, 20), (4, 4))), "value")
    assert [row["people"] for row in rows] == [60, WITHHELD, HIDDEN]
    assert [row["reached_people"] for row in rows] == [30, WITHHELD, HIDDEN]
    assert [row["mean_seconds"] for row in rows] == [1, WITHHELD, HIDDEN]
    assert [row["share_by_then"] for row in rows] == [None, None, HIDDEN]


def test_a_value_of_which_few_reach_it_tells_how_many_start_alone():
    rows = kinds(encoded(time_to_event((50, 50), (30, 30), (4, 40), (20, 20))), "value")
    assert [row["people"] for row in rows] == [100, 60, 44, 40]
    assert [row["reached_people"] for row in rows] == [50, 30, HIDDEN, WITHHELD]
    assert [row["censored_share"] for row in rows] == [0.5, 0.5, HIDDEN, WITHHELD]
    assert [row["p50_seconds"] is not None and not is_hidden(row["p50_seconds"]) for row in rows] == [True, True, False, False]


def test_where_the_total_hides_how_many_reach_it_values_do_not_tell_it():
    total, *_, home, cart = encoded(time_to_event((60, 9), (40, 0)))
    assert (total["reached_people"], home["reached_people"], cart["reached_people"]) == (WITHHELD, HIDDEN, WITHHELD)
    assert (home["people"], cart["people"]) == (69, 40)


def test_where_the_total_hides_it_for_a_bucket_values_do_not_tell_it_either():
    total, *_, home, cart = encoded(time_to_event((4, 60, 20), (0, 40, 15)))
    assert [row["reached_people"] for row in (total, home, cart)] == [WITHHELD] * 3
    assert [row["people"] for row in (total, home, cart)] == [139, 84, 55]


def test_open_ones_of_values_are_hidden_together():
    rows = encoded(time_to_event((50, 60), (40, 60), open_=(20, 3)))
    assert [row["open_people"] for row in (rows[0], *kinds(rows, "value"))] == [23, WITHHELD, HIDDEN]


def test_whatever_the_counts_no_value_of_few_people_is_a_difference_of_what_is_shown():
    for counts in itertools.product(COUNTS, repeat=4):
        of_values = [(counts[0], counts[1]), (counts[2], counts[3]), (30, 20)]
        total, *rows = encoded(time_to_event(*of_values))
        rows = {row["breakdown"]: row for row in kinds(rows, "value")}
        for name, amounts in (("people", [sum(one) for one in of_values]), ("reached_people", [one[0] for one in of_values]), ("censored_people", [one[1] for one in of_values])):
            cells = [row[name] for row in rows.values()]
            shown = sorted(cell for cell in cells if not is_hidden(cell))
            assert not [cell for cell in shown if 0 < cell < 10], (counts, name)
            gone = sum(amounts) - sum(shown)
            if not is_hidden(total[name]) and len(shown) < 3 and gone:
                assert gone >= 10, (counts, name)
                assert len(shown) < 2 or not any(map(is_hidden, cells)), (counts, name)


def test_sessions_of_few_people_are_hidden_however_many_they_are():
    total, first, second = whole(40, 90, 90, container="session", per_person=5)
    assert [row["reached_sessions"] for row in (first, second)] == [HIDDEN, WITHHELD]
    assert (total["sessions"], total["reached_sessions"], total["censored_sessions"]) == (220, 130, 90)
    total, *buckets = whole(40, 15, container="session", per_person=10)
    assert (total["sessions"], buckets[0]["reached_sessions"]) == (HIDDEN, WITHHELD)
    assert [row["reached_sessions"] for row in whole(40, 90, 90, container="session", per_person=1)[1:]] == [40, 90]


def test_hidden_sessions_of_two_buckets_may_be_of_the_same_few_people():
    total, first, second = whole(40, 40, 90, container="session", per_person=5)
    assert [first["reached_sessions"], second["reached_sessions"], total["censored_sessions"]] == [HIDDEN, HIDDEN, WITHHELD]
    total, first, second = whole(8, 8, 18)
    assert [first["reached_people"], second["reached_people"], total["censored_people"]] == [HIDDEN, HIDDEN, 18]


def test_with_no_limit_everything_is_shown():
    rows = encoded(time_to_event((1, 2), (3, 4)), fewest=0)
    assert not [cell for row in rows for cell in row.values() if is_hidden(cell)]


def test_only_times_are_told_so():
    assert times_are_told(TIMES.columns)
    assert not times_are_told(CALLS.columns)
