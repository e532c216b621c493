"""docs/overlap.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import MINUTE, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "overlap.md").read_text(encoding="utf-8")
VIEW = {"metrics": {"orders": "orders", "calls": "calls", "opens": "opens"}}


def cells(pattern):
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def persons():
    """Each person's events, a minute apart."""
    told = [[one.strip() for one in words.split(",")] for _, words in cells(r"\| (Ann|Bob|Cat|Dan|Eva) ")]
    return [[page(at * MINUTE, one) if one in ("help", "home") else page(at * MINUTE, **{one: 1}) for at, one in enumerate(own)] for own in told]


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    shown = [["" if cell is None else f"{cell:g}" if isinstance(cell, int | float) else cell for cell in row.values()] for row in rows_of(persons(), VIEW, **yaml.safe_load(written))]
    assert shown == cells(r"\| (total|set|overlap|none) ")
