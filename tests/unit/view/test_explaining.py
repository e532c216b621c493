"""docs/explaining.md: what `cja explain component` prints of its view; and of dimensions, metrics and derived fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.cli import main
from cja_spark.errors import ConfigurationError
from cja_spark.view.spec import STANDARD_METRICS, View
from cja_spark.view.standard import STANDARD_DIMENSIONS, TIMES
from cja_spark.words.component import explain_component
from tests.unit.view.explained import CALLED, A, said

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "explaining.md").read_text(encoding="utf-8").split("## One person's journey")[0]
PRINTED = re.findall(r"```text\n(.*?)\n```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("printed", PRINTED, ids=lambda text: text.splitlines()[0])
def test_the_guide_shows_what_is_printed(printed):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    name = re.search(r"'(\w+)'", printed)[1]
    assert explain_component(View.model_validate(yaml.safe_load(written)), name) == printed
    assert len(PRINTED) == 4


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
        ({"field": "a", "no_value": {"as_value": True}}, "events without a value have 'No value' as their value"),
        ({"field": "a", "no_value": {"label": "Other", "as_value": True}}, "events without a value have 'Other' as their value"),
        ({"field": "a", "no_value": "Other"}, "the row of events without a value is called 'Other'"),
        ({"field": "a", "no_value": {"label": "Other", "show": False}}, "leave the row 'Other' out, unless they say include_no_value; the total of a table, or"),
        ({"field": "a", "no_value": {"show": False}}, "leave the row 'No value' out"),
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


BOUND = {"binding": "b", "expiration": "person"}


@pytest.mark.parametrize(
    ("persistence", "words"),
    [
        ({}, "events that set none have the value that was set last, to the end of the session"),
        ({"expiration": {"metric": "m"}}, "have the value that was set last, up to the event that carries 'm', which still has it"),
        ({"allocation": "original"}, "every event has the value that was set first, also one that sets another, to the end of the session"),
        ({"allocation": "original", "expiration": "30 days"}, "for 30 days after it was set; the next one set after that is the new first one"),
        ({"allocation": "original", "expiration": {"metric": "m"}}, "which still has it; the next one set after that is the new first one"),
        ({"allocation": "all"}, "every event has all values set so far, its own included, to the end of the session"),
        ({"allocation": "first_known"}, "every event has the first value of its whole session, also events before that and events that set another"),
        ({"allocation": "last_known", "expiration": "person"}, "every event has the last value of its person's whole scope (the report's person_scope), also events before that and"),
        ({"allocation": "last_known", "expiration": "30 days"}, "has the last value of its person since 30 days before the report's range began, also"),
        (BOUND, "events that set none have the value that was set last with the same 'b', as long as the person's scope (the report's person_scope); one without a 'b' has what it sets itself"),
        ({**BOUND, "allocation": "original"}, "every event with a 'b' has the value that was set first with the same 'b', also one that sets another, as long as"),
        ({**BOUND, "allocation": "all"}, "every event with a 'b' has all values set so far with the same 'b', its own included, as long as"),
        ({**BOUND, "allocation": "first_known"}, "every event with a 'b' has the first value set with the same 'b' of its person's whole scope"),
        ({**BOUND, "binding_metric": "m", "allocation": "last_known"}, "was bound to its 'b' last in its person's whole scope (the report's person_scope), also before that"),
        ({**BOUND, "binding_metric": "m"}, "events that carry 'm' bind their value, or the one that lasts without binding, to the 'b' of their items; an item has the value that was bound to its 'b' last, as long"),
        ({**BOUND, "binding_metric": "m", "allocation": "original"}, "bound to its 'b' first, also after another one was bound, as long"),
    ],
)  # fmt: skip
def test_what_lasts_is_told_as_p1_to_p6_have_it(persistence, words):
    told = said("dimensions", {"field": "a", "persistence": persistence})
    assert words in told
    assert ("set none" in told) == (persistence.get("allocation", "most_recent") == "most_recent" and "binding_metric" not in persistence)


@pytest.mark.parametrize(
    ("persistence", "words"),
    [
        ({"allocation": "original"}, "to the end of the session; what the items of one event set is one list, which every item of another has; without items there is none"),
        (BOUND, "items that set none have the value that was set last with the same 'b'"),
        ({**BOUND, "allocation": "original"}, "every item with a 'b' has the value that was set first with the same 'b'"),
    ],
)  # fmt: skip
def test_what_lasts_of_items_is_told_of_items(persistence, words):
    assert words in said("dimensions", {"field": "items[].a", "persistence": persistence})


def test_a_value_that_does_not_last_is_not_said_to():
    assert "last" not in said("dimensions", {"field": "a"})


@pytest.mark.parametrize(
    ("attribution", "words"),
    [
        ({}, "credited by last touch to the values set by the same person in the 30 days up to the event"),
        ({"model": "linear", "container": "session"}, "credited by linear to the values set in the same session up to the event"),
        ({"model": "linear", "container": "session", "lookback": "1 hour"}, "set in the same session in the 1 hour up to the event"),
        ({"model": "linear", "lookback": "none"}, "set by the same person since the report's person_scope began, up to the event"),
        ({"model": "same_touch"}, "credited by same touch to the values that the event itself sets"),
        ({"model": "same_touch", "touch": "runs"}, "that the event itself sets; of the same value in a row the first counts"),
        ({"model": "linear", "touch": "runs"}, "in the 30 days up to the event; of the same value in a row the first counts"),
        ({"model": "custom", "weights": {"first": 3, "middle": 1.5, "last": 2}}, "credited by custom weights (first 3, middle 1.5, last 2) to"),
        ({"model": "inverse_j"}, "credited by inverse j (first 60, middle 20, last 20) to"),
        ({"model": "time_decay"}, "credited by time decay with a half-life of 1 week to"),
        ({"model": "time_decay", "half_life": "36 hours"}, "credited by time decay with a half-life of 36 hours to"),
        ({"model": "algorithmic"}, "credited by algorithmic (a sum game: equal parts to different values) to"),
        ({"model": "algorithmic", "game": "rate_game"}, "credited by algorithmic (a rate game: what their values add to the share that converts) to"),
    ],
)  # fmt: skip
def test_the_credit_of_each_model_is_told(attribution, words):
    told = said("metrics", {"field": "a", "attribution": attribution})
    assert "in a table amounts are credited by " in told
    assert words in told


@pytest.mark.parametrize(
    ("calculate", "words"),
    [
        ("x / sessions", "'x' is summed, deduplicated (the last one per person and 'i'), in a table credited by linear to the values set by the same person in the 30 days up to"),
        ("attributed(x, first_touch) / 2", "'x' is summed, deduplicated (the last one per person and 'i'), in a table credited by first touch to"),
        ("people[b]", "'people' are counted, each once per row and once for the total, on events of b"),
        ("return_sessions", "'return_sessions' are counted, each once per row and once for the total"),
        ("bounces / sessions", "'bounces' are counted\n"),
        ("time_spent_seconds", "'time_spent_seconds' is summed\n"),
        ("plain", "'plain' is summed\n"),
        ("seen + plain", "'seen' is summed, of amounts that meet all: [more_than: 3], 1 for each value that is set\n"),
        ("won[b] / plain", "'won' is summed on events of b, 1 for each value that is true, deduplicated (the first one per session)\n"),
        ("daily / plain", "'daily' is summed, deduplicated (the first one per person within 1 day)\n"),
        ("either / plain", "'either' is summed, 1 for each value that is true or false\n"),
        ("count_distinct(page)", "the distinct values of 'page' are counted"),
    ],
)  # fmt: skip
def test_the_parts_of_a_formula_are_counted_or_summed_and_say_how_they_are_credited(calculate, words):
    x = {"field": "a", "attribution": {"model": "linear"}, "deduplication": {"scope": "person", "id": "i", "keep": "last"}}
    more = {
        "seen": {"field": "b", "behavior": "instances", "include": {"more_than": 3}}, "plain": {"field": "b", "behavior": "values"},
        "won": {"field": "w", "values_to_count": True, "deduplication": {}}, "either": {"field": "w", "values_to_count": "both"},
        "daily": {"field": "w", "deduplication": {"scope": "person", "within": "1 day"}},
    }  # fmt: skip
    metrics = {"x": x, **more, "c": {"calculate": calculate}}
    view = View.model_validate({"name": "v", "metrics": metrics, "dimensions": {"page": "page"}, "segments": {"b": {"where": A}}})
    assert words in explain_component(view, "c")


@pytest.mark.parametrize("kind", [{"field": "a"}, {"calculate": "events"}, {"summary": "costs.spend"}])
@pytest.mark.parametrize(
    ("own", "of_view", "words"),
    [("EUR", "USD", "money in EUR, its own currency,"), (None, "USD", "money in USD, the view's currency,"), (None, None, "money of no known currency,")],
)
def test_money_says_its_currency(kind, own, of_view, words):
    assert words in said("metrics", {**kind, "format": "currency", "currency": own}, currency=of_view)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ({"field": "a", "behavior": "instances"}, "each value that is set counts 1, also 0"),
        ({"field": "a", "behavior": "instances", "include": {"contains": "x"}}, "amounts that do not meet all: [contains: x] are not set"),
        ({"field": "a", "format": "currency", "decimals": 2}, "it is shown as money of no known currency, with 2 decimals; an upward trend is good"),
        ({"calculate": "events / people", "upward_trend": "bad"}, "it is shown as a number, with 2 decimals; an upward trend is bad"),
        ({"field": "a", "values_to_count": False}, "each value that is false counts 1"),
        ({"field": "a", "include": {"more_than": 5}}, "amounts that do not meet all: [more_than: 5] are not set"),
        ({"field": "a", "deduplication": {"keep": "last"}}, "of the events of one session that carry it the last one counts"),
        ({"field": "a", "deduplication": {"within": "10 days"}}, "carry it the first one counts, the others up to 10 days from it are not set"),
        ({"field": "a", "attribution": {"model": "u_shaped", "lookback": "7 days"}}, "credited by u shaped (first 40, middle 20, last 40) to the values set by the same person in the 1 week up to the event"),
        ({"calculate": "events[buyers] / total(events)"}, "'events' are counted on events of buyers"),
        ({"calculate": "sample_variance(events[buyers], people)"}, "what each person has of 'events' is squared and summed on events of buyers"),
        ({"field": "a", "external_id": "orders_of_shop"}, "its column in the lake's table of a report is called 'orders_of_shop'"),
        ({"calculate": "events", "external_id": "Hits"}, "its column in the lake's table of a report is called 'Hits'"),
        ({"calculate": "events[buyers] / total(events)"}, "events[buyers] / total(events) is computed from the sums"),
    ],
)  # fmt: skip
def test_each_setting_of_a_metric_is_said(metric, words):
    assert words in said("metrics", metric, segments={"buyers": {"where": {"metric": "events", "at_least": 1}}})


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        ({"field": "a"}, "the field 'a' of hits is stored, one value per hit"),
        ({"lookup": "catalogue.category"}, "by the key that matches the hit"),
        ({"profile": "crm.tier"}, "'crm.tier' of the visitor's profile is stored, one value per visitor"),
        ({"derived": "next"}, "looks at the other hits of the visit, after visits and deduplication: "),
        ({"field": "a", "persistence": {"allocation": "original", "expiration": "person"}}, "every hit has the value that was set first, also one that sets another, as long as the visitor's scope"),
        ({"field": "a", "persistence": {}}, "hits that set none have the value that was set last, to the end of the visit"),
        ({"field": "a", "persistence": {"allocation": "last_known"}}, "the last value of its whole visit, also hits before that"),
        ({"field": "a", "persistence": {"expiration": {"metric": "m"}}}, "up to the hit that carries 'm'"),
        ({"field": "a", "persistence": {}}, "segments hide hits after that: a hidden hit may have set a value that lasts"),
        ({"field": "a", "no_value": {"as_value": True}}, "hits without a value have 'No value' as their value"),
    ],
)  # fmt: skip
def test_dimensions_are_told_with_the_views_names(dimension, words):
    derived = {"next": [{"function": "next_or_previous", "input": "page", "direction": "next"}]}
    told = said("dimensions", dimension, derived=derived, containers=CALLED)
    assert words in told
    assert not re.search(r"\b(session|person|event)s? ", re.sub(r"next_or_previous.*", "", told))


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ({"field": "a", "deduplication": {}}, "of the hits of one visit that carry it the first one counts"),
        ({"field": "a", "deduplication": {"scope": "person", "id": "i"}}, "of the hits of one visitor and 'i' that carry it the first one counts, the others are not set; those without 'i' all count"),
        ({"field": "a", "attribution": {"lookback": "1 month"}}, "to the values set by the same visitor in the 1 month up to the hit"),
        ({"field": "a", "attribution": {"container": "session"}}, "to the values set in the same visit up to the hit"),
        ({"field": "a"}, "amounts go to the values that their hit has"),
        ({"derived": "days"}, "looks at the first date of the visitor and at now, which is that of the newest hit, after visits and deduplication: "),
        ({"calculate": "sample_variance(events, people)"}, "what each visitor has of 'events' is squared and summed"),
        ({"calculate": "people[buyers]"}, "'people' are counted, each once per row and once for the total, on hits of buyers"),
        ({"summary": "costs.spend"}, "they have no visitor and no visit"),
    ],
)  # fmt: skip
def test_metrics_are_told_with_the_views_names(metric, words):
    derived = {"days": [{"function": "date_math", "start": {"input": "t", "scope": "person"}, "end": "now"}]}
    assert words in said("metrics", metric, segments={"buyers": {"where": A}}, derived=derived, containers=CALLED)


@pytest.mark.parametrize("name", [*STANDARD_METRICS, *STANDARD_DIMENSIONS])
def test_each_standard_component_is_told_in_one_sentence(name):
    kind = "metric" if name in STANDARD_METRICS else "dimension"
    told = explain_component(View(name="v", time_zone="America/New_York", containers=CALLED), name)
    assert re.fullmatch(rf"'{name}' is a standard {kind} of every view: [^.{{}}]+\.", told)
    assert not re.search(r"\b(sessions?|persons?|events?)\b", told.split(": ", 1)[1])
    assert ("America/New_York" in told) == (name in TIMES)


@pytest.mark.parametrize(
    ("calendar", "name", "words"),
    [
        ("gregorian", "week", "with Monday as its first day"), ({"week_start": "sunday"}, "week", "with Sunday as its first day"),
        ("4-5-4", "week", "with Sunday as its first day"), ("gregorian", "week_of_year", "from 1, the first with at least four days in it"),
        ("4-5-4", "week_of_year", "in its year of the view's calendar, from 1, in UTC"),
        ("gregorian", "sessions", "the sessions with some event of the report's range in the row are counted, each once per row and once for the total"),
        ("gregorian", "first_time_sessions", "whose person has no event in the 13 months before the range"),
        ("gregorian", "time_spent_seconds", "the last one of a session has none"),
    ],
)  # fmt: skip
def test_standard_components_are_told_as_the_rules_have_them(calendar, name, words):
    assert words in explain_component(View.model_validate({"name": "v", "calendar": calendar}), name)


def test_an_unknown_component_is_none():
    with pytest.raises(ConfigurationError, match="No component named 'sesions'. Did you mean 'sessions'?"):
        explain_component(View(name="v"), "sesions")


def test_the_verb_needs_no_lake(capsys):
    assert main(["explain", "component", "orders", "--project", str(ROOT / "conf" / "demo")]) == 0
    assert "the field 'commerce.purchases.value' of events" in capsys.readouterr().out
    assert main(["explain", "component", "ordres", "--project", str(ROOT / "conf" / "demo")]) == 2
    assert "Did you mean 'orders'?" in capsys.readouterr().err


def test_explain_component_asks_for_a_name(capsys):
    assert main(["explain", "component", "--project", "conf/demo"]) == 2
    assert "name the dimension, metric, segment or derived field" in capsys.readouterr().err


def test_the_words_of_a_count_end_without_a_comma():
    view = View.model_validate({"name": "v", "metrics": {"orders": "orders", "rate": {"calculate": "orders / sessions"}}})
    lines = explain_component(view, "rate").splitlines()
    assert lines[2].endswith("each once per row and once for the total")


def test_a_name_in_other_letters_finds_the_right_one():
    view = View.model_validate({"name": "v", "metrics": {"revenue": "revenue"}})
    with pytest.raises(ConfigurationError, match="Did you mean 'revenue'"):
        explain_component(view, "REVENUE")
