"""Derived fields in journeys: what builds again, lookups, faults of events that only a build can see."""

from __future__ import annotations

from datetime import date

import pytest

from cja_spark.errors import InputError, MissingColumnError
from cja_spark.frames import report_rows
from cja_spark.journeys.build import build
from cja_spark.journeys.built import definition_of
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.reports.world import START, events_of, fill

DAYS = {"from": date(2026, 1, 5), "to": date(2026, 1, 5)}
MATCHES = {"pages": "page"}


def view(functions, **others):
    return View.model_validate({"name": "v", "buckets": 1, "derived": {"a": functions, **others}, "dimensions": {"a": {"derived": "a"}}})


def test_a_changed_definition_builds_again_and_that_of_an_unused_field_does_not(lake):
    fill(lake, events_of("p1", 3))
    first = [{"function": "lowercase", "input": "page"}]
    other = [{"function": "trim", "input": "page"}]
    assert build(lake, view(first), {}).written == (202601,)
    assert build(lake, view(first, unused=other), {}).written == ()
    assert build(lake, view({"functions": first, "description": "small"}), {}).written == ()
    changed = [{"function": "concatenate", "inputs": ["page", "dataset"], "delimiter": "/"}]
    assert build(lake, view(changed), {}).written == (202601,)
    assert {row["value"] for row in lake.values("v").rows()} == {"home", "home/web"}
    part = [{"function": "lowercase", "input": {"derived": "b"}}]
    assert build(lake, view(part, b=first), {}).written == (202601,)
    assert build(lake, view(part, b=other), {}).written == (202601,)


def test_a_view_without_derived_fields_has_the_definition_that_it_had():
    plain = View.model_validate({"name": "v", "dimensions": {"page": "page"}, "metrics": {"orders": "orders"}})
    assert "formula" not in repr(definition_of(plain, {}))
    assert definition_of(plain, {}) == definition_of(plain.model_copy(update={"derived": view([{"function": "lowercase", "input": "x"}]).derived}), {})


def test_a_report_asks_dates_of_scopes_and_clocks_so_that_nothing_builds_again():
    def digest(**changed):
        waiting = {"function": "date_math", "start": {"input": "seen", "scope": "person"}, "end": "due", **changed}
        return definition_of(View.model_validate({"name": "v", "derived": {"a": [waiting]}, "metrics": {"a": {"derived": "a"}}}), {})

    assert digest() == digest(unit="week") == digest(start={"input": "seen", "scope": "session", "take": "last"})
    assert len({digest(), digest(end="today"), digest(end="sent"), digest(start="seen", end="due")}) == 4


IN_WORDS = [
    {"function": "date_math", "start": date(2026, 1, 1), "end": "today", "output": "x"},
    {"function": "case_when", "cases": [{"when": {"input": {"output": "x"}, "less_than": 7}, "value": "New"}], "otherwise": "Old", "output": "y"},
]
SMALL = {"function": "lowercase", "input": {"output": "y"}}


@pytest.mark.parametrize(("functions", "shown"), [(IN_WORDS, "New"), ([*IN_WORDS, SMALL], "new")])
def test_a_time_that_no_event_says_is_put_in_words(lake, functions, shown):
    events = lake.spark.createDataFrame([("p1", START, "home")], "person_id string, ts timestamp, page string")
    asked = Table(dimensions=("a",), metrics=("people",), range=DAYS, segments=({"where": {"dimension": "a", "starts_with": shown[:2]}},))
    [rows] = report_rows(events, view(functions), [asked])
    assert [(row["a"], row["people"]) for row in rows.collect()] == [(None, 1), (shown, 1)]
    fill(lake, events_of("p1", 1))
    assert build(lake, view(functions), {}).written == (202601,)
    assert {row["value"] for row in lake.values("v").rows()} == {"New", "Old"}


def test_other_words_build_again():
    def digest(word, end):
        clock = [{**IN_WORDS[0], "end": end}, {**IN_WORDS[1], "otherwise": word}]
        return definition_of(view(clock), {})

    assert digest("Old", "today") == digest("Old", "now") != digest("Ancient", "now")
    assert digest("Old", "seen") != digest("Ancient", "seen")


def test_a_lookup_takes_any_key_and_builds_again_when_its_dataset_changes(lake):
    fill(lake, events_of("p1", 2))
    rows = lake.spark.createDataFrame([("home-web", "Start"), ("other", "x")], "key string, name string")
    lake.lookup("pages").overwrite(rows)
    looked = view(
        [
            {"function": "concatenate", "inputs": ["page", "dataset"], "delimiter": "-", "output": "code"},
            {"function": "lookup", "input": {"output": "code"}, "dataset": "pages", "column": "name", "output": "name"},
            {"function": "lowercase", "input": {"output": "name"}},
        ]
    )
    assert build(lake, looked, MATCHES).written == (202601,)
    assert [row["value"] for row in lake.values("v").rows()] == ["start"]
    assert [len(row["t"]) for row in lake.journeys("v").rows()] == [2]
    assert build(lake, looked, MATCHES).written == ()
    lake.lookup("pages").overwrite(rows.replace("Start", "Begin"))
    assert build(lake, looked, MATCHES).written == (202601,)
    with pytest.raises(MissingColumnError, match="derived field 'a': no column 'pages'"):
        build(lake, looked, {})


def test_a_column_of_a_profile_is_on_all_events_of_its_person_and_builds_again_when_it_changes(lake):
    fill(lake, [*events_of("p1", 2), *events_of("p2", 1)])
    rows = lake.spark.sql("SELECT 'p1' AS person_id, named_struct('tier', 'Gold', 'since', DATE '2025-12-31') AS crm")
    lake.profiles.overwrite(rows)
    made = view([{"function": "concatenate", "inputs": [{"profile": "crm.tier"}, "page"], "delimiter": " "}])
    assert build(lake, made, {}).written == (202601,)
    assert {row["value"] for row in lake.values("v").rows()} == {"Gold home", "home"}
    assert sorted(len(row["t"]) for row in lake.journeys("v").rows()) == [1, 2]
    assert build(lake, made, {}).written == ()
    lake.profiles.overwrite(lake.spark.sql("SELECT 'p2' AS person_id, named_struct('tier', 'Blue', 'since', DATE '2025-12-31') AS crm"))
    assert build(lake, made, {}).written == (202601,)
    assert "Blue home" in {row["value"] for row in lake.values("v").rows()}


@pytest.mark.parametrize(
    ("functions", "fault"),
    [
        ([{"function": "lowercase", "input": "pgae"}], "derived field 'a': no column 'pgae'. Did you mean 'page'?"),
        ([{"function": "lowercase", "input": "page.name"}], "derived field 'a': no column 'page.name'"),
        ([{"function": "math", "formula": "x", "inputs": {"x": "ts"}}], "derived field 'a': numbers are expected, and this is timestamp"),
        ([{"function": "date_math", "start": "load", "end": "ts"}], "derived field 'a': dates or times are expected, and this is bigint"),
        ([{"function": "merge_fields", "inputs": ["page", "load"]}], "derived field 'a': the fields are of one type, and these are bigint, string"),
    ],
)  # fmt: skip
def test_what_only_the_events_can_tell_is_an_error_of_the_build(lake, functions, fault):
    fill(lake, events_of("p1", 1))
    with pytest.raises(InputError) as caught:
        build(lake, view(functions), {})
    assert fault in str(caught.value)
    assert lake.journeys("v").version() < 0


def test_reports_on_any_events_have_derived_fields(spark):
    events = spark.createDataFrame([("p1", START, "Home "), ("p2", START, "home")], "person_id string, ts timestamp, page string")
    small = [{"function": "trim", "input": "page", "output": "x"}, {"function": "lowercase", "input": {"output": "x"}}]
    asked = Table(dimensions=("a",), metrics=("people",), range=DAYS)
    [rows] = report_rows(events, view(small), [asked])
    assert [(row["a"], row["people"]) for row in rows.collect()] == [(None, 2), ("home", 2)]


def test_what_another_field_makes_of_other_events_builds_again_only_for_what_it_is_made_of():
    def digest(low="page", how="max", **next_):
        fields = {
            "low": [{"function": "lowercase", "input": low, "output": "x"}, {"function": "next_or_previous", "input": {"output": "x"}, "direction": "next", **next_}],
            "a": [{"function": "depth", "input": {"derived": "low"}, "output": "y"}, {"function": "summarize", "input": {"output": "y"}, "how": how}],
        }
        return definition_of(View.model_validate({"name": "v", "derived": fields, "metrics": {"a": {"derived": "a"}}}), {})

    assert digest() == digest(how="min") == digest(scope="person", index=2)
    assert digest() != digest(low="title")
