"""Names of standard dimensions and of the view's own segments: each fault with its file and line, before Spark."""

from __future__ import annotations

import pytest

from cja_spark.project import load
from cja_spark.view.containers import Containers
from cja_spark.view.standard import STANDARD_DIMENSIONS
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults


def test_a_view_may_name_its_segments_or_write_them_in_place(folder):
    change(folder, "view.yaml", "currency: USD", "currency: USD\nview_segments: [buyers, {where: {exclude: callers}}]")
    assert len(load(folder).view.view_segments) == 2


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[byers]", "no segment named 'byers'. Did you mean 'buyers'?"),
        ("[{where: {exclude: byers}}]", "no segment named 'byers'. Did you mean 'buyers'?"),
        ("[{where: {dimension: pagee, exists: true}}]", "no dimension named 'pagee'. Did you mean 'page'?"),
        ("[{where: {metric: conversion, at_least: 1}}]", "metric 'conversion' is calculated from sums"),
    ],
)
def test_a_name_that_nothing_has_is_a_fault_of_its_line(folder, written, said):
    change(folder, "view.yaml", "currency: USD", f"currency: USD\nview_segments: {written}")
    [(file, line, message)] = faults(folder)
    assert (file, line) == ("view.yaml", 5)
    assert said in message


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  channel: {field: channel}", "  channel: {field: channel}\n  Day: {field: message}", 10, "'Day' is a standard dimension; choose another name."),
        ("  checkouts:", "  hour_of_day: hour\n  checkouts:", 20, "'hour_of_day' is a standard dimension; choose another name."),
        ("  checkouts:", "  return_sessions: hour\n  checkouts:", 20, "'return_sessions' is a standard metric; choose another name."),
        ("time_zone: America/New_York", "time_zone: America/New_York\ncalendar: 4-5-6", 4, "'4-5-6' is no calendar."),
        ("time_zone: America/New_York", "time_zone: America/New_York\ncalendar: {first_month: juli}", 4, "'july'"),
        ("time_zone: America/New_York", "time_zone: America/New_York\ncalendar: {weeks: 4-4-5, first_day: 2025-02-02}", 4, "long_years"),
    ],
    ids=str,
)  # fmt: skip
def test_settings_that_cannot_be_are_faults_of_their_lines(folder, old, new, line, said):
    change(folder, "view.yaml", old, new)
    [(file, at, message)] = faults(folder)
    assert (file, at) == ("view.yaml", line)
    assert said in message


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("{person: session, session: visit}", ["containers.person: 'session' is what YAML calls another container; choose another name."]),
        ("{person: visit, session: Visit}", ["containers.session: 'Visit' is the name of the person already; the three names differ, also without case."]),
        ("{session: visit, event: 'visit '}", ["containers.event: 'visit ' is the name of the session already; the three names differ, also without case."]),
        ("{event: Person}", ["containers.event: 'Person' is what YAML calls another container; choose another name."]),
        ("{person: session, session: person}", ["containers.person: 'session' is what YAML calls", "containers.session: 'person' is what YAML calls"]),
        ("{person: hit, session: hit, event: hit}", ["containers.session: 'hit' is the name of the person", "containers.event: 'hit' is the name of the person"]),
    ],
)  # fmt: skip
def test_containers_that_names_do_not_tell_apart_are_faults_of_their_line(folder, called, said):
    change(folder, "view.yaml", "currency: USD", f"currency: USD\ncontainers: {called}")
    found = faults(folder)
    assert {(file, line) for file, line, _ in found} == {("view.yaml", 5)}
    assert len(found) == len(said)
    assert all(words in message for (_, _, message), words in zip(found, said, strict=True))


@pytest.mark.parametrize("called", ["{person: Person, session: SESSION}", "{person: visitor}", "{person: visitor, session: visit, event: hit}"])
def test_containers_with_three_names_are_none(folder, called):
    change(folder, "view.yaml", "currency: USD", f"currency: USD\ncontainers: {called}")
    assert load(folder).view.containers.event in ("event", "hit")


@pytest.mark.parametrize(
    ("name", "several"),
    [("visit", "visits"), ("party", "parties"), ("day", "days"), ("Match", "Matches"), ("bus", "buses"), ("box", "boxes"), ("訪問", "訪問")],
)
def test_several_of_a_container_are_called_as_english_has_it(name, several):
    assert Containers(person=name).several("person") == several


@pytest.mark.parametrize("name", STANDARD_DIMENSIONS)
def test_every_standard_dimension_may_be_asked_for(folder, name):
    change(folder, "reports/daily.yaml", "report: trend", f"report: table\ndimensions: [{name}, channel]")
    change(folder, "reports/daily.yaml", "granularity: day\n", "")
    assert load(folder).reports["daily"].dimensions == (name, "channel")


def test_the_nearest_standard_dimension_is_meant_where_no_own_one_is_near(folder):
    change(folder, "reports/channels.yaml", "[channel", "[hour_of_dya")
    [(_, _, message)] = faults(folder)
    assert message.startswith("no dimension named 'hour_of_dya'. Did you mean 'hour_of_day'? Known: call_reason, ")


def test_finer_times_than_hours_are_not_compared_with_text(folder):
    change(folder, "view.yaml", "currency: USD", "currency: USD\nview_segments: [{where: {dimension: minute, equals: now}}]")
    [(_, line, message)] = faults(folder)
    assert (line, message) == (5, "dimension 'minute' has too many values to compare with text; compare 'hour', 'hour_of_day' or 'minute_of_hour'.")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  channel: {field: channel}", "  channel: {field: channel, persistence: {binding: day}}", "persistence: 'day' is a standard dimension"),
        ("commerce.purchases.value}", "commerce.purchases.value, deduplication: {id: event_depth}}", "deduplication: 'event_depth' is a standard dimension"),
        ("timeout: 30 minutes", "timeout: 30 minutes, starts_with: [first_time_sessions]", "metric 'first_time_sessions' is made of sessions"),
    ],
)  # fmt: skip
def test_a_place_that_takes_dimensions_of_fields_says_so(folder, old, new, said):
    change(folder, "view.yaml", old, new)
    [(file, _, message)] = faults(folder)
    assert file == "view.yaml"
    assert said in message
