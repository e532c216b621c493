"""docs/table.md: its YAML gives its table."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import DAY, page, table

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "table.md").read_text(encoding="utf-8")
PERSONS = [
    [page(0, "shoes", orders=4), page(DAY, "home", orders=1)],
    [page(0, "shoes", orders=1), page(1, "help", orders=2)],
    [page(0, "home"), page(1, "shoes", orders=2)],
]
WITH_HELP = {"with_help": {"container": "session", "where": {"dimension": "page", "equals": "help"}}}


def cell(value):
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:g}" if value == int(value) else f"{value:.2f}"


def test_the_guide_is_what_its_yaml_gives():
    rows = []
    for written in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL):
        asked = yaml.safe_load(written)
        asked.pop("report")
        rows += table(PERSONS, *asked.pop("dimensions"), view={"segments": WITH_HELP}, **asked)
    shown = [line.strip("|").split("|") for line in GUIDE.splitlines() if re.match(r"\| (total|grand_total|item|other) ", line)]
    assert [[cell(value) for value in row] for row in rows] == [[value.strip().removesuffix(".00") for value in row] for row in shown]
