"""Attribution by several models on the product's kernel and finish: A1 to A8, T4, V, and what comes before conversions."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.journeys.hashing import value_id
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.attribution_cells import MEMBERS, SETS
from cja_spark.reports.attribution_rows import people_of
from cja_spark.reports.cells import Sums
from cja_spark.reports.kinds import REPORTS
from tests.unit.kernels.by_hand import DAY, HOUR, ask_of, cells_of, page, rows_of

CHANNELS = {"dimensions": {"channel": "channel"}}


def touch(t, channel):
    return (t, {"channel": channel})


def order(t, amount=1.0):
    return (t, {"channel": None, "orders": amount})


def panel(*persons, **asked):
    """The rows of a report of channels."""
    return rows_of([*persons], CHANNELS, **{"report": "attribution", "metric": "orders", "dimension": "channel", **asked})


def of(rows, kind, *names):
    """Rows of a kind by what they are of."""
    texts = ("credited_item", "in_sets", "amount_range")
    return {next((row[text] for text in texts if row[text] is not None), None): tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in rows if row["row_kind"] == kind}


SEARCH_MAIL = [touch(0, "search"), touch(HOUR, "mail"), order(2 * HOUR, 6)]


def test_each_model_credits_the_same_conversions_in_its_own_way():
    rows = panel(SEARCH_MAIL, models=["last_touch", "first_touch", "linear", "participation", "same_touch"])
    names = ("last_touch", "first_touch", "linear", "participation", "same_touch")
    assert of(rows, "item", *names) == {"mail": (6, 0, 3, 6, 0), "search": (0, 6, 3, 6, 0)}
    assert of(rows, "untouched", *names) == {None: (0, 0, 0, 0, 6)}
    assert of(rows, "total", *names) == {None: (6,) * 5}


def test_shares_are_of_the_metric_and_null_where_it_is_0():
    assert of(panel(SEARCH_MAIL), "item", "linear_share") == {"mail": 0.5, "search": 0.5}
    rows = panel([*SEARCH_MAIL, order(3 * HOUR, -6)])
    assert of(rows, "total", "conversion_events", "linear", "linear_share") == {None: (2, 0, None)}


def test_rows_are_sorted_by_the_first_model_then_by_the_bytes_of_the_value():
    some = [[touch(0, name), order(1, amount)] for name, amount in (("b", 2), ("a", 2), ("c", 3), ("d", -1))]
    assert [*of(panel(*some), "item", "people")] == ["c", "a", "b", "d"]
    early = [touch(0, "z"), touch(1, "a"), order(2)]
    assert [*of(panel(early, models=["first_touch", "last_touch"]), "item", "people")] == ["z", "a"]


def test_the_rest_is_one_row_and_null_where_credits_do_not_add_up():
    some = [[touch(0, name), order(1, amount)] for name, amount in (("a", 5), ("b", 2), ("c", 1))]
    rows = panel(*some, rows=1, models=["last_touch", "participation"])
    assert of(rows, "item", "last_touch") == {"a": 5}
    [other] = [row for row in rows if row["row_kind"] == "other"]
    assert (other["last_touch"], other["last_touch_share"], other["participation"], other["conversion_events"], other["people"]) == (3, 3 / 8, None, None, None)
    assert not [row for row in panel(*some, rows=3) if row["row_kind"] == "other"]


def test_a_value_that_touches_and_is_not_the_last_has_assisted():
    own = [*SEARCH_MAIL, touch(3 * HOUR, "search"), order(4 * HOUR)]
    assert of(panel(own), "item", "conversion_events", "last_touch_events", "people") == {"mail": (2, 1, 1), "search": (2, 1, 1)}


def test_a1_a7_conversions_are_masked_range_events_and_no_segment_hides_a_touch():
    ordered = [touch(-HOUR, "search"), order(0)]
    assert of(panel(ordered), "item", "linear") == {"search": 1}
    rows = panel([touch(0, "search"), order(1, 3), (2, {"channel": None, "page": "home", "orders": 4.0})], segments=[{"where": {"dimension": "page", "equals": "home"}}])
    assert of(rows, "item", "last_touch") == {"search": 4}
    assert of(panel([touch(-DAY, "x"), order(-1)]), "total", "conversion_events", "last_touch") == {None: (0, 0)}


def test_models_take_what_they_do_not_say_from_the_report():
    own = [touch(0, "search"), touch(3 * DAY, "mail"), order(4 * DAY)]
    models = {"first": "first_touch", "of_old": {"model": "first_touch", "lookback": "10 days"}, "visit": {"model": "last_touch", "container": "session", "lookback": None}}
    rows = panel(own, lookback="2 days", models=models)
    assert of(rows, "item", "first", "of_old", "visit") == {"mail": (1, 0, 0), "search": (0, 1, 0)}
    assert of(rows, "untouched", "first", "of_old", "visit") == {None: (0, 0, 1)}
    assert of(rows, "item", "conversion_events", "people") == {"mail": (1, 1), "search": (0, 0)}
    hows = AttributionPanel(metric="orders", dimension="channel", lookback="2 days", touch="runs", models=models).hows()
    assert [(how.container, str(how.looks_back()), how.touch) for how in hows.values()] == [("person", "2 days, 0:00:00", "runs"), ("person", "10 days, 0:00:00", "runs"), ("session", "None", "runs")]


def test_the_lookback_is_inclusive_to_the_millisecond():
    for late, said in ((0, {"search": 1}), (1, {})):
        assert of(panel([touch(0, "search"), order(DAY + late)], lookback="1 day"), "item", "people") == said


def test_v_sets_are_of_people_by_all_that_touched_them_before_any_conversion():
    both = [touch(0, "a"), order(1), touch(2, "b"), order(3)]
    later = [order(0), touch(1, "a"), touch(2, "b")]
    rows = panel(both, [touch(0, "a"), order(1, 9)], [touch(0, "c"), order(1, 2)], later, overlap=2)
    assert of(rows, "set", "people", "only_people") == {"a": (2, 2), "c": (1, 1)}
    assert of(rows, "overlap", "people") == {}
    assert of(rows, "none", "people", "only_people") == {None: (1, 1)}
    assert of(panel(both, overlap=3), "overlap", "set_mask", "people", "only_people") == {"a & b": (3, 1, 1)}


def of_sets(*persons, **asked):
    """The cells of sets: how many people have each, and how many values are told of all of them."""
    sums = Sums(cells_of([*persons], CHANNELS, **{"report": "attribution", "metric": "orders", "dimension": "channel", **asked}))
    return sorted(sums.by_key(SETS, 2).values()), len(sums.by_key(MEMBERS, 3))


def test_l2_where_some_values_are_told_apart_sets_are_of_these_alone():
    some = [[touch(0, "a"), touch(1, "b"), touch(2, "c"), order(3, 9)], [touch(0, "b"), order(1)]]
    shown, kinds = {0: np.array([value_id("c"), value_id("b")], np.int64)}, ("set", "overlap", "none")
    assert [row for row in panel(*some, overlap=2, items_shown=shown) if row["row_kind"] in kinds] == [row for row in panel(*some, overlap=2) if row["row_kind"] in kinds]
    assert (of_sets(*some), of_sets(*some, items_shown=shown)) == (([1, 1], 4), ([1, 1], 3))


def test_v_people_with_the_same_values_are_of_one_set_however_often_they_were_touched():
    once, twice = [touch(0, "a"), touch(1, "b"), order(2)], [touch(0, "b"), touch(1, "a"), touch(2, "b"), order(3), touch(4, "a"), order(5)]
    assert of_sets(once, twice) == ([2], 2)


def test_a_value_that_only_a_model_of_a_longer_window_credits_is_a_row_also_where_its_credits_cancel():
    own = [touch(0, "old"), order(5 * DAY, 1), order(5 * DAY + 1, -1)]
    rows = panel(own, lookback="1 day", models={"long": {"model": "last_touch", "lookback": "30 days"}})
    assert of(rows, "item", "long", "conversion_events") == {"old": (0, 0)}


def test_numbers_of_touches_and_days_since_the_first_one():
    many = [touch(at * HOUR, "a") for at in range(12)]
    rows = panel([*many[:9], order(20 * HOUR)], [*many[:10], order(20 * HOUR)], [*many, order(DAY - 1)], [touch(0, "a"), order(DAY)], [touch(0, "a"), order(DAY + 1), order(3 * DAY), order(4 * DAY - 1)], [order(5)])
    told = {text: own for text, own in of(rows, "touches", "conversion_events", "people").items() if own[0]}
    assert told == {"0": (1, 1), "1": (4, 2), "9": (1, 1), "10+": (2, 2)}
    told = {text: own for text, own in of(rows, "days", "conversion_events", "people").items() if own[0]}
    assert told == {"< 1": (3, 3), "1": (2, 2), "2-3": (2, 1)}


@pytest.mark.parametrize(("days", "bucket"), [(0, "< 1"), (1, "1"), (2, "2-3"), (4, "4-7"), (7, "4-7"), (8, "8-14"), (15, "15-30"), (30, "15-30"), (31, "31-60"), (61, "61-90"), (91, "91+"), (400, "91+")])
def test_days_are_of_24_hours(days, bucket):
    rows = panel([touch(-days * DAY, "a"), order(0)], lookback="500 days")
    assert [text for text, count in of(rows, "days", "people").items() if count] == [bucket]


def test_days_are_counted_from_the_first_touch():
    rows = panel([touch(0, "a"), touch(3 * DAY, "b"), order(5 * DAY)])
    assert [text for text, count in of(rows, "days", "people").items() if count] == ["4-7"]


def test_of_runs_each_run_is_a_touch():
    own = [touch(0, "a"), touch(1, "a"), touch(2, "b"), order(2 * DAY)]
    rows = panel(own, touch="runs")
    assert [text for text, count in of(rows, "touches", "people").items() if count] == ["2"]
    assert of(rows, "item", "linear") == {"a": 0.5, "b": 0.5}


def test_an_empty_range_and_nobody_have_rows_that_are_0():
    for rows in (panel(), panel([page(0, "home")])):
        assert of(rows, "total", "conversion_events", "people", "linear", "linear_share") == {None: (0, 0, 0, None)}
        assert [row["row_kind"] for row in rows][:3] == ["total", "untouched", "none"]


def whose(*persons, **asked):
    """Per model the people behind each value's credit."""
    given = {"report": "attribution", "metric": "orders", "dimension": "channel", **asked}
    ask, names = ask_of([*persons], CHANNELS, **given)
    sums, kind = Sums(cells_of([*persons], CHANNELS, **given)), REPORTS.named("attribution")
    rows, behind = kind.finish(sums, ask, lambda name, ids: names).to_pylist(), kind.behind(sums, ask, lambda name, ids: names)
    return {name: {row["credited_item"] or row["row_kind"]: count for row, count in zip(rows, own, strict=True) if count is not None} for name, own in behind.items()}


def test_s4_the_people_behind_a_credit_are_those_whose_conversions_give_it():
    weights = {"first": 0, "middle": 1, "last": 0}
    three = [touch(0, "a"), touch(1, "b"), touch(2, "c"), order(3)]
    found = whose(three, [touch(0, "c"), order(1)], [order(0)], models={"last": "last_touch", "first": "first_touch", "even": "linear", "inner": {"model": "custom", "weights": weights}, "all": "participation"})
    assert found[people_of("last")] == {"total": 3, "c": 2, "a": 0, "b": 0, "untouched": 1}
    assert found[people_of("first")] == {"total": 3, "a": 1, "b": 0, "c": 1, "untouched": 1}
    assert found[people_of("even")] == {"total": 3, "a": 1, "b": 1, "c": 2, "untouched": 1}
    assert found[people_of("inner")] == {"total": 3, "a": 0, "b": 1, "c": 1, "untouched": 1}
    assert found[people_of("all", in_full=True)] == {"total": 3, "a": 1, "b": 1, "c": 2, "untouched": 1}


def test_s4_the_rest_is_of_no_more_people_than_its_largest_value():
    some = [[touch(0, name), order(1, 9 - at)] for at, name in enumerate("aabbbc")]
    assert whose(*some, rows=1, models=["last_touch"])[people_of("last_touch")]["other"] == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "people"}, "metric: 'people' is of every event or of sessions and people"),
        ({"metric": "time_spent_seconds"}, "metric: 'time_spent_seconds' is of every event"),
        ({"dimension": "day"}, "dimension: every event has its own 'day'"),
        ({"models": ["linear", "linear"]}, "models: 'linear' is named twice"),
        ({"models": ["linear", {"model": "linear"}]}, "models: a list has names of models alone"),
        ({"models": {"people": "linear"}}, "models: another column is called 'people'"),
        ({"models": {"x": "linear", "x_share": "linear"}}, "models: another column is called 'x' or 'x_share'"),
        ({"models": ["custom"]}, "weights: model: custom needs them"),
        ({"models": []}, "at least 1 item"),
        ({"overlap": 9}, "less than or equal to 8"),
    ],
)
def test_bad_input_is_said(asked, said):
    with pytest.raises(ValidationError, match=said):
        AttributionPanel.model_validate({"metric": "orders", "dimension": "channel", **asked})


def test_a_negative_or_missing_amount_is_as_in_a_table():
    rows = panel([touch(0, "a"), order(1, -2.5), order(2, 0.0), order(3, math.nan)])
    assert of(rows, "item", "linear", "conversion_events") == {"a": (-2.5, 1)}
