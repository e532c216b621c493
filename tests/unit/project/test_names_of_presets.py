"""Presets in a project: of a report, of the view for all its reports, and what is refused with its line."""

from datetime import timedelta

import pytest

from cja_spark.project import load
from cja_spark.reports.fallout_steps import Grace
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

KINDS = "It sets options of: "


def put(folder, text):
    (folder / "reports" / "way.yaml").write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("report: fallout\nsteps: [orders]\npreset: clickhouse", 3, "preset: 'clickhouse' needs a window, as windowFunnel does; write one, such as window: 1 day."),
        ("report: fallout\npreset: posthg\nsteps: [orders]", 2, "preset: no such choice: 'posthg'. Did you mean 'posthog'? Known: adobe, clickhouse, default, mixpanel, posthog."),
        ("report: fallout\npreset: [posthog]\nsteps: [orders]", 2, "preset: "),
        ("report: fallout\nprest: posthog\nsteps: [orders]", 2, "unknown key 'prest'. Did you mean 'preset'?"),
        ("report: histogram\nmetric: orders\npreset: adobe", 3, f"preset: 'adobe' sets nothing of a report histogram; leave it out. {KINDS}cohort, fallout, flow, table."),
        ("report: flow\npreset: mixpanel\ndimension: page\nstarts_with: entry", 2, f"preset: 'mixpanel' sets nothing of a report flow; leave it out. {KINDS}cohort, fallout."),
        ("report: fallout\npreset: adobe\nsteps: [orders, calls]\nexclude: [checkouts]", 4, "exclude: preset 'adobe' has no exclusions: it excludes by segments. Write exclusion: drop_attempt beside it to have them."),
        ("report: fallout\npreset: clickhouse\nwindow: 1 day\nsteps: [orders, calls]\nexclude: [checkouts]", 5, "exclude: preset 'clickhouse' has no exclusions: windowFunnel excludes nothing."),
        ("report: fallout\npreset: mixpanel\nsteps: [orders]\nwindow: null", 1, "date_rule: entry needs a window."),
        ("report: fallout\npreset: posthog\nsteps: [orders]\nbreakdown: page", 1, "ties: step_order reports no chain of events; leave breakdown out, or write ties: total_order."),
        ("report: fallout\nsteps: [orders]\nmodes: [strict_increase]", 3, "modes: 'strict_increase' is written as ties: strict_time."),
        ("report: fallout\nsteps: [orders]\nmodes: [strict_once]", 3, "modes: 'strict_once' is written as one_event_one_step: true."),
        ("report: fallout\nsteps: [orders]\nmodes: [strict_ordr]", 3, "modes.0: no such choice: 'strict_ordr'. Did you mean 'strict_order'?"),
        ("report: fallout\nsteps: [orders]\nmodes: strict_order", 3, "modes: write a list, [strict_order]."),
    ],
)  # fmt: skip
def test_a_preset_that_cannot_be_is_refused_where_it_is_written(folder, text, line, said):
    put(folder, text)
    [found] = faults(folder)
    assert found[0] == "reports/way.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found


def test_what_is_written_beside_a_preset_stays(folder):
    put(folder, "report: fallout\npreset: mixpanel\nsteps: [orders, calls]\nwindow: 1 day\ndate_rule: in_range")
    way = load(folder).reports["way"]
    assert (way.window, way.date_rule, way.window_start, way.ties) == (timedelta(days=1), "in_range", "first", Grace(grace=timedelta(seconds=2)))


def test_the_views_preset_is_that_of_reports_that_name_none(folder):
    change(folder, "view.yaml", "name: marketing\n", "name: marketing\npreset: posthog\n")
    change(folder, "reports/checkout_fallout.yaml", "window: 7 days\nbreakdown: channel", "")
    change(folder, "reports/help_to_call.yaml", "breakdown: tier", "breakdown: tier\nties: total_order")
    put(folder, "report: fallout\npreset: default\nsteps: [orders, calls]")
    reports = load(folder).reports
    assert (reports["way"].window, reports["way"].ties) == (None, "total_order")
    assert (reports["checkout_fallout"].window, reports["checkout_fallout"].ties) == (timedelta(days=14), "step_order")
    assert (reports["daily"].preset, reports["cohort"].preset) == (None, "posthog")


def test_faults_of_the_views_preset_lie_in_the_report(folder):
    change(folder, "view.yaml", "name: marketing\n", "name: marketing\npreset: clickhouse\n")
    put(folder, "report: fallout\nsteps: [orders]")
    found = [one for one in faults(folder) if one[0] == "reports/way.yaml"]
    assert found == [("reports/way.yaml", 1, "'clickhouse' needs a window, as windowFunnel does; write one, such as window: 1 day.")]


@pytest.mark.parametrize(("written", "first"), [("", 6), ("calendar: {week_start: monday}\n", 0), ("calendar: 4-5-4\n", None)])
def test_weeks_of_adobe_begin_on_sunday_unless_the_view_has_a_calendar(folder, written, first):
    change(folder, "view.yaml", "name: marketing\n", f"name: marketing\npreset: adobe\n{written}")
    assert getattr(load(folder).view.calendar, "weekday", None) == first


def test_a_view_of_an_unknown_preset_is_refused(folder):
    change(folder, "view.yaml", "name: marketing\n", "name: marketing\npreset: amplitude\n")
    [(file, line, said)] = faults(folder)
    assert (file, line) == ("view.yaml", 3)
    assert said.startswith("preset: no such choice: 'amplitude'.")
