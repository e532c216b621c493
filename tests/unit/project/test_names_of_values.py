"""Names that reports of values take, paths, flows and histograms: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("dimension", "conversion", "line", "said"),
    [
        ("page", "conversion", 3, CALCULATED),
        ("page", "ordres", 3, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("page", "events", 1, "conversion: 'events' is of every event, or of all of a session; name a metric that some events have."),
        ("pgae", "orders", 2, "no dimension named 'pgae'. Did you mean 'page'?"),
        ("product", "orders", 2, "dimension 'product' lies in the array 'productListItems', so an event has several values; use a table."),
    ],
)
def test_paths_are_of_one_value_per_event_and_end_with_a_metric_that_some_events_have(folder, dimension, conversion, line, said):
    report = folder / "reports" / "paths_to_orders.yaml"
    report.write_text(f"report: paths\ndimension: {dimension}\nconversion: {conversion}\n", encoding="utf-8")
    [(file, at, message)] = faults(folder)
    assert (file, at) == ("reports/paths_to_orders.yaml", line)
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("dimension", "anchor", "line", "said"),
    [
        ("page", "{metric: conversion}", 3, CALCULATED),
        ("page", "{metric: ordres}", 3, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("page", "{metric: events}", 3, "starts_with: metric: 'events' is of every event"),
        ("pgae", "entry", 2, "no dimension named 'pgae'. Did you mean 'page'?"),
        ("page", "{item: [home]}", 3, "starts_with: unknown key 'item'. Did you mean 'items'?"),
    ],
)
def test_a_flow_is_of_a_dimension_and_anchored_at_a_metric_that_some_events_have(folder, dimension, anchor, line, said):
    report = folder / "reports" / "from_orders.yaml"
    report.write_text(f"report: flow\ndimension: {dimension}\nstarts_with: {anchor}\n", encoding="utf-8")
    [(file, at, message)] = faults(folder)
    assert (file, at) == ("reports/from_orders.yaml", line)
    assert message.startswith(said), message


def test_what_is_next_is_of_a_dimension_and_anchored_like_a_flow(folder):
    report = folder / "reports" / "after_orders.yaml"
    report.write_text("report: next_previous\ndimension: pgae\nanchor: {metric: ordres}\n", encoding="utf-8")
    assert sorted((line, message[:33]) for _, line, message in faults(folder)) == [(2, "no dimension named 'pgae'. Did yo"), (3, "no metric named 'ordres'. Did you")]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("conversion", CALCULATED),
        ("ordres", "no metric named 'ordres'. Did you mean 'orders'?"),
    ],
)
def test_a_histogram_is_of_a_metric_that_events_have(folder, metric, said):
    report = folder / "reports" / "orders_per_person.yaml"
    report.write_text(f"report: histogram\nmetric: {metric}\n", encoding="utf-8")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("reports/orders_per_person.yaml", 2)
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("trend", "said"),
    [
        ("dya", "trend: no such choice: 'dya'. Did you mean 'day'?"),
        ("{granularity: day, lnks: 3}", "trend: unknown key 'lnks'. Did you mean 'links'?"),
        ("{links: 21}", "trend.links: "),
        ("[day]", "trend: "),
    ],
)
def test_what_a_flow_is_told_by_is_a_period(folder, trend, said):
    report = folder / "reports" / "way.yaml"
    report.write_text(f"report: flow\ndimension: page\nstarts_with: entry\ntrend: {trend}\n", encoding="utf-8")
    [(file, line, found)] = faults(folder)
    assert (file, line) == ("reports/way.yaml", 4)
    assert found.startswith(said), found
