"""docs/contribution.md: its YAML gives its table, of the orders that it tells of."""

import datetime as dt
import re
from pathlib import Path

import yaml

from cja_spark.reports.contribution import Contribution
from tests.unit.kernels.by_hand import DAY, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "contribution.md").read_text(encoding="utf-8")
VIEW = {"dimensions": {"channel": "channel"}, "metrics": {"orders": "orders"}, "segments": {"buyers_of_many": {"container": "session", "where": {"metric": "orders", "at_least": 4}}}}


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def persons():
    """The events of the guide, by person."""
    found = {}
    for name, day, channel, orders in lines(r"\| (ann|bob|cat|dan) "):
        t = (dt.date.fromisoformat(day) - dt.date(2025, 1, 1)).days * DAY
        found.setdefault(name, []).append((t, {"channel": channel, "orders": float(orders)}))
    return [*found.values()]


def shown(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    return rows_of(persons(), VIEW, **{**yaml.safe_load(written), **given})


def said(value):
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def test_the_guide_is_what_its_yaml_gives():
    [names] = lines(r"\| row_kind \|")
    rows = shown()
    assert names == [*rows[0]]
    assert [[said(value) for value in row.values()] for row in rows] == lines(r"\| (total|item|segment) \|")


def test_two_segments_are_compared_as_the_guide_writes_them():
    view = {**VIEW, "segments": {**VIEW["segments"], "mail": {"where": {"dimension": "channel", "equals": "mail"}}}}
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    total, *_ = rows_of(persons(), view, **{**yaml.safe_load(written), "compare": ["mail", "buyers_of_many"]})
    assert (total["amount_before"], total["amount_after"]) == (4, 16)


def test_the_settings_of_the_guide_are_those_that_there_are():
    named = {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)}
    assert named == {"metric", "dimensions", "by_segments", "compare", "rows"} < {*Contribution.model_fields}
    assert Contribution.model_fields["rows"].default == 10
