"""docs/attribution-panel.md: its YAML gives its tables, of the persons that it tells of."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.reports.attribution import AttributionPanel
from tests.unit.kernels.by_hand import DAY, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "attribution-panel.md").read_text(encoding="utf-8")
VIEW = {"dimensions": {"channel": "channel"}, "metrics": {"orders": "orders"}}
FIRST, SECOND = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def persons():
    """The journeys of the guide: a channel or some orders on three days."""
    [head] = lines(r"\| person \| 1 January")
    days = [int(told.split()[0]) - 1 for told in head[1:]]
    for _, *cells in lines(r"\| (Ann|Bob|Cat|Dan) "):
        events = [(day * DAY, cell) for day, cell in zip(days, cells, strict=True) if cell]
        yield [(t, {"orders": float(cell.split()[0])} if "order" in cell else {"channel": cell}) for t, cell in events]


def asked(**given):
    found = [*persons()]
    assert len(found) == 4
    return rows_of(found, VIEW, **{**yaml.safe_load(FIRST), **given})


def text(cell):
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)


@pytest.mark.parametrize("kinds", [("total", "item", "untouched"), ("set", "overlap", "none"), ("touches", "days")])
def test_the_tables_of_the_guide(kinds):
    [head] = [line for line in lines(r"\| row_kind ") if lines(rf"\| {kinds[0]} ")[0] in tables()[tuple(line)]]
    rows = [[text(row[name]) for name in head] for row in asked() if row["row_kind"] in kinds]
    shown = rows if kinds[0] != "touches" else [row for row in rows if row[2] != "0"]
    assert shown == tables()[tuple(head)]


def tables():
    """The tables of rows, by their columns."""
    found, head = {}, None
    for line in lines(r"\|"):
        if line[0] == "row_kind":
            head = tuple(line)
        elif line[0] in ("total", "item", "untouched", "set", "overlap", "none", "touches", "days"):
            found.setdefault(head, []).append(line)
    return found


def test_every_bucket_is_a_row():
    told = [row["amount_range"] for row in asked() if row["row_kind"] in ("touches", "days")]
    assert told == [*map(str, range(10)), "10+", "< 1", "1", "2-3", "4-7", "8-14", "15-30", "31-60", "61-90", "91+"]


def test_a_share_of_the_guide():
    [row] = [row for row in asked() if row["credited_item"] == "mail"]
    part, whole = re.findall(r"`linear_share`: (\d+) of (\d+) for mail", GUIDE)[0]
    assert row["linear_share"] == int(part) / int(whole)


def test_models_with_settings_of_the_guide():
    rows = asked(**yaml.safe_load(SECOND))
    assert {name for name in rows[0] if f"{name}_share" in rows[0]} == {"last_touch", "last_of_session", "early", "slow", "by_rates"}


def test_the_settings_of_the_guide_are_those_that_there_are():
    named = {name for cell, *_ in lines(r"\| `") for name in re.findall(r"`(\w+)`", cell)}
    assert named == {"metric", "dimension", "models", "container", "lookback", "touch", "rows", "overlap"} < {*AttributionPanel.model_fields}
