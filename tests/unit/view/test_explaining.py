"""docs/explaining.md: what `cja explain component` prints of its view; and of every kind of component and setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.cli import main
from cja_spark.errors import ConfigurationError
from cja_spark.view.spec import View
from cja_spark.words.component import explain_component

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "explaining.md").read_text(encoding="utf-8").split("## One person's journey")[0]
PRINTED = re.findall(r"```text\n(.*?)\n```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("printed", PRINTED, ids=lambda text: text.splitlines()[0])
def test_the_guide_shows_what_is_printed(printed):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    name = re.search(r"'(\w+)'", printed)[1]
    assert explain_component(View.model_validate(yaml.safe_load(written)), name) == printed
    assert len(PRINTED) == 3


def said(kind, component, **view):
    return explain_component(View.model_validate({"name": "v", kind: {"x": component}, **view}), "x")


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        ({"lookup": "catalogue.category"}, "'catalogue.category' is looked up by the key"),
        ({"profile": "crm.tier"}, "one value per person"),
        ({"field": "items[].sku"}, "one value per item of 'items'"),
        ({"field": "a", "lowercase": True}, "values become lower case"),
        ({"field": "a", "substring": {"url": "host"}}, "a part of each value is taken: url: host"),
        ({"field": "a", "substring": {"delimiter": {"by": ",", "array": True}}}, "each part of a value is a value: delimiter: "),
        ({"field": "a", "true_label": "yes"}, "true is shown as 'yes'"),
        ({"field": "a", "buckets": [1, 5]}, "numbers become ranges: edges: [1, 5]"),
        ({"field": "a", "granularity": "week"}, "days are shown by week of the view's calendar"),
        ({"field": "a", "no_value": {"as_value": True}}, "has the label of no value as its value"),
        ({"field": "a", "persistence": {"allocation": "all"}}, "has all values set so far, to the end of the session"),
        ({"field": "a", "persistence": {"expiration": "person", "binding": "b"}}, "set last with the same 'b', as long as the person's scope"),
        ({"field": "a", "persistence": {"expiration": {"metric": "m"}}}, "up to the event that carries 'm'"),
        ({"field": "a", "persistence": {"binding": "b", "binding_metric": "m"}}, "events that carry 'm' bind their value to the 'b' of their items"),
        ({"field": "a", "context": "experiment"}, "functions of experiments know it as the experiment"),
        ({"field": "a", "context": "variant"}, "functions of experiments know it as the variant, also in a table of several dimensions"),
        ({"field": "a", "external_id": "a_of_shop"}, "its column in the lake's table of a report is called 'a_of_shop'"),
        ({"derived": "d"}, "the derived field 'd' is made: lowercase (input: page)"),
        ({"field": "a", "label": "Page", "description": "what was seen"}, "Dimension 'x', shown as 'Page': what was seen"),
    ],
)  # fmt: skip
def test_each_setting_of_a_dimension_is_said(dimension, words):
    derived = {"d": [{"function": "lowercase", "input": "page"}]}
    assert words in said("dimensions", dimension, derived=derived)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ({"field": "a", "behavior": "instances"}, "each value that is set counts 1, also 0"),
        ({"field": "a", "behavior": "instances", "include": {"contains": "x"}}, "amounts that do not meet all: [contains: x] are not set"),
        ({"field": "a", "format": "currency", "decimals": 2}, "it is shown as money, with 2 decimals; an upward trend is good"),
        ({"calculate": "events / people", "upward_trend": "bad"}, "it is shown as a number, with 2 decimals; an upward trend is bad"),
        ({"field": "a", "values_to_count": False}, "each value that is false counts 1"),
        ({"field": "a", "include": {"more_than": 5}}, "amounts that do not meet all: [more_than: 5] are not set"),
        ({"field": "a", "deduplication": {"keep": "last"}}, "of the events of one session that carry it the last one counts"),
        ({"field": "a", "attribution": {"model": "u_shaped", "lookback": "7 days"}}, "credited by u shaped to the values set in the person of the last 1 week before"),
        ({"calculate": "events[buyers] / total(events)"}, "'events' is summed on events of buyers"),
        ({"calculate": "sample_variance(events[buyers], people)"}, "what each of the people has of 'events' is squared and summed on events of buyers"),
        ({"field": "a", "external_id": "orders_of_shop"}, "its column in the lake's table of a report is called 'orders_of_shop'"),
        ({"calculate": "events", "external_id": "Hits"}, "its column in the lake's table of a report is called 'Hits'"),
        ({"calculate": "events[buyers] / total(events)"}, "events[buyers] / total(events) is computed from the sums"),
    ],
)  # fmt: skip
def test_each_setting_of_a_metric_is_said(metric, words):
    assert words in said("metrics", metric, segments={"buyers": {"where": {"metric": "events", "at_least": 1}}})


A, B = {"dimension": "page", "equals": "a"}, {"metric": "orders", "more_than": 2, "less_than": 5}


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        ({"where": {"all": [A, B]}}, "it keeps each event that meets this: (page equals 'a' and orders more than 2 and less than 5)"),
        ({"where": {"any": [A, {"exclude": "x2"}]}}, "(page equals 'a' or not segment 'x2')"),
        ({"container": "person", "where": {"container": "session", "where": B}}, "some session in which orders"),
        ({"where": {"dimension": "page", "equals_any_of": ["a", "b"], "model": "instance"}}, "page equals any of 'a', 'b', as the event itself sets it"),
        ({"where": {"dimension": "page", "exists": False, "model": "non_repeating"}}, "page is not set, as the event newly sets it"),
        ({"where": {"dimension": "page", "distinct": {"at_least": 2}}}, "the number of distinct page at least 2"),
        ({"container": "person", "include": "only_after", "where": {"then": [A, {"after": "2 events", "within": {"dimension": "page"}}, B]}},
         "it keeps events from the last event of the first occurrence on of this: then page equals 'a', after 2 events and within 1 change of page, then orders"),
        ({"container": "person", "where": {"then": [{"exclude": A}, {"logic_group": {"all": [A, B]}}]}}, "without page equals 'a', then (page equals 'a' and, in any order, orders"),
        ({"container": "person", "where": B, "range": "last 30 days"},
         "it looks at events of the last 30 days, also outside the report's range, with sessions and values as a report of these days has them"),
        ({"container": "person", "where": B, "range": "last 1 week"}, "it keeps, of the report's range, all events of each person that meets this: orders"),
        ({"where": A, "range": {"from": "2025-01-01", "to": "2025-01-31"}}, "it looks at events of 2025-01-01 to 2025-01-31, also"),
        ({"where": A, "range": {"from": "2025-01-02", "to": "2025-01-01"}}, "it looks at events of no day, also"),
        ({"container": "person", "where": {"exclude": {"container": "session", "where": A, "range": "last 1 day"}}}, "not some session of the last day in which page equals 'a'"),
    ],
)  # fmt: skip
def test_each_condition_of_a_segment_is_said(segment, words):
    assert words in said("segments", segment)


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        ({"container": "person", "where": {"container": "session", "where": B}}, "all events of each visitor that meets this: some visit in which orders"),
        ({"where": {"all": [A, {"exclude": A}]}}, "it keeps each hit that meets this: (page"),
        ({"container": "person", "where": {"then": [{"container": "session", "where": A}, {"exclude": {"container": "session", "where": B}}]}},
         "then some visit in which page equals 'a', without some visit in which orders"),
    ],
)  # fmt: skip
def test_containers_are_called_as_the_view_calls_them(segment, words):
    assert words in said("segments", segment, containers={"person": "visitor", "session": "visit", "event": "hit"})


def test_the_views_own_segments_come_before_a_reports():
    text = said("segments", {"where": A}, view_segments=[{"where": A}])
    assert text.index("the view's own segments leave out events") < text.index("it keeps")


def test_a_standard_component_is_one_and_an_unknown_one_is_not():
    assert "is a standard metric" in explain_component(View(name="v"), "sessions")
    assert "is a standard dimension" in explain_component(View(name="v"), "session_type")
    with pytest.raises(ConfigurationError, match="No component named 'sesions'. Did you mean 'sessions'?"):
        explain_component(View(name="v"), "sesions")


def test_the_verb_needs_no_lake(capsys):
    assert main(["explain", "component", "orders", "--project", str(ROOT / "conf" / "demo")]) == 0
    assert "the field 'commerce.purchases.value' of events" in capsys.readouterr().out
    assert main(["explain", "component", "ordres", "--project", str(ROOT / "conf" / "demo")]) == 2
    assert "Did you mean 'orders'?" in capsys.readouterr().err


def test_a_derived_field_is_said_function_by_function():
    derived = {
        "low": [{"function": "lowercase", "input": "page"}],
        "area": [
            {"function": "case_when", "cases": [{"when": {"input": {"derived": "low"}, "starts_with": "help"}, "value": "Help"}],
             "otherwise": {"derived": "low"}, "output": "named"},
            {"function": "next_or_previous", "input": {"output": "named"}, "direction": "next"},
        ],
    }  # fmt: skip
    view = View.model_validate({"name": "v", "derived": derived, "dimensions": {"area": {"derived": "area"}, "made": {"derived": "low"}}})
    told = explain_component(view, "low").splitlines()
    assert told == ["Derived field 'low'", "1. when journeys are built: lowercase (input: page)"]
    seen = explain_component(view, "area")
    assert "case_when (cases: [when: input: derived low, starts_with: help, value: 'Help'], otherwise: derived low) as named" in seen
    assert "looks at the other events of the session, after sessions and deduplication: next_or_previous (" in seen


def test_what_another_derived_field_makes_of_other_events_is_said_before():
    derived = {
        "low": [{"function": "lowercase", "input": "page", "output": "x"}, {"function": "depth", "input": {"output": "x"}}],
        "most": [{"function": "summarize", "input": {"derived": "low"}, "how": "max", "scope": "person"}],
    }
    view = View.model_validate({"name": "v", "derived": derived, "metrics": {"most": {"derived": "most"}}})
    lines = explain_component(view, "most").splitlines()
    said = [line.split(": ", 1)[1] for line in lines if "derived field" in line]
    assert said == [
        "the derived field 'low' is made: lowercase (input: page) as x", "the derived field 'most' is made: what a report asks is stored",
        "the derived field 'low' is made, which looks at other events: depth (input: output x)",
        "its derived field looks at the other events of the session and at the other events of the person, after sessions and "
        "deduplication: summarize (input: derived low, scope: person, how: max)",
    ]  # fmt: skip


def test_explain_component_asks_for_a_name(capsys):
    assert main(["explain", "component", "--project", "conf/demo"]) == 2
    assert "name the dimension, metric, segment or derived field" in capsys.readouterr().err
