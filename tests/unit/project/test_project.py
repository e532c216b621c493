"""A project's folder: every fault of every file at once, with its line, before Spark starts."""

import subprocess
import sys

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load
from tests.unit.project.demo import ROOT, change


def faults(folder):
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_demo_loads_without_spark():
    program = "import sys, cja_spark as cja; print(len(cja.load('conf/demo').reports), 'pyspark' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(len([*(ROOT / "conf/demo/reports").glob("*.yaml")])), "False"]


@pytest.mark.parametrize("name", ["demo", "luma", "dsw-luma"])
def test_projects_of_the_repository_load(name):
    project = load(ROOT / "conf" / name)
    assert project.reports
    assert project.connection.events()


def test_an_unknown_key_names_the_nearest_and_its_line(folder):
    change(folder, "reports/checkout_fallout.yaml", "steps:", "stpes:")
    text = faults(folder)
    assert "line 5  unknown key 'stpes'. Did you mean 'steps'?" in text
    assert "'steps' is missing." in text


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("reports/daily.yaml", "report: trend", "report: trand", "no report named 'trand'. Did you mean 'trend'?"),
        ("reports/daily.yaml", "[people, sessions, orders, calls]", "[people, ordrs]",
         "line 6  no metric named 'ordrs'. Did you mean 'orders'?"),
        ("view.yaml", "America/New_York", "America/New_Yrok",
         "'America/New_Yrok' is no IANA time zone. Did you mean 'America/New_York'?"),
        ("view.yaml", "  buyers: {container: person, where: {metric: orders, at_least: 1}}",
         "  buyers: {container: person, where: {segment: again}}\n  again: {where: {segment: buyers}}",
         "segment 'buyers' refers to itself."),
        ("view.yaml", "calculate: orders / sessions", "calculate: conversion / sessions",
         "metric 'conversion' refers to itself."),
        ("connection.yaml", "  app:\n", "  web:\n", "'web' is given twice."),
    ],
    ids=["unknown report", "unknown metric", "time zone", "segment of itself", "metric of itself", "dataset twice"],
)  # fmt: skip
def test_a_fault_says_what_is_wrong_and_the_nearest_right_thing(folder, file, old, new, fault):
    change(folder, file, old, new)
    assert fault in faults(folder)


def test_a_name_beside_the_file_s_own_is_refused(folder):
    change(folder, "sinks/profiles.yaml", "sink: delta", "sink: delta\nname: store")
    assert "line 3  'name' is the file's own; leave it out." in faults(folder)


def test_faults_of_all_files_come_at_once(folder):
    change(folder, "view.yaml", "America/New_York", "Nowhere")
    change(folder, "reports/daily.yaml", "granularity: day", "granularity: dya")
    change(folder, "connection.yaml", "type: lookup", "type: lookupp")
    text = faults(folder)
    assert all(part in text for part in ("Nowhere", "granularity", "type must be one of event, profile, lookup"))


def test_yaml_that_is_none_names_the_line(folder):
    (folder / "view.yaml").write_text("name: [a, b\nmetrics: {", encoding="utf-8")
    assert "view.yaml: 1 fault" in faults(folder)


def test_aliases_are_refused(folder):
    (folder / "view.yaml").write_text("name: &a marketing\ndescription: *a\n", encoding="utf-8")
    assert "aliases are not allowed" in faults(folder)


def test_a_folder_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(ConfigurationError, match="Did you mean 'shop'"):
        load(folder.parent / "shopp")


def test_an_audience_of_an_unknown_segment_and_sink_is_refused(folder):
    change(folder, "audiences/cart_leavers.yaml", "exclude: buyers", "exclude: buyer")
    change(folder, "audiences/cart_leavers.yaml", "sinks: [profiles]", "sinks: [profile]")
    text = faults(folder)
    assert "no segment named 'buyer'. Did you mean 'buyers'?" in text
    assert "no sink named 'profile'. Did you mean 'profiles'?" in text


def test_a_dimension_inside_an_array_is_refused_where_an_event_needs_one_value(folder):
    change(folder, "reports/visits.yaml", "dimension: channel", "dimension: category")
    text = faults(folder)
    assert "line 5  dimension 'category' lies in the array 'productListItems', so an event has several values" in text
