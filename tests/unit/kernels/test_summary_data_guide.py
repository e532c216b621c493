"""docs/summary-data.md: its YAML is read, and its tables are what the product gives."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.connection.spec import Connection
from tests.unit.kernels.summaries_by_hand import answer

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "summary-data.md").read_text(encoding="utf-8")
CONNECTION, VIEW = (yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
TABLES = [
    [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in text.splitlines() if not line.startswith("|---")]
    for text in re.findall(r"(?:^\|.*\n)+", GUIDE, re.MULTILINE)
]


def rows_under(*header):
    """The rows of the table that begins with some headings."""
    [found] = [rows for first, *rows in TABLES if tuple(first[: len(header)]) == header]
    return found


EVENTS = [
    {"person_id": code, "at": "2026-01-05T10:00", "tracking_code": code, "revenue": float(revenue), "page": "home"}
    for code, revenue in rows_under("tracking code")
]
COSTS = [{"at": day, "campaign": campaign, "spend": float(spend)} for day, campaign, spend in rows_under("day", "campaign")]


def asked(**more):
    view = {**VIEW, "dimensions": {**VIEW["dimensions"], "page": {"field": "page"}}}
    return answer(view, EVENTS, asked={"report": "table", **more}, costs=COSTS)


def test_the_dataset_of_the_guide_is_one():
    [dataset] = Connection.model_validate({"name": "guide", **CONNECTION}).summaries().values()
    assert (dataset.granularity, dataset.time_zone) == ("day", "Europe/Berlin")


def test_the_table_of_the_guide_is_what_the_product_gives():
    expected = rows_under("tracking_code", "revenue")
    rows = asked(dimensions=["tracking_code"], metrics=["revenue", "spend", "return_on_ad_spend"])
    shown = [["(total)" if kind == "total" else code, *("–" if x is None else f"{round(x, 2):g}" for x in figures)] for kind, code, *figures in rows]
    assert shown == expected


PARTS = {"`tracking_code` equals `spring`": {"dimension": "tracking_code", "equals": "spring"}, "`page` equals `home`": {"dimension": "page", "equals": "home"}}
SEGMENTS = re.findall(r"^\| (.*equals.*) \| (.*) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(("text", "stay"), SEGMENTS)
def test_each_segment_of_the_guide_leaves_the_rows_that_it_says(text, stay):
    parts = [part for name, part in PARTS.items() if name in text] or [{"dimension": "tracking_code", "equals": "spring"}]
    join = next((word for word in ("all", "any") if text.startswith(f"{word} of")), None)
    container = "person" if text.startswith("persons with") else "event"
    segment = {"container": container, "where": {join: parts} if join else parts[0]}
    [(_, spend)] = asked(metrics=["spend"], segments=[segment])
    assert spend == (26 if stay == "all" else 20)


def test_the_guide_has_its_segments():
    assert len(SEGMENTS) == 5
