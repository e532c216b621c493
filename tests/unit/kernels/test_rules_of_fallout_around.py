"""Rule F12 of the fallout report: what happens between steps and next after the last one, on the product's kernels and finish."""

import datetime as dt

import pytest

from tests.unit.kernels.by_hand import DAY, HOUR, MINUTE, page, rows_of

ABC = [{"dimension": "page", "equals": name} for name in "abc"]
THREE_DAYS = {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 3)}
AFTER = 3 * DAY  # the first instant after the range


def way(pages, start=0, gap=MINUTE):
    """A person whose pages are letters, one a minute; a dot is an event without a page."""
    return [page(start + at * gap, None if name == "." else name) for at, name in enumerate(pages)]


def around(*persons, steps=ABC[:2], **asked):
    """Per kind and step: what is told there, as (item, or what is none; how many)."""
    asked = {"between": "page", "after": "page", **asked}
    counted = {"attempts": "attempts"}.get(asked.get("count"), "sessions" if asked.get("container") == "session" else "people")
    found = {}
    for row in rows_of([*persons], report="fallout", steps=steps, **{"range": THREE_DAYS, **asked}):
        if row["row_kind"] in ("between", "after"):
            found.setdefault((row["row_kind"], row["step"]), []).append((row["step_item"] or row["item_kind"], row[counted]))
    return found


def test_f12_between_counts_who_has_a_value_after_a_step_and_before_the_next_one():
    found = around(way("xaxxyb"), way("axbzc"), way("ab"), way("axz"), steps=ABC)
    assert found["between", 1] == [("x", 2), ("y", 1), ("nothing", 1)]
    assert found["between", 2] == [("z", 1), ("nothing", 0)]


def test_f12_after_is_the_next_event_of_who_goes_no_further():
    found = around(way("axb"), way("axy"), way("a"), way("xayz"), way("bx"), way("abyc"), way("abz"), steps=ABC)
    assert found["after", 1] == [("x", 1), ("y", 1), ("exit", 1)]
    assert found["after", 2] == [("z", 1), ("exit", 1)]
    assert ("after", 3) not in found


def test_f12_the_reported_chain_has_the_latest_start():
    assert around(way("axayb"))["between", 1] == [("y", 1), ("nothing", 0)]
    assert around(way("axayb"), window_start="first")["between", 1] == [("a", 1), ("x", 1), ("y", 1), ("nothing", 0)]
    assert around(way("axay"))["after", 1] == [("x", 1), ("exit", 0)]  # of a level the first chain that reaches it is reported


def test_f12_shares_are_of_who_goes_on_and_of_who_does_not():
    rows = rows_of([way("axb"), way("ab"), way("ay"), way("a"), way("a"), way("a")], report="fallout", steps=ABC[:2], between="page", after="page")
    assert [(row["row_kind"], row["step_item"], row["percent_of_step"]) for row in rows if row["row_kind"] != "step"] == [
        ("between", "x", 0.5), ("between", None, 0.5), ("after", "y", 0.25), ("after", None, 0.75),
    ]  # fmt: skip
    assert [row["row_kind"] for row in rows[:2]] == ["step", "step"]
    assert {row["breakdown"] for row in rows} == {None}
    assert {row["step_name"] for row in rows[2:]} == {"page a"}


def test_nobody_is_a_share_of_nobody():
    rows = rows_of([way("x")], report="fallout", steps=ABC[:2], between="page", after="page")
    assert [(row["item_kind"], row["people"], row["percent_of_step"]) for row in rows[2:]] == [("nothing", 0, None), ("exit", 0, None)]
    empty = rows_of([], report="fallout", steps=ABC[:2], between="page")
    assert [(row["row_kind"], row["item_kind"], row["people"]) for row in empty] == [("step", None, 0), ("step", None, 0), ("between", "nothing", 0)]


def test_an_event_without_a_value_is_one_or_is_passed_over():
    found = around(way("a.b"), way("a.x"), way("a."))
    assert found == {("between", 1): [("No value", 1), ("nothing", 0)], ("after", 1): [("No value", 2), ("exit", 0)]}
    over = {"dimension": "page", "include_no_value": False}
    found = around(way("a.b"), way("a.x"), way("a."), between=over, after=over)
    assert found == {("between", 1): [("nothing", 1)], ("after", 1): [("x", 1), ("exit", 1)]}


def test_the_dimension_says_whether_events_without_a_value_are_passed_over():
    hides = {"dimensions": {"page": {"field": "page", "no_value": {"label": "None", "show": False}}, "sku": "items[].sku"}}
    assert around(way("a.x"), view=hides)["after", 1] == [("x", 1), ("exit", 0)]
    shows = {"dimension": "page", "include_no_value": True}
    assert around(way("a.x"), view=hides, after=shows)["after", 1] == [("None", 1), ("exit", 0)]


def test_t4_values_are_ranked_and_the_rest_is_other():
    persons = [way(f"a{name}b") for name in "xxyyz"]
    rows = rows_of(persons, report="fallout", steps=ABC[:2], between={"dimension": "page", "items": 1})
    assert [(row["item_kind"], row["step_item"], row["pooled_items"], row["people"], row["percent_of_step"]) for row in rows[2:]] == [
        ("item", "x", 1, 2, 0.4), ("other", None, 2, 3, 0.6), ("nothing", None, None, 0, 0),
    ]  # fmt: skip


def test_t4_equal_values_stand_in_the_order_of_their_texts():
    persons = [way(f"a{name}") for name in "zywxvuts"]
    assert around(*persons, after={"dimension": "page", "items": 7})["after", 1] == [*((name, 1) for name in "stuvwxy"), ("other", 1), ("exit", 0)]


def test_t4_how_many_are_in_other_is_not_known_where_somebody_has_several_values():
    rows = rows_of([way("axyb"), way("axb"), way("ab")], report="fallout", steps=ABC[:2], between={"dimension": "page", "items": 1})
    assert [(row["item_kind"], row["pooled_items"], row["people"], row["percent_of_step"]) for row in rows[2:]] == [
        ("item", 1, 2, 2 / 3), ("other", 1, None, None), ("nothing", None, 1, 1 / 3),
    ]  # fmt: skip


def test_each_of_several_values_of_an_event_counts_once():
    event = (MINUTE, {"sku": ["s", "t", "s"]})
    assert around([page(0, "a"), event, page(2 * MINUTE, "b")], between="sku")["between", 1] == [("s", 1), ("t", 1), ("nothing", 0)]
    assert around([page(0, "a"), page(1, "x"), event], after="sku")["after", 1] == [("No value", 1), ("exit", 0)]
    over = {"dimension": "sku", "include_no_value": False}
    assert around([page(0, "a"), page(1, "x"), event], after=over)["after", 1] == [("s", 1), ("t", 1), ("exit", 0)]


def test_p7_values_that_last_are_not_looked_at():
    lasting = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "person"}}, "sku": "items[].sku"}}
    steps = [{**step, "model": "instance"} for step in ABC[:2]]
    found = around(way("a.b"), way("a."), view=lasting, steps=steps)
    assert [found["between", 1][0][0], found["after", 1][0][0]] == ["No value", "No value"]


def test_one_event_that_is_two_steps_has_nothing_between():
    both = [{"dimension": "page", "exists": True}, {"dimension": "page", "equals": "b"}]
    assert around(way("b"), steps=both, one_event_one_step=False)["between", 1] == [("nothing", 1)]


def test_f4_a_step_in_grace_has_nothing_between_and_after_is_after_all_of_the_chain():
    found = around(way("bxa", gap=100), steps=ABC[:2], ties="grace(1 second)")
    assert found["between", 1] == [("nothing", 1)]
    found = around(way("bxay", gap=100), steps=ABC, ties="grace(1 second)")
    assert found["after", 2] == [("y", 1), ("exit", 0)]


def test_f3_the_very_next_event_has_nothing_before_it():
    steps = [ABC[0], {**ABC[1], "next": True}, ABC[2]]
    found = around(way("abxc"), steps=steps)
    assert (found["between", 1], found["between", 2]) == ([("nothing", 1)], [("x", 1), ("nothing", 0)])


def test_f10_an_attempt_may_be_followed_by_the_next_one():
    asked = {"count": "attempts", "window_start": "first", "window": "1 hour"}
    found = around([*way("ax"), *way("ayb", start=2 * HOUR), *way("a", start=5 * HOUR)], [*way("a"), *way("a", start=2 * HOUR)], **asked)
    assert found["between", 1] == [("y", 1), ("nothing", 0)]
    assert found["after", 1] == [("a", 1), ("x", 1), ("exit", 2)]


def test_within_sessions_what_comes_later_is_not_next():
    person = [*way("a"), *way("x", start=2 * HOUR), *way("ay", start=4 * HOUR)]
    assert around(person, container="session")["after", 1] == [("y", 1), ("exit", 1)]
    assert around(person)["after", 1] == [("x", 1), ("exit", 0)]
    assert around(way("a"), way("x"))["after", 1] == [("exit", 1)]


def test_what_a_segment_hides_is_not_told():
    hidden = {"container": "event", "where": {"dimension": "page", "does_not_equal": "x"}}
    found = around(way("axyb"), way("axz"), segments=[hidden])
    assert found == {("between", 1): [("y", 1), ("nothing", 0)], ("after", 1): [("z", 1), ("exit", 0)]}


@pytest.mark.parametrize(
    ("t", "asked", "told"),
    [
        (AFTER - 1, {}, "x"),
        (AFTER, {}, "exit"),
        (AFTER, {"window": "1 hour"}, "x"),
        (AFTER, {"window": "1 hour", "date_rule": "in_range"}, "exit"),
        (AFTER + 30 * MINUTE, {"window": "1 hour"}, "x"),
        (AFTER + 30 * MINUTE + 1, {"window": "1 hour"}, "exit"),
        (AFTER - 1, {"window": "1 minute"}, "x"),
    ],
)
def test_f9_the_next_event_lies_in_the_range_or_after_it_in_the_window(t, asked, told):
    assert around([page(AFTER - 30 * MINUTE, "a"), page(t, "x")], **asked)["after", 1][0] == (told, 1)


def test_f9_what_happens_after_the_range_between_steps_is_told():
    found = around([page(AFTER - 1, "a"), page(AFTER + 1, "x"), page(AFTER + 2, "b")], window="1 hour")
    assert found["between", 1] == [("x", 1), ("nothing", 0)]


def test_who_left_the_report_is_in_no_row():
    asked = {"exclude": [{"dimension": "page", "equals": "x"}], "exclusion": "drop_person", "window_start": "first"}
    found = around(way("axb"), way("axz"), way("ayb"), way("az"), **asked)
    assert found == {("between", 1): [("y", 1), ("nothing", 0)], ("after", 1): [("z", 1), ("exit", 0)]}


def test_one_of_both_is_told_alone_also_beside_periods_and_values():
    assert {kind for kind, _ in around(way("axb"), after=None)} == {"between"}
    rows = rows_of([way("axb")], report="fallout", steps=ABC[:2], between="page", trend="day", breakdown="page", times=True, range=THREE_DAYS)
    assert [*dict.fromkeys(row["row_kind"] for row in rows)] == ["step", "step_over_time", "mean_of_rates", "between"]
    assert (rows[-2]["label"], rows[-2]["breakdown"], rows[-2]["mean_seconds_from_first"]) == (None, None, None)
    assert [*rows[0]][-4:] == ["item_kind", "step_item", "pooled_items", "percent_of_step"]
