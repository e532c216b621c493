"""Rules F9 and F10 of the fallout report at their boundaries, on the product's kernels and finish."""

import pytest

from tests.unit.kernels.by_hand import DAY, END, GAP, START, page, rows_of

LAST = END - START
STEPS = [{"dimension": "page", "equals": "a"}, "orders", "opens"]
TWICE = [page(0, "a"), page(LAST - 1, "a")]


def still_open(person, **given):
    rows = rows_of([person], report="fallout", steps=STEPS, **given)
    return [row["open_people"] for row in rows]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [1, 0, 0]), ({"window_start": "first"}, [0, 0, 0]), ({"date_rule": "in_range"}, [0, 0, 0]),
        ({"order": "any"}, [1, 0, 0]), ({"ties": "step_order"}, [1, 0, 0]), ({"ties": {"grace": "2 ms"}}, [1, 0, 0]),
        ({"order": "strict"}, [1, 0, 0]),
    ],
    ids=str,
)  # fmt: skip
def test_f9_who_came_again_may_still_go_on_by_the_later_chain(given, expected):
    assert still_open(TWICE, window="1 day", **given) == expected


def test_f9_who_reached_a_step_long_ago_and_begins_anew_is_open_at_the_step_reached():
    person = [page(0, "a"), page(1, orders=1), page(LAST - 1, "a")]
    assert still_open(person, window="1 day") == [0, 1, 0]
    assert still_open([*person, page(LAST - 1, orders=1), page(LAST - 1, opens=1)], window="1 day") == [0, 0, 0]


@pytest.mark.parametrize(("before_the_end", "expected"), [(DAY - 1, 1), (DAY, 0), (DAY + 1, 0)])
def test_f9_a_window_is_open_only_when_it_ends_after_the_data(before_the_end, expected):
    assert still_open([page(0, "a"), page(LAST - before_the_end, "a")], window="1 day") == [expected, 0, 0]


def test_f9_a_step_one_after_the_range_opens_nothing():
    assert still_open([page(0, "a"), page(LAST, "a")], window="1 day") == [0, 0, 0]
    assert still_open([page(0, "a"), page(LAST + 5, "a")], window="1 day", order="any") == [0, 0, 0]


@pytest.mark.parametrize(
    ("t", "given", "reached"),
    [
        (LAST - 1, {}, 1), (LAST, {}, 1), (LAST, {"date_rule": "entry"}, 1), (LAST, {"date_rule": "in_range"}, 0), (LAST - 1, {"date_rule": "in_range"}, 1),
        (LAST - 2 + DAY, {}, 1), (LAST - 2 + DAY + 1, {}, 0), (LAST, {"window_start": "first"}, 1), (LAST, {"order": "any"}, 1),
    ],
)  # fmt: skip
def test_f9_a_later_step_may_lie_at_the_end_of_the_range_and_after_it_by_entry_alone(t, given, reached):
    rows = rows_of([[page(LAST - 2, "a"), page(t, orders=1)]], report="fallout", steps=STEPS[:2], window="1 day", until=END + 3 * DAY, **given)
    assert [row["people"] for row in rows] == [1, reached]


def test_f9_without_a_window_all_steps_lie_in_the_range():
    for t, reached in ((LAST - 1, 1), (LAST, 0)):
        rows = rows_of([[page(LAST - 2, "a"), page(t, orders=1)]], report="fallout", steps=STEPS[:2], until=END + 3 * DAY)
        assert [row["people"] for row in rows] == [1, reached]


@pytest.mark.parametrize(
    ("given", "word", "reached"),
    [
        ({}, "people", [1, 1]), ({"container": "session"}, "sessions", [2, 0]),
        ({"window": "1 day", "window_start": "first", "count": "attempts"}, "attempts", [2, 1]),
    ],
    ids=str,
)  # fmt: skip
def test_f10_columns_are_named_by_what_is_counted(given, word, reached):
    person = [page(0, "a"), page(GAP + 1, orders=1), page(2 * DAY, "a")]
    rows = rows_of([person], report="fallout", steps=STEPS[:2], **given)
    assert [row[word] for row in rows] == reached
    assert list(rows[0])[3:] == [word, "percent_of_previous", "percent_of_total", f"fallout_{word}", f"open_{word}"]
    assert [row[f"fallout_{word}"] for row in rows] == [reached[0] - reached[1], None]


def test_f11_the_base_of_sessions_is_all_sessions_with_a_range_event():
    person = [page(0, "a"), page(GAP + 1, "b"), page(3 * GAP), page(5 * GAP)]
    rows = rows_of([person], report="fallout", steps=STEPS[:1], container="session", base="all")
    assert (rows[0]["sessions"], rows[0]["percent_of_total"]) == (1, 0.25)
