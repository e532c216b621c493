"""docs/flow.md: its YAML gives its table."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_rules_of_paths import visit

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "flow.md").read_text(encoding="utf-8")
PERSONS = [visit("product", "cart", "pay"), visit("cart", "product", "cart", "pay"), visit("cart")]


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (total|node|link) ", line)]
    names = [cell.strip() for cell in re.findall(r"^\| row_kind .*$", GUIDE, re.MULTILINE)[0].strip("|").split("|")]
    rows = rows_of(PERSONS, **yaml.safe_load(written))
    assert [[said(name, row[name]) for name in names] for row in rows] == table


def said(name, value):
    if value is None or isinstance(value, str):
        return value or ""
    return f"{100 * value:.0f} %" if name == "percent_of_total" else f"{value:g}"
