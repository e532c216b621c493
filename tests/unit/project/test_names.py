"""Names across the files of a project: each must exist and be what its place needs; all faults come at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from cja_spark.project_names import faults_of_names
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.project.demo import change

CALCULATED = "metric 'conversion' is calculated from sums, so no event has it; name a metric of events. It is made of 'orders', 'sessions'."


def faults(folder):
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return [(Path(fault.file).relative_to(folder).as_posix(), fault.line, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("view.yaml", "{metric: orders, at_least: 1}", "{metric: conversion, at_least: 0.5}", 29),
        ("view.yaml", "{metric: calls, at_least: 1}", "{any: [buyers, {exclude: {metric: conversion, at_most: 1}}]}", 31),
        ("view.yaml", "timeout: 30 minutes", "timeout: 30 minutes, starts_with: [calls, conversion]", 5),
        ("reports/daily.yaml", "granularity: day", "segments: [{where: {metric: conversion, equals: 1}}]", 5),
        ("reports/checkout_fallout.yaml", "checkouts, orders]", "conversion, orders]", 5),
        ("reports/help_to_call.yaml", "step: calls", "any: [calls, conversion]", 7),
        ("reports/help_to_call.yaml", "step: calls", "metric: conversion, more_than: 1", 7),
    ],
    ids=["segment", "part of a segment", "session start", "report's own segment", "step", "part of a step", "condition as step"],
)  # fmt: skip
def test_a_calculated_metric_is_refused_where_events_are_asked(folder, file, old, new, line):
    change(folder, file, old, new)
    assert faults(folder) == [(file, line, CALCULATED)]


@pytest.mark.parametrize(("name", "is_"), [("events", "on every event"), ("session_starts", "made of sessions")])
def test_a_session_starts_with_no_standard_metric(folder, name, is_):
    change(folder, "view.yaml", "timeout: 30 minutes", f"timeout: 30 minutes, starts_with: [{name}]")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 5)
    assert f"metric '{name}' is {is_}; a session starts with a metric of a field." in message
    assert "conversion" not in message


def test_calculated_and_standard_metrics_stay_where_sums_are_asked(folder):
    change(folder, "view.yaml", "{metric: orders, at_least: 1}", "{metric: sessions, at_least: 2}")
    change(folder, "reports/checkout_fallout.yaml", "[product_views,", "[events,")
    change(folder, "reports/daily.yaml", "[people, ", "[conversion, people, ")
    assert load(folder).reports["daily"].metrics[0] == "conversion"


ARRAY = "model: non_repeating compares an event with the one before; dimension '{}' lies in the array 'productListItems'"


@pytest.mark.parametrize(
    ("file", "old", "new", "dimension"),
    [
        ("view.yaml", "{dimension: section, equals: help}", "{dimension: product, equals: A1, model: non_repeating}", "product"),
        ("view.yaml", "{metric: calls, at_least: 1}", "{all: [buyers, {dimension: category, exists: true, model: non_repeating}]}", "category"),
        ("reports/daily.yaml", "granularity: day", "segments: [{where: {dimension: product, exists: true, model: non_repeating}}]", "product"),
        ("reports/help_to_call.yaml", "equals: help,", "equals: help}\n  - {dimension: category, equals: x, model: non_repeating,", "category"),
    ],
    ids=["segment, so audiences too", "part of a segment", "report's own segment", "step"],
)  # fmt: skip
def test_non_repeating_is_refused_for_dimensions_with_several_values_on_an_event(folder, file, old, new, dimension):
    change(folder, file, old, new)
    [(where, line, message)] = faults(folder)
    assert where == file
    assert ARRAY.format(dimension) in message
    assert "non_repeating" in (folder / file).read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("view.yaml", "America/New_York", "Nowhere"),
        ("view.yaml", "timeout: 30 minutes", "timeout: soon"),
        ("view.yaml", "{metric: cart_additions, at_least: 1}", "{metric: cart_additions}"),
        ("view.yaml", "orders / sessions", "orders // sessions"),
        ("view.yaml", "name: marketing", "title: marketing"),
        ("connection.yaml", "persistent_id: {identity_map: ECID}", "persistent_id: {identity_mop: ECID}"),
        ("connection.yaml", "name: retailer", "nam: retailer"),
        ("reports/checkout_fallout.yaml", "window: 7 days", "date_rule: entry"),
        ("audiences/cart_leavers.yaml", "refresh: daily", "refresh: dayly"),
    ],
)
def test_a_fault_of_a_file_hides_no_fault_of_names_in_any_file(folder, file, old, new):
    change(folder, "view.yaml", "{metric: orders, at_least: 1}", "{metric: ordres, at_least: 1}")
    change(folder, "view.yaml", "catalogue.category", "catalog.category")
    change(folder, "reports/checkout_fallout.yaml", "breakdown: channel", "breakdown: chanel")
    change(folder, "audiences/cart_leavers.yaml", "sinks: [profiles]", "sinks: [profile]")
    before = faults(folder)
    assert [(where, line) for where, line, _ in before] == [
        ("view.yaml", 29), ("view.yaml", 11), ("reports/checkout_fallout.yaml", 7), ("audiences/cart_leavers.yaml", 6)
    ]  # fmt: skip
    change(folder, file, old, new)
    after = faults(folder)
    assert set(before) < set(after)
    assert {where for where, _, _ in set(after) - set(before)} == {file}


def test_names_of_faulty_components_and_of_misspelt_sections_make_no_faults_of_their_own(folder):
    change(folder, "view.yaml", "channel: {field: channel}", "channel: {feild: channel}")
    change(folder, "view.yaml", "segments:", "segmnts:")
    change(folder, "sinks/profiles.yaml", "sink: delta", "sink: dleta")
    assert [(file, line) for file, line, _ in faults(folder)] == [
        ("view.yaml", 9), ("view.yaml", 28), ("sinks/profiles.yaml", 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "moved", "fault"),
    [
        ("view.yaml", "view.yml", "no part of a project has this name. Did you mean 'view.yaml'?"),
        ("reports/daily.yaml", "reports/daily.yml", "the name must end in .yaml. Did you mean 'daily.yaml'?"),
        ("reports/daily.yaml", "reports/old/daily.yaml", "folders in 'reports' are not read; move its files up."),
        ("reports", "report", "no part of a project has this name. Did you mean 'reports'?"),
        ("audiences", "audience", "no part of a project has this name. Did you mean 'audiences'?"),
        ("reports/daily.yaml", "questions/daily.yaml", "no part of a project has this name. Known: audiences,"),
        ("reports/daily.yaml", "daily.yaml", "no part of a project has this name."),
    ],
)
def test_yaml_that_nothing_reads_is_a_fault(folder, file, moved, fault):
    (folder / moved).parent.mkdir(exist_ok=True)
    (folder / file).rename(folder / moved)
    found = faults(folder)
    assert any(line == 0 and fault in message and moved.startswith(where) for where, line, message in found), found


def test_data_and_notes_may_lie_in_a_project_s_folder(folder):
    for name in ("raw/web/a.json", "lake/events/a.parquet", "README.md", "reports/notes.md", ".git/config.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")
    assert load(folder).reports


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("connection.yaml", "method: field_based", "method: feild_based",
         "datasets.web.stitching: method must be one of field_based, graph_based. Did you mean 'field_based'?"),
        ("connection.yaml", "type: lookup", "type: lokup", "datasets.catalogue: type must be one of event, profile, lookup, summary, account, graph. Did you mean 'lookup'?"),
        ("reports/daily.yaml", "granularity: day", "granularity: dya", "granularity: no such choice: 'dya'. Did you mean 'day'?"),
        ("view.yaml", "container: session", "container: sesion", "segments.help_readers.container: no such choice: 'sesion'. Did you mean 'session'?"),
        ("view.yaml", "{metric: orders,", "{metrc: orders,", "Did you mean 'metric'?"),
        ("audiences/cart_leavers.yaml", "refresh: daily", "refresh: dayly", "refresh: no such choice: 'dayly'. Did you mean 'daily'?"),
    ],
)  # fmt: skip
def test_a_misspelt_choice_names_the_nearest(folder, file, old, new, fault):
    change(folder, file, old, new)
    [(where, _, message)] = faults(folder)
    assert where == file
    assert fault in message


def test_a_file_that_is_missing_has_no_line(folder):
    (folder / "lake.yaml").unlink()
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert str(caught.value) == f"{folder / 'lake.yaml'}: 1 fault\n  No such file or directory."


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("{field: channel, persistence: {expiration: {metric: ordres}}}", "no metric named 'ordres'. Did you mean 'orders'?"),
        ("{field: channel, persistence: {expiration: {metric: conversion}}}", CALCULATED),
        ("{field: channel, persistence: {expiration: {metric: events}}}", "metric 'events' is no metric of a field; persistence needs one."),
        ("{field: channel, persistence: {binding: pgae}}", "no dimension named 'pgae'. Did you mean 'page'?"),
        ("{field: channel, persistence: {binding: category}}", "persistence: 'category' lies in the array 'productListItems', so binding_metric is needed"),
        ("{field: channel, persistence: {binding: page, binding_metric: orders}}", "binding_metric is for a binding to items of an array; 'channel' and 'page' lie side by side."),
        ("{field: channel, persistence: {binding: category, binding_metric: ordres}}", "no metric named 'ordres'. Did you mean 'orders'?"),
        ("{field: channel, persistence: {binding: category, binding_metric: events}}", "metric 'events' is no metric of a field; persistence needs one."),
        ("{field: channel, persistence: {binding: category, binding_metric: orders}}", "dimension 'channel' lies in the array 'productListItems', so an event has several values; use a table."),
        ("{lookup: catalogue.category, persistence: {allocation: all}}", "persistence: dimension 'channel' lies in the array 'productListItems'; allocation: all is of values of events."),
        ("{lookup: catalogue.category, persistence: {binding: page}}", "'page', which it is bound to, in no array; values of items are bound to those of the same array."),
        ("{field: channel, persistence: {binding_metric: orders}}", "name what they bind to with 'binding'."),
    ],
)  # fmt: skip
def test_what_persists_names_metrics_of_fields_and_dimensions_of_events(folder, channel, said):
    change(folder, "view.yaml", "channel: {field: channel}", f"channel: {channel}")
    found = [message for _, _, message in faults(folder)]
    assert [message for message in found if said in message], found


def test_a_dimension_that_keeps_all_its_values_is_refused_where_one_is_needed(folder):
    change(folder, "view.yaml", "channel: {field: channel}", "channel: {field: channel, persistence: {allocation: all}}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("reports/visits.yaml", 5)
    assert message == "dimension 'channel' keeps all its values (allocation: all), so an event has several; use a table."


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("[callers, {metric: ordres, at_least: 1}]", "no metric named 'ordres'. Did you mean 'orders'?"),
        ("[{dimension: pgae, equals: a}]", "no dimension named 'pgae'. Did you mean 'page'?"),
        ("[{metric: conversion, at_least: 1}]", CALCULATED),
        ("[helpreaders, cart]", "no segment named 'helpreaders'. Did you mean 'help_readers'?"),
        ("[cart_users, {dimension: page, equals: a}]", "then: segment 'cart_users' is of persons; a checkpoint is an event, a session or a logic_group."),
        ("[{exclude: cart_users}, {dimension: page, equals: a}]", "then: segment 'cart_users' is of persons"),
        ("[help_readers, {within: {dimension: pgae}}, help_readers]", "no dimension named 'pgae'. Did you mean 'page'?"),
        ("[help_readers, {within: {dimension: product}}, help_readers]", "then: dimension 'product' lies in the array 'productListItems'; only changes of one value are counted."),
        ("[help_readers, wanted]", "segment 'wanted' refers to itself."),
    ],
)  # fmt: skip
def test_a_sequence_names_what_there_is(folder, then, said):
    change(folder, "view.yaml", "segments:\n", f"segments:\n  wanted: {{container: person, where: {{then: {then}}}}}\n")
    assert [message for _, _, message in faults(folder) if said in message]


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("pgae", "no dimension named 'pgae'. Did you mean 'page'?"),
        ("product", "deduplication: dimension 'product' lies in the array 'productListItems', so an event has several ids."),
    ],
)
def test_what_tells_orders_apart_is_a_dimension_of_events(folder, id_, said):
    change(folder, "view.yaml", "{field: commerce.purchases.value}", f"{{field: commerce.purchases.value, deduplication: {{id: {id_}}}}}")
    assert [message for _, _, message in faults(folder) if said in message]


def test_a7_credit_goes_to_what_was_set_before_so_a_standard_dimension_but_times_stands_alone():
    view = View.model_validate({"name": "v", "dimensions": {"page": "page"}, "metrics": {
        "orders": {"field": "orders", "attribution": {}}, "rate": {"calculate": "orders / people"}, "plain": "orders",
    }})  # fmt: skip

    def said(metric, *dimensions):
        return [fault.message for fault in faults_of_names(view, [Table(dimensions=dimensions, metrics=(metric,))])]

    fault = "metric 'orders' has attribution, which credits what events set before; standard dimensions other than times, beside others, are set by every event."
    assert said("orders", "page", "event_depth") == said("rate", "session_type", "page", "day") == [fault]
    assert said("orders", "page", "day") == said("rate", "day", "page", "hour") == said("orders", "day") == said("orders", "day", "hour_of_day") == said("plain", "page", "day") == said("orders", "page") == []


def project_of(folder, view, report):
    """A project whose view and one report are written here, beside the demo's connection and lake."""
    for part in ("reports", "audiences", "sinks"):
        for file in (folder / part).glob("*.yaml"):
            file.unlink()
    (folder / "view.yaml").write_text(f"name: shop\n{view}", encoding="utf-8")
    (folder / "reports" / "one.yaml").write_text(report, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("view", "report", "said"),
    [
        ("view_segments: [{where: {dimension: page, equals: a}}]", "{report: table, segments: [nobody]}", "no segment named 'nobody'."),
        ("view_segments: [{where: {dimension: page, equals: a}}]", "{report: fallout, steps: [nothing, events]}", "no metric or segment named 'nothing'."),
        ("view_segments: [nobody]", "{report: table}", "no segment named 'nobody'."),
        ("period: day", "{report: table, dimensions: [d]}", "no derived field named 'nothing'."),
    ],
)
def test_a_section_that_is_not_there_is_not_misspelt_by_another_that_is(folder, view, report, said):
    derived = "dimensions: {page: page, d: {derived: nothing}}" if "period" in view else "dimensions: {page: page}"
    assert [message for _, _, message in faults(project_of(folder, f"{view}\n{derived}\n", report)) if message.startswith(said)]
