"""`cja trace`: the events of one person as a report sees them, who gets the credit, and what cells get from the person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cja_spark import plan
from cja_spark.errors import ConfigurationError, InputError
from cja_spark.lake import Lake
from cja_spark.reports.table import Table
from cja_spark.tracing import trace
from cja_spark.view.attribution import Attribution
from tests.unit.reports.world import START, events_of, fill, project_of

SAME = Attribution(model="same_touch")
JANUARY = {"from": START.date(), "to": START.date()}
VIEW = {
    "time_zone": "America/New_York",
    "currency": "USD",
    "max_events": 5,
    "derived": {"next_page": [{"function": "next_or_previous", "input": "page", "direction": "next"}]},
    "dimensions": {
        "page": "page",
        "lasting": {"field": "page", "persistence": {"expiration": "session"}},
        "upper": {"field": "page", "include": {"does_not_equal": "help"}},
        "kind": {"field": "page", "substring": {"regex": {"pattern": "^.", "output": "$&"}}},
        "size": {"field": "load", "buckets": [1, 5]},
        "after": {"derived": "next_page"},
    },
    "metrics": {
        "loads": {"field": "load", "attribution": {"model": "u_shaped"}},
        "once": {"field": "load", "deduplication": {"scope": "person"}},
        "set": {"field": "load", "behavior": "instances"},
        "rate": {"calculate": "loads / events"},
        "helpful": {"calculate": "attributed(loads[helped], linear) / loads + 0 * sessions[helped]", "format": "percent"},
        "pages": {"calculate": "count_distinct(page) / people"},
        "middle": {"calculate": "mean(loads)"},
        "whole": {"calculate": "rate * 2"},
        "gambled": {"calculate": "attributed(loads, algorithmic, game=rate_game) * 1"},
        "money": {"field": "load", "format": "currency"},
    },
    "segments": {
        "helped": {"container": "session", "where": {"dimension": "page", "equals": "help"}},
        "home_then_help": {"container": "person", "include": "only_before", "where": {"then": [{"dimension": "page", "equals": "home"}, {"dimension": "page", "equals": "help"}]}},
    },
}  # fmt: skip
REPORTS = (
    Table(name="pages", dimensions=("page",), metrics=("events",), range=JANUARY, segments=("helped",)),
    Table(name="credited", dimensions=("page", "lasting"), metrics=("loads", "helpful", "rate", "once", "people"), range=JANUARY),
    Table(name="valued", dimensions=("page",), metrics=("loads", "helpful"), range=JANUARY, include_no_value=False),
    Table(name="crossed", dimensions=("page",), across="lasting", metrics=("loads", "events", "people"), range=JANUARY),
    Table(name="crossed_plain", dimensions=("page",), across="lasting", metrics=("events",), range=JANUARY, include_no_value=False),
    Table(name="late", dimensions=("page",), metrics=("events",), range={"from": START.date() + timedelta(days=40), "to": START.date() + timedelta(days=50)}),
    Table(name="next", dimensions=("page",), metrics=("events",), range={"from": START.date() + timedelta(days=1), "to": START.date() + timedelta(days=1)}),
)  # fmt: skip


def event(number, page, load, *, minutes):
    row = list(events_of("ann", 1, START + timedelta(minutes=minutes))[0])
    row[2], row[-3], row[-2], row[-1] = "cookie-1", number, page, load
    return tuple(row)


def hers():
    """The events of ann."""
    return [event(0, "home", None, minutes=0), event(1, None, None, minutes=1), event(2, "help", 2, minutes=2), event(3, "buy", 8, minutes=60)]


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    place = tmp_path_factory.mktemp("trace")
    lake = Lake(spark, str(place / "lake"))
    project = project_of(place, REPORTS, **VIEW)
    fill(lake, hers() + events_of("bob", 2) + events_of("many", 6) + events_of("lots", 700))
    plan.journey(lake, project)
    return lake, project


def column(table, name):
    return table[name].to_pylist()


def test_events_have_what_a_report_sees_of_them(world):
    found = trace(*world, "ann").events
    assert column(found, "event") == [1, 2, 3, 4]
    assert column(found, "time")[0] == "2026-01-05T05:00:00.000-05:00"
    assert column(found, "session") == [1, 1, 1, 2]
    assert column(found, "page") == ["home", None, "help", "buy"]
    assert column(found, "lasting") == ["home", "home", "help", "buy"]
    assert column(found, "lasting_set") == ["home", None, "help", "buy"]
    assert column(found, "loads") == [None, None, 2, 8]
    assert column(found, "helped") == [True, True, True, False]
    assert column(found, "home_then_help") == [True, False, False, False]
    assert found.column_names[-1] == "kept"


def test_values_that_a_report_makes_stand_beside_what_is_stored(world):
    found = trace(*world, "ann", ["page", "upper", "kind", "size", "after", "loads", "once", "set"]).events
    assert [name for name in found.column_names if name.endswith("_stored")] == [
        "upper_stored", "kind_stored", "size_stored", "after_stored", "once_stored", "set_stored",
    ]  # fmt: skip
    assert (column(found, "upper"), column(found, "upper_stored")) == (["home", None, None, "buy"], ["home", None, "help", "buy"])
    assert (column(found, "kind"), column(found, "kind_stored")) == (["h", None, "h", "b"], ["home", None, "help", "buy"])
    assert (column(found, "size"), column(found, "size_stored")) == ([None, None, "1 to 5", "Greater than or equal to 5"], [None, None, "2", "8"])
    assert (column(found, "after"), column(found, "after_stored")) == (["help", None, None, None], ["home", None, "help", "buy"])
    assert (column(found, "set"), column(found, "set_stored")) == ([None, None, 1, 1], [None, None, 2, 8])


def test_m4_an_amount_that_was_dropped_as_sent_again_is_told_by_what_is_stored(world):
    found = trace(*world, "ann", ["once"])
    assert (column(found.events, "once"), column(found.events, "once_stored")) == ([None, None, 2, None], [None, None, 2, 8])
    assert [(row["part"], row["amount"]) for row in found.sums.to_pylist()] == [("once", 2)]


def test_what_is_counted_once_is_1_on_its_first_kept_event(world):
    found = trace(*world, "ann", ["events", "people", "sessions", "first_time_sessions"], report="pages").events
    assert column(found, "events") == [1, 1, 1, None]
    assert column(found, "people") == column(found, "sessions") == column(found, "first_time_sessions") == [1, None, None, None]


def test_a_report_gives_its_range_and_segments(world):
    found = trace(*world, "ann", ["page"], report="pages").events
    assert found.column_names == ["event", "time", "in_range", "session", "page", "kept"]
    assert column(found, "kept") == [True, True, True, False]


def test_a_report_without_names_gives_what_it_shows_and_asks(world):
    found = trace(*world, "ann", report="pages")
    assert found.events.column_names == ["event", "time", "in_range", "session", "page", "events", "helped", "kept"]
    assert (found.range, found.time_zone, found.credits.num_rows) == (("2026-01-05", "2026-01-05"), "America/New_York", 0)
    assert [(row["row_kind"], row["values"], row["amount"]) for row in found.sums.to_pylist()] == [
        ("total", None, 3), ("item", ["No value"], 1), ("item", ["help"], 1), ("item", ["home"], 1),
    ]  # fmt: skip


def test_each_conversion_says_who_gets_its_credit(world):
    found = trace(*world, "ann", ["loads"], credit="page").credits.to_pylist()
    assert [(row["event"], row["amount"], row["touch"], row["values"], row["credit"]) for row in found] == [
        (3, 2, 1, ["home"], 1.0), (3, 2, 3, ["help"], 1.0),
        (4, 8, 1, ["home"], pytest.approx(3.2)), (4, 8, 3, ["help"], pytest.approx(1.6)), (4, 8, 4, ["buy"], pytest.approx(3.2)),
    ]  # fmt: skip
    assert [row["weight"] for row in found] == pytest.approx([0.5, 0.5, 0.4, 0.2, 0.4])
    assert trace(*world, "ann", ["loads"]).credits.num_rows == 0


def test_credit_is_shown_for_each_dimension_and_for_combinations(world):
    found = trace(*world, "ann", ["loads"], credit=["page", "page, lasting"]).credits.to_pylist()
    alone, both = ([row for row in found if row["dimensions"] == names] for names in (["page"], ["page", "lasting"]))
    assert len(alone) == 5
    assert [(row["event"], row["touch"], row["values"]) for row in both[:3]] == [
        (3, 1, ["home", "home"]), (3, 2, ["No value", "home"]), (3, 3, ["help", "help"]),
    ]  # fmt: skip
    assert [row["weight"] for row in both[:3]] == pytest.approx([0.4, 0.2, 0.4])


def test_a1_of_runs_the_first_event_in_the_window_is_the_touch(world):
    lake, project = world
    runs = Attribution(model="linear", touch="runs")
    loads = project.view.metrics["loads"].model_copy(update={"attribution": runs})
    view = project.view.model_copy(update={"metrics": {**project.view.metrics, "loads": loads}})
    found = trace(lake, project.model_copy(update={"view": view}), "bob", ["loads"], credit="upper").credits.to_pylist()
    assert [(row["model"], row["event"], row["touch"], row["values"], row["credit"]) for row in found] == [
        ("linear, touch=runs", 1, 1, ["home"], 1.0), ("linear, touch=runs", 2, 1, ["home"], 1.0),
    ]  # fmt: skip


def test_credit_of_a_conversion_sums_to_its_amount(world):
    found = trace(*world, "bob", ["loads"], credit="upper").credits.to_pylist()
    assert [(row["event"], row["touch"], row["values"], row["credit"]) for row in found] == [(1, 1, ["home"], 1.0), (2, 1, ["home"], 0.5), (2, 2, ["home"], 0.5)]


def test_a5_a_conversion_that_no_value_came_before_goes_to_no_value(world):
    lake, project = world
    loads = project.view.metrics["loads"].model_copy(update={"attribution": SAME})
    view = project.view.model_copy(update={"metrics": {**project.view.metrics, "loads": loads}})
    other = project.model_copy(update={"view": view})
    found = trace(lake, other, "ann", ["loads"], credit="upper").credits.to_pylist()
    assert [(row["event"], row["touch"], row["values"], row["weight"], row["credit"]) for row in found] == [
        (3, None, ["No value"], 1.0, 2.0), (4, 4, ["buy"], 1.0, 8.0),
    ]  # fmt: skip


def test_a6_what_a_rate_game_gives_is_not_told_by_one_person(world):
    found = trace(*world, "ann", ["gambled"], credit="page")
    assert {(row["metric"], row["model"], row["weight"], row["credit"]) for row in found.credits.to_pylist()} == {
        ("attributed(loads, algorithmic, game=rate_game)", "algorithmic, game=rate_game", None, None)
    }
    sums = found.sums.to_pylist()
    assert next((row["row_kind"], row["amount"]) for row in sums if row["part"] != "gambled") == ("total", 10)
    assert {row["amount"] for row in sums if row["row_kind"] == "item"} == {None}


def test_a_calculated_metric_shows_its_parts(world):
    found = trace(*world, "ann", ["helpful"], credit="page")
    assert found.events.column_names == ["event", "time", "in_range", "session", "page", "loads", "sessions", "helped", "kept"]
    assert found.formulas == {"helpful": VIEW["metrics"]["helpful"]["calculate"]}
    assert {row["metric"] for row in found.credits.to_pylist()} == {"attributed(loads, linear)[helped]", "loads"}
    total = [row for row in found.sums.to_pylist() if row["row_kind"] == "total"]
    assert [(row["part"], row["amount"]) for row in total] == [
        ("attributed(loads, linear)[helped]", 2), ("loads", 10), ("sessions[helped]", 1), ("helpful", 0.2),
    ]  # fmt: skip
    home = {row["part"]: row["amount"] for row in found.sums.to_pylist() if row["values"] == ["home"]}
    assert home == pytest.approx({"attributed(loads, linear)[helped]": 1, "loads": 4.2, "sessions[helped]": 1, "helpful": 1 / 4.2})


def test_metrics_made_of_calculated_ones_name_all_formulas(world):
    found = trace(*world, "ann", ["whole", "pages"])
    assert found.formulas == {"whole": "rate * 2", "rate": "loads / events", "pages": "count_distinct(page) / people"}
    assert "page" in found.events.column_names
    assert {(row["metric"], row["part"]): row["amount"] for row in found.sums.to_pylist()} == {
        ("whole", "loads"): 10, ("whole", "events"): 4, ("whole", "whole"): 5, ("pages", "count_distinct(page)"): 3, ("pages", "people"): 1,
        ("pages", "pages"): 3,
    }  # fmt: skip


def test_rows_of_a_report_are_told_also_of_names_that_do_not_name_its_dimension(world):
    found = trace(*world, "ann", ["set"], report="pages")
    assert "page" not in found.events.column_names
    rows = {(row["row_kind"], *(row["values"] or ()), row["part"]): row["amount"] for row in found.sums.to_pylist() if row["metric"] == "set"}
    assert rows == {("total", "set"): 1, ("item", "help", "set"): 1}


def test_functions_over_rows_are_not_told_by_one_person(world):
    found = {row["part"]: row["amount"] for row in trace(*world, "ann", ["middle"]).sums.to_pylist()}
    assert found == {"loads": 10, "middle": None}


def test_standard_components_are_shown_too(world):
    standard = trace(*world, "ann", ["loads", "event_depth", "time_spent_seconds"], credit="event_depth")
    assert column(standard.events, "event_depth") == ["1", "2", "3", "1"]
    assert column(standard.events, "time_spent_seconds") == [60, 60, None, None]
    assert standard.units == {"time_spent_seconds": "seconds"}
    assert trace(*world, "ann", ["helpful", "money"]).units == {"money": "USD", "helpful": "1 is 100 %"}


def test_a_reader_is_told_what_a_report_leaves_out(world):
    assert trace(*world, "ann", report="pages").notes == ()
    assert trace(*world, "many", ["page"]).notes == ("reports leave this person out: more than 5 events (max_events)",)
    assert trace(*world, "bob", ["page"], report="pages").notes == ("the segments keep no event of the range",)
    assert trace(*world, "bob", ["page"], report="next").notes == ("no event lies in the range; those that are shown come before it",)


def test_an_unknown_name_is_told(world):
    with pytest.raises(ConfigurationError, match="No component named 'pgae'. Did you mean 'page'"):
        trace(*world, "ann", ["pgae"])


@pytest.mark.parametrize(
    ("person", "asked", "said"),
    [
        ("eve", {}, "No person 'eve' in the journeys of view 'small'. It is written as events have it"),
        ("Ann ", {}, "No person 'Ann ' in the journeys of view 'small'. Did you mean 'ann'?"),
        ("mnay", {}, "Did you mean 'many'?"),
        ("cookie-1", {}, "It is a persistent ID of 'ann'."),
        ("ann", {"report": "late"}, "person 'ann' has no event in what the trace reads, from 2026-02-13 to 2026-02-24; its 4 events lie from "
                                    "2026-01-05 to 2026-01-05. Name a report of those days"),
    ],
)  # fmt: skip
def test_a_person_who_is_not_there_is_told_with_what_is(world, person, asked, said):
    with pytest.raises(InputError) as caught:
        trace(*world, person, **asked)
    assert said in str(caught.value)


def test_more_credits_than_can_be_read_are_refused(world):
    with pytest.raises(InputError, match="a trace shows 200,000 credits at most. Name fewer metrics, or a report with a shorter range."):
        trace(*world, "lots", ["loads"], credit="page")
    assert trace(*world, "lots", ["loads"]).events.num_rows == 700
