"""Presets without a project: of a view for reports that name none, and of which options are as they say (section 3)."""

import datetime as dt
from datetime import timedelta

import pytest
from pydantic import ValidationError

from cja_spark.frames import report_rows
from cja_spark.reports.cohort import Cohort
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.flow import Flow
from cja_spark.reports.histogram import Histogram
from cja_spark.reports.presets import OPTIONS, effect, options_of
from cja_spark.reports.table import Table
from cja_spark.view.spec import View

STEPS = ["a", {"step": "b", "label": "second"}, {"dimension": "page", "equals": "c"}]
REPORTS = [
    Fallout(steps=STEPS, exclude=["x", {"step": "y", "between": [1, 2]}], exclusion="drop_attempt", window="3 days", name="way", range="last 3 days"),
    Flow(dimension="page", starts_with={"items": ["a"]}, exclude=["z"]),
    Cohort.model_validate({"inclusion": "a", "return": {"metrics": ["b"], "segments": ["some"]}}),
    Table(metrics=["events"]),
]  # fmt: skip
GIVEN = {"preset": "posthog", "steps": STEPS}


def view(preset):
    return View.model_validate({"name": "v", "preset": preset})


@pytest.mark.parametrize("preset", ["adobe", "posthog", "mixpanel", "clickhouse"])
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.report)
def test_a_views_preset_is_as_if_the_report_had_named_it(report, preset):
    found = report.under(view(preset))
    options = options_of(report.report, preset)
    assert found.preset == (preset if options else None)
    written = report.model_fields_set
    assert {name: getattr(found, name) for name in options} == {**options, **{name: getattr(report, name) for name in options if name in written}}
    assert {name: getattr(found, name) for name in written} == {name: getattr(report, name) for name in written}


def test_a_report_of_its_own_preset_keeps_it():
    for preset in ("default", "mixpanel"):
        assert Fallout(steps=STEPS, preset=preset).under(view("posthog")).preset == preset


def test_a_view_without_a_preset_and_a_kind_without_options_change_nothing():
    assert Fallout(steps=STEPS).under(view(None)) == Fallout(steps=STEPS)
    assert Histogram(metric="a").under(view("posthog")) == Histogram(metric="a")


def test_what_a_preset_cannot_be_is_refused_under_a_view_too():
    with pytest.raises(ValidationError, match="'clickhouse' needs a window"):
        Fallout(steps=STEPS).under(view("clickhouse"))


@pytest.mark.parametrize(
    ("given", "ties", "window_start"),
    [
        ({"preset": "posthog", "order": "strict"}, "total_order", "any"),
        ({"preset": "posthog", "order": "any"}, "total_order", "any"),
        ({"preset": "posthog", "steps": ["a", {"step": "b", "next": True}]}, "total_order", "any"),
        ({"preset": "mixpanel", "order": "any"}, "total_order", "any"),
        ({"preset": "mixpanel", "order": "strict"}, "total_order", "first"),
        ({"preset": "posthog", "ties": "strict_time"}, "strict_time", "any"),
        ({"preset": "posthog"}, "step_order", "any"),
    ],
)
def test_options_that_say_nothing_beside_what_is_written_stay_at_their_default(given, ties, window_start):
    found = Fallout.model_validate({"steps": STEPS, **given})
    assert (found.ties, found.window_start) == (ties, window_start)


def test_an_exclusion_is_the_presets_only_where_something_is_excluded():
    assert Fallout.model_validate(GIVEN).exclusion is None
    assert Fallout.model_validate({**GIVEN, "exclude": ["x"]}).exclusion == "drop_person"
    assert Fallout.model_validate({**GIVEN, "exclude": ["x"], "exclusion": "drop_attempt"}).exclusion == "drop_attempt"
    assert Fallout.model_validate({**GIVEN, "preset": "adobe", "exclude": ["x"], "exclusion": "drop_attempt"}).exclusion == "drop_attempt"


def test_a_written_null_stays():
    found = Fallout.model_validate({**GIVEN, "window": None})
    assert found.window is None
    assert effect(found)[1] == ("window",)


def test_the_effect_tells_what_is_as_the_preset_says():
    same, others = effect(Fallout.model_validate({**GIVEN, "window": "14 days", "container": "session"}))
    assert same["window"] == timedelta(days=14)
    assert "exclusion" not in same
    assert others == ("container",)
    assert effect(Fallout(steps=STEPS)) == effect(Fallout(steps=STEPS, preset="default")) == ({}, ())


def test_the_kinds_with_presets_are_kinds_and_have_the_options():
    kinds = {"fallout": Fallout, "flow": Flow, "cohort": Cohort, "table": Table}
    assert {*OPTIONS} == {*kinds}
    assert [name for kind, presets in OPTIONS.items() for options in presets.values() for name in options if name not in kinds[kind].model_fields] == []


def test_reports_on_any_events_take_the_views_preset(spark):
    at = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    rows = [("ann", at, 1, "cart"), ("ann", at, 2, "home"), ("bob", at, 1, "home")]
    events = spark.createDataFrame(rows, "person_id string, ts timestamp, sequence bigint, page string")
    steps = [{"dimension": "page", "equals": page} for page in ("home", "cart")]
    given = {"name": "v", "dimensions": {"page": "page"}}
    counts = [
        [row["people"] for row in report_rows(events, {**given, **preset}, [Fallout(steps=steps, range="last 1 day")])[0].collect()]
        for preset in ({}, {"preset": "posthog"})
    ]
    assert counts == [[2, 0], [2, 1]]
