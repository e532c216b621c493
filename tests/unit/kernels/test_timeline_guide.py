"""docs/timeline.md: its YAML gives its tables, of the events that it tells of; what it says of settings holds."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from cja_spark.reports.timeline import MOST_EVENTS, Timeline
from cja_spark.reports.timeline_cells import MOST_VALUES
from tests.unit.kernels.by_hand import START, page
from tests.unit.kernels.test_rules_of_timeline import told

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "timeline.md").read_text(encoding="utf-8")
LASTING = {"dimensions": {"page": "page", "channel": {"field": "channel", "persistence": {"allocation": "most_recent", "expiration": "session"}}}}


def table(first):
    """The rows below a head, each by its columns."""
    [text] = re.findall(rf"^(\| {first} .*(?:\n\|.*)+)", GUIDE, re.MULTILINE)
    head, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def persons():
    found = {}
    for row in table(r"person \| time"):
        at = dt.datetime.fromisoformat(f"{row['time']}+00:00").timestamp() * 1000 - START
        orders = {"orders": float(row["orders"])} if row["orders"] else {}
        found.setdefault(row["person"], []).append(page(round(at), row["page"], channel=row["channel"], **orders))
    return found


def asked():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    return yaml.safe_load(written)


def shown(rows, columns):
    return [{name: "" if row[name] is None else f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for name in columns} for row in rows]


def test_the_events_of_the_guide_are_what_its_yaml_gives():
    rows = [row for row in told(persons(), view=LASTING, **asked()) if row["row_kind"] == "event"]
    assert shown(rows, table("timeline_person")[0]) == table("timeline_person")


def test_its_sums_are_too():
    rows = [row for row in told(persons(), view=LASTING, **asked()) if row["row_kind"] != "event"]
    assert shown(rows, table("row_kind")[0]) == table("row_kind")


def test_the_durations_of_all_events_sum_to_the_metric():
    rows = told(persons(), view=LASTING, **{**asked(), "people": 3, "most_events": 9})
    assert sum(row["time_spent_seconds"] or 0 for row in rows if row["row_kind"] == "event") == rows[0]["time_spent_seconds"] == 135


def test_the_settings_of_the_guide_are_those_that_there_are_with_their_defaults():
    settings = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", GUIDE, re.MULTILINE))
    own = {*Timeline.model_fields} - {*Timeline.__mro__[1].model_fields}
    assert own <= {*settings}
    for name in ("people", "sample", "most_events"):
        assert f"{Timeline.model_fields[name].default} without a word" in settings[name]
    assert f"may be {MOST_EVENTS:,}." in GUIDE
    assert f"of more than {MOST_VALUES} the rest is counted" in settings["dimensions"]
    assert Timeline(dimensions=("page",), persons=(4711,)).persons == ("4711",)


@pytest.mark.parametrize("kind", ["no_events", "not_found", "left_out"])
def test_the_guide_names_the_rows_of_those_with_nothing_to_show(kind):
    given = {"no_events": {"persons": ["ann"], "range": {"from": "2025-02-01", "to": "2025-02-01"}}, "not_found": {"persons": ["zoe"]}, "left_out": {"persons": ["ann"], "view": {**LASTING, "max_events": 3}}}[kind]
    own = {name: value for name, value in asked().items() if name not in ("people", "sample")}
    rows = told(persons(), **{"view": LASTING, **own, **given})
    assert [row["row_kind"] for row in rows] == ["total", kind]
    assert f"`{kind}`" in GUIDE
