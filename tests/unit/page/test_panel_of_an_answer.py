"""From a report's answer to its panel: labels, formats, currencies, options, the run."""

from dataclasses import replace

import pyarrow as pa
import pytest
from pydantic import ValidationError

from cja_spark.connection.spec import Connection
from cja_spark.page import ColumnSpec
from cja_spark.publish_page import column_of, identities_of, panel_of
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.page.answers import VIEW, sessions, table, trend
from tests.unit.page.answers_of_steps import fallout, retention, retention_of_values, time_to_event

CONNECTION = Connection.model_validate(
    {
        "name": "shop",
        "datasets": {
            "web": {
                "type": "event", "source": {"format": "json", "path": "raw"}, "timestamp": "t",
                "person_id": {"identity_map": "CRM"}, "persistent_id": {"column": "device.id", "namespace": "ECID"},
            },
            "crm": {"type": "profile", "source": {"format": "json", "path": "raw"}, "person_id": "customer"},
        },
    }
)  # fmt: skip


def columns(panel):
    return {column.name: column for column in panel.columns}


def test_money_has_the_currency_of_its_metric_else_of_the_view_else_none():
    paid = {"field": "paid", "format": "currency", "decimals": 2}
    view = View.model_validate(
        {"name": "v", "currency": "USD", "metrics": {"here": paid, "there": {**paid, "currency": "JPY"}, "orders": "orders"}}
    )
    units = [column_of(name, view).unit for name in ("here", "there", "orders")]
    assert units == ["USD", "JPY", ""]
    assert column_of("revenue", VIEW) == ColumnSpec(name="revenue", label="Revenue", format="money", unit="", decimals=2)


@pytest.mark.parametrize("code", ["usd", "US", "EURO", "€"])
def test_a_currency_is_an_iso_code(code):
    with pytest.raises(ValidationError, match=f"'{code}' is no currency. Write its ISO 4217 code, such as EUR or USD"):
        View.model_validate({"name": "v", "currency": code})


def test_a_panel_names_the_segments_of_the_view_before_those_of_the_report():
    view = View.model_validate({**VIEW.model_dump(), "segments": {"a": {"where": {"metric": "orders", "equals": 1}}}, "view_segments": ["a"]})
    assert panel_of(trend(40, 20), view).segments == ("a",)


@pytest.mark.parametrize("name", ["first_time_sessions", "return_sessions"])
def test_sessions_of_a_type_are_counts(name):
    assert column_of(name, VIEW).format == "count"


def test_a_standard_dimension_is_called_by_its_words():
    assert column_of("hour_of_day", VIEW) == ColumnSpec(name="hour_of_day", label="Hour of day", format="text")
    assert column_of("entry_session_type", VIEW).label == "Entry session type"


def test_a_column_is_called_and_formatted_as_the_view_says():
    found = columns(panel_of(table(40, 20), VIEW))
    assert [(c.label, c.format, c.decimals) for c in found.values()] == [
        ("Row", "text", None), ("Page name", "text", None), ("People", "people", None), ("Orders", "count", 0),
        ("Revenue", "money", 2), ("Rate", "percent", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [{"field": "person_id"}, {"field": "device.id"}, {"field": "identityMap.CRM"}, {"profile": "crm.customer"}],
)
def test_a_dimension_of_identifiers_is_masked_and_no_other(source):
    view = View.model_validate({"name": "v", "dimensions": {"who": source, "kind": "device.idle", "tier": {"profile": "crm.tier"}}})
    identities = identities_of(CONNECTION)
    assert [column_of(name, view, identities).format for name in ("who", "kind", "tier")] == ["identifier", "text", "text"]


def test_a_panel_says_its_range_its_options_and_its_run():
    panel = panel_of(table(40, 20), VIEW)
    assert (panel.title, panel.range, panel.segments) == ("Pages", "2026-01-01 to 2026-01-02 (UTC)", ())
    assert panel.run_id == "run_of_pages"
    assert panel.options == {
        "Dimensions": "page", "Metrics": "people, orders, revenue, rate", "Rows": 50, "Sort": None, "Include no value": True,
        "Round counts": False,
    }  # fmt: skip


def test_options_of_a_fallout_are_words_and_people_left_out_are_counted():
    steps = ["orders", {"dimension": "page", "equals": "home", "label": "home again"}]
    given = {"steps": steps, "window": "7 days", "ties": {"grace": "2 s"}, "breakdown": None}
    options = panel_of(fallout(40, 20, excluded_persons=3, **given), VIEW).options
    assert options["Steps"] == "Orders, Home again"
    assert (options["Window"], options["Ties"]) == ("1 week", "grace 2 seconds")
    assert (options["Excluded persons"], options["Excluded events"]) == (3, 0)


def test_a_step_is_called_what_its_metric_is_called():
    panel = panel_of(fallout(40, 20, steps=["revenue", {"dimension": "page", "equals": "home"}], breakdown=None), VIEW)
    assert [row["step_name"] for row in panel.rows] == ["Revenue", "page home"]


def test_headings_follow_what_was_asked():
    assert columns(panel_of(trend(40, 20), VIEW))["label"].label == "Day"
    by_page = columns(panel_of(fallout(40, 20), VIEW))
    assert (by_page["breakdown"].label, by_page["people"].label) == ("Page name", "People")
    attempts = columns(panel_of(fallout(40, 20, count="attempts", window_start="first"), VIEW))
    assert attempts["attempts"].label == "Attempts"


@pytest.mark.parametrize("found", [table(40, 20), trend(40, 20), sessions(40, 20), fallout(40, 20)])
def test_no_figure_of_a_report_is_taken_for_text(found):
    panel = panel_of(found, VIEW)
    texts = {"row_kind", "page", "entry_page", "label", "breakdown", "step", "step_name", "bucket"}
    assert [c.name for c in panel.columns if c.format in ("text", "time") and c.name not in texts] == []


def test_options_are_the_ones_that_took_effect():
    options = panel_of(fallout(40, 20, window="7 days"), VIEW).options
    assert (options["Date rule"], options["Count"]) == ("entry", "persons")
    options = panel_of(fallout(40, 20, container="session"), VIEW).options
    assert (options["Date rule"], options["Count"]) == ("in_range", "sessions")


def test_a_preset_is_told_with_what_is_as_it_says_and_what_is_not():
    options = panel_of(fallout(40, 20, preset="posthog", window="1 day", breakdown=None), VIEW).options
    assert (options["Preset"], options["Window"], options["Ties"]) == ("posthog", "1 day", "step_order")
    assert options["Set by the preset"] == "container, date rule, one event one step, order, ties, window start"
    assert options["Other than the preset"] == "window"
    given = {"preset": "mixpanel", "order": "any", "breakdown": None}
    assert panel_of(fallout(40, 20, **given), VIEW).options["Other than the preset"] == "order, ties, window start"
    assert not {"Preset", "Set by the preset", "Other than the preset"} & {*panel_of(fallout(40, 20), VIEW).options}


def test_metrics_of_which_more_is_bad_are_told():
    metrics = {**VIEW.metrics, "revenue": VIEW.metrics["revenue"].model_copy(update={"upward_trend": "bad"})}
    view = VIEW.model_copy(update={"metrics": metrics})
    found = replace(table(40, 20), ask=replace(table(40, 20).ask, view=view))
    report = found.ask.report.model_copy(update={"metrics": ("people", "revenue")})
    options = panel_of(replace(found, ask=replace(found.ask, report=report)), view).options
    assert options["An upward trend is bad of"] == "Revenue"
    assert "An upward trend is bad of" not in panel_of(table(40, 20), VIEW).options


def test_a_segment_written_in_place_is_told():
    home = {"container": "session", "where": {"dimension": "page", "equals": "home"}}
    in_words = "in place: container session, where dimension page, equals home, model repeating"
    given = fallout(40, 20, segments=["buyers", home, {**home, "label": "seen home"}])
    assert panel_of(given, VIEW).segments == ("buyers", in_words, "seen home")
    assert panel_of(given, VIEW, identities=frozenset({"page"})).segments == ("buyers", "in place", "seen home")


def test_fractions_of_a_column_that_nobody_knows_are_figures():
    found = table(40, 20)
    rows = found.rows.append_column("uplift", pa.array([0.5] * len(found.rows)))
    assert columns(panel_of(replace(found, rows=rows), VIEW))["uplift"].format == "number"


def test_people_in_a_segment_are_people_for_the_page():
    calculated = {"few": "people[x]", "same": "few", "both": "(same)[y]", "share": "people[x] / people", "most": "orders[x]"}
    metrics = {"orders": "orders", **{name: {"calculate": text} for name, text in calculated.items()}}
    view = View.model_validate({"name": "shop", "metrics": metrics})
    found = {name: column_of(name, view).format for name in metrics}
    assert found == {"orders": "count", "few": "people", "same": "people", "both": "people", "share": "number", "most": "number"}


def test_columns_and_a_filter_of_a_table_are_told_in_words():
    report = Table.model_validate({
        "name": "pages", "dimensions": ["page"], "filter": [{"dimension": "page", "starts_with": "ho"}],
        "columns": {"bought": {"metric": "orders", "segments": ["buyers"], "label": "Orders of buyers"}, "per_person": {"calculate": "orders / people"}},
    })  # fmt: skip
    plain, view = table(40, 20), with_columns(VIEW, [report])
    told = panel_of(replace(plain, ask=replace(plain.ask, report=report, view=view)), view).options
    assert told["Columns"] == "Orders of buyers: orders[buyers], Per person: orders / people"
    assert told["Filter"] == "page starts with 'ho'"
    assert not {"Columns", "Filter"} & {*panel_of(plain, VIEW).options}


@pytest.mark.parametrize("found", [fallout(40, 20), time_to_event(40, 20), retention_of_values((40, 20, 20))])
def test_values_of_a_breakdown_are_shown_as_the_dimension_shows_them(found):
    of = [columns(panel_of(found, VIEW, held))["breakdown"] for held in ((), ("page",))]
    assert [(column.name, column.label, column.format) for column in of] == [("breakdown", "Page name", "text"), ("breakdown", "Page name", "identifier")]


def test_options_of_a_retention_are_those_that_it_has():
    one = panel_of(retention(40, 20, 20), VIEW).options
    assert (one["Start"], one["Return"]) == ("Orders", "Orders")
    assert not {"Returns", "Breakdown", "Rows", "Include no value"} & {*one}
    several = panel_of(retention_of_values((40, 20, 20), returns=["revenue", "orders"]), VIEW).options
    assert (several["Start"], several["Returns"], several["Breakdown"], several["Rows"]) == ("Orders", "Revenue, Orders", "page", 20)
    assert "Return" not in several
    assert not {"Breakdown", "Rows"} & {*panel_of(time_to_event(40, 20, breakdown=None), VIEW).options}
