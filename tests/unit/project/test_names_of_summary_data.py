"""Summary data in a project's files: every mistake is found before Spark starts, with its line."""

from __future__ import annotations

import json

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.project import load

WEB = {"type": "event", "source": {"format": "json", "path": "web"}, "timestamp": "t", "person_id": "who"}
COSTS = {"type": "summary", "source": {"format": "csv", "path": "costs"}, "timestamp": "day"}
VISITORS = {**COSTS, "granularity": "hour"}
VIEW = {
    "name": "shop",
    "dimensions": {
        "code": {"field": "code", "summary_data_group": ["campaign", "advert"]},
        "page": {"field": "page"}, "campaign": {"summary": "costs.campaign"}, "advert": {"summary": "visitors.advert"},
        "country": {"summary": "costs.country"},
    },
    "metrics": {
        "spend": {"summary": "costs.spend"}, "clicks": {"summary": "visitors.clicks"}, "revenue": {"field": "revenue"},
        "roas": {"calculate": "revenue / spend"},
    },
    "segments": {"red": {"where": {"dimension": "code", "equals": "red"}}},
}  # fmt: skip
TABLE = {"report": "table", "dimensions": ["code"], "metrics": ["spend", "clicks", "roas"]}
AUDIENCE = {"segments": {"segment": "red"}, "refresh": "daily", "lookback": "30 days"}


def project(folder, view=None, report=None, datasets=None, audience=None):
    """A project's folder."""
    view = {**VIEW, **{part: {**VIEW.get(part, {}), **some} if isinstance(some, dict) else some for part, some in (view or {}).items()}}
    files = {
        "connection": {"name": "shop", "datasets": {"web": WEB, "costs": COSTS, "visitors": VISITORS, **(datasets or {})}},
        "view": view, "lake": {"location": "lake"}, "reports/asked": {**TABLE, **(report or {})}, "audiences/some": {**AUDIENCE, **(audience or {})},
    }  # fmt: skip
    for name, parts in files.items():
        (folder / f"{name}.yaml").parent.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(json.dumps(parts, indent=1), encoding="utf-8")
    return folder


def faults(folder):
    with pytest.raises(ConfigurationError) as error:
        load(folder)
    return [(one.file.removeprefix(f"{folder}/"), one.line, one.message) for one in error.value.faults]


def test_a_project_with_summary_data_loads(tmp_path):
    loaded = load(project(tmp_path))
    assert [*loaded.connection.summaries()] == ["costs", "visitors"]
    assert loaded.view.dimensions["code"].summary_data_group.dimensions == ("campaign", "advert")


def test_a_connection_may_have_summary_data_alone_but_not_nothing(tmp_path):
    view = {"dimensions": {"code": {"summary": "costs.code"}, "page": {"summary": "costs.page"}}, "metrics": {"revenue": {"summary": "costs.revenue"}}}
    folder = project(tmp_path, view)
    datasets = {"costs": COSTS, "visitors": VISITORS}
    (folder / "audiences" / "some.yaml").unlink()
    (folder / "connection.yaml").write_text(json.dumps({"name": "c", "datasets": datasets}), encoding="utf-8")
    assert load(folder).connection.events() == {}
    lookup = {"type": "lookup", "source": COSTS["source"], "key": "k", "matches": "m"}
    (folder / "connection.yaml").write_text(json.dumps({"name": "c", "datasets": {"cat": lookup}}), encoding="utf-8")
    assert any("at least one dataset of type event or summary" in text for _, _, text in faults(folder))


def test_a_misspelt_dataset_is_the_only_fault_also_in_a_report_by_minute(tmp_path):
    folder = project(tmp_path, {"metrics": {"spend": {"summary": "cost.spend"}}}, {"dimensions": ["minute"], "metrics": ["spend"]})
    assert {text for _, _, text in faults(folder)} == {"no summary dataset named 'cost'. Did you mean 'costs'? Known: costs, visitors."}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"granularity": "week"}, "granularity: no such choice: 'week'. Known: day, hour."),
        ({"time_zone": "Europe/Berln"}, "'Europe/Berln' is no IANA time zone. Did you mean 'Europe/Berlin'?"),
        ({"person_id": "who"}, "person_id"),
        ({"timestamp": None}, "timestamp"),
        ({"type": "sumary"}, "type must be one of event, profile, lookup, summary, account, graph. Did you mean 'summary'?"),
    ],
)
def test_a_dataset_that_cannot_be(tmp_path, more, text):
    [first, *_] = faults(project(tmp_path, datasets={"costs": {**COSTS, **more}}))
    assert first[0] == "connection.yaml"
    assert text in first[2]


def segment(where):
    return {"segments": {"red": {"where": where}}}


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ({"metrics": {"spend": {"summary": "cost.spend"}}}, "no summary dataset named 'cost'. Did you mean 'costs'?"),
        ({"metrics": {"spend": {"summary": "web.spend"}}}, "no summary dataset named 'web'."),
        ({"dimensions": {"campaign": {"summary": "cots.campaign"}}}, "no summary dataset named 'cots'. Did you mean 'costs'?"),
        ({"metrics": {"spend": {"summary": "costs"}}}, "'costs' names a dataset and a column of it: 'costs.column'."),
        ({"metrics": {"spend": {"summary": "costs.spend", "deduplication": {"scope": "person"}}}}, "deduplication"),
        ({"metrics": {"spend": {"summary": "costs.spend", "attribution": {"model": "linear"}}}}, "attribution"),
        ({"metrics": {"spend": {"summary": "costs.spend", "field": "spend"}}}, "summary"),
        ({"dimensions": {"campaign": {"summary": "costs.campaign", "field": "x"}}}, "give exactly one of 'field', 'derived', 'lookup', 'profile', 'account', 'summary'."),
        ({"dimensions": {"campaign": {"summary": "costs.campaign", "persistence": {}}}}, "persistence: rows of summary data have no person"),
        ({"dimensions": {"code": {"field": "code", "summary_data_group": ["campain"]}}}, "no dimension named 'campain'. Did you mean 'campaign'?"),
        ({"dimensions": {"code": {"field": "code", "summary_data_group": "page"}}}, "summary_data_group: dimension 'page' is not of summary data."),
        ({"dimensions": {"code": {"field": "code", "summary_data_group": ["campaign", "country"]}}}, "'campaign' and 'country' are both of 'costs'"),
        ({"dimensions": {"code": {"field": "code", "summary_data_group": {"dimensions": []}}}}, "at least 1"),
        ({"dimensions": {"code": {"field": "code", "summary_data_group": "campaign", "substring": {"delimiter": {"by": ",", "array": True}}}}}, "several values of one"),
        ({"derived": {"next": [{"function": "next_or_previous", "input": "code", "direction": "next"}]}, "dimensions": {"code": {"derived": "next", "summary_data_group": "campaign"}}}, "looks at other events"),
        ({"dimensions": {"page": {"field": "page", "persistence": {"binding": "campaign"}}}}, "persistence: dimension 'campaign' is of summary data"),
        ({"metrics": {"revenue": {"field": "revenue", "deduplication": {"scope": "person", "id": "campaign"}}}}, "deduplication: dimension 'campaign' is of summary data"),
        ({"metrics": {"roas": {"calculate": "count_distinct(campaign)"}}}, "count_distinct: dimension 'campaign' is of summary data"),
        ({"metrics": {"roas": {"calculate": "attributed(spend, model=linear)"}}}, "metric 'spend' is of summary data"),
        ({"session": {"starts_with": ["spend"]}}, "metric 'spend' is of summary data"),
        ({"dimensions": {"page": {"field": "page", "persistence": {"expiration": {"metric": "spend"}}}}}, "metric 'spend' is of summary data"),
        (segment({"metric": "spend", "at_least": 1}), "metric 'spend' is of summary data"),
        (segment({"dimension": "campaign", "equals": "red"}), "segment 'red': dimension 'campaign' is of summary data, so no event has a value of it that makes members."),
    ],
)
def test_what_a_view_cannot_do_with_summary_data(tmp_path, view, text):
    found = faults(project(tmp_path, view))
    assert any(text in message for _, _, message in found), found
    assert all(line > 0 for _, line, _ in found)


HIDING = {"dimensions": {"code": {"field": "code", "summary_data_group": {"dimensions": ["campaign", "advert"], "hide": True}}}}


@pytest.mark.parametrize(
    ("view", "report", "text"),
    [
        (HIDING, {"dimensions": ["campaign"]}, "dimension 'campaign' is hidden by the summary data group of 'code'; name that one."),
        ({}, {"dimensions": ["hour_of_day"]}, "metric 'spend' has rows of summary data 'costs', each about a day; none has one 'hour_of_day'."),
        ({}, {"dimensions": ["minute"], "metrics": ["clicks"]}, "rows of summary data 'visitors', each about an hour; none has one 'minute'."),
        ({}, {"report": "trend", "dimensions": None, "granularity": "hour"}, "each about a day; none has one 'hour'."),
        ({}, {"report": "trend", "dimensions": None, "compare": "year_ago"}, "metric 'spend' is of summary data, which is read of the report's own range; leave compare or the metric out."),
        ({}, {"report": "fallout", "dimensions": None, "metrics": None, "steps": ["spend", "red"]}, "metric 'spend' is of summary data"),
        ({}, {"report": "sessions", "dimensions": None, "metrics": None, "dimension": "campaign"}, "which only tables and trends show"),
        ({}, {"report": "fallout", "dimensions": None, "metrics": None, "steps": ["red", {"any": [{"dimension": "campaign", "equals": "x"}], "label": "x"}]}, "which only tables and trends show"),
        ({}, {"segments": [{"where": {"metric": "spend", "at_least": 1}}]}, "metric 'spend' is of summary data"),
    ],
)
def test_what_a_report_cannot_ask_of_summary_data(tmp_path, view, report, text):
    folder = project(tmp_path, view)
    asked = {name: one for name, one in {**TABLE, **report}.items() if one is not None}
    (folder / "reports" / "asked.yaml").write_text(json.dumps(asked, indent=1), encoding="utf-8")
    found = faults(folder)
    assert any(text in message for _, _, message in found), found
    assert {file for file, _, _ in found} == {"reports/asked.yaml"}


@pytest.mark.parametrize("report", [{"report": "trend", "granularity": "hour", "metrics": ["clicks"]}, {"dimensions": ["hour_of_day", "page"], "metrics": ["clicks"]}])
def test_hours_may_be_asked_of_rows_of_hours(tmp_path, report):
    folder = project(tmp_path)
    base = {} if report.get("report") == "trend" else TABLE
    (folder / "reports" / "asked.yaml").write_text(json.dumps({**base, **report}), encoding="utf-8")
    assert load(folder).reports
