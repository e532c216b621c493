"""docs/flow.md: its YAML gives its table."""

import datetime as dt
import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_rules_of_paths import visit

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "flow.md").read_text(encoding="utf-8")
PERSONS = [visit("product", "cart", "pay"), visit("cart", "product", "cart", "pay"), visit("cart")]


def test_the_guide_is_what_its_yaml_gives():
    written, _ = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (total|node|link) ", line)]
    names = [cell.strip() for cell in re.findall(r"^\| row_kind .*$", GUIDE, re.MULTILINE)[0].strip("|").split("|")]
    rows = rows_of(PERSONS, **yaml.safe_load(written))
    assert [[said(name, row[name]) for name in names] for row in rows] == table


def test_its_rows_over_time_are_what_its_yaml_gives():
    written, trended = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (total|link)_over_time ", line)]
    names = [cell.strip() for cell in re.findall(r"^\| row_kind .*$", GUIDE, re.MULTILINE)[1].strip("|").split("|")]
    days = {"range": {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 2)}}
    persons = [*PERSONS[:2], [(at + 86_400_000, values) for at, values in PERSONS[2]]]
    rows = rows_of(persons, **yaml.safe_load(written), **yaml.safe_load(trended), **days)
    told = [row for row in rows if row["row_kind"] in ("total_over_time", "link_over_time")]
    assert [[said(name, row[name]) for name in names] for row in told] == table


def said(name, value):
    if value is None or isinstance(value, str):
        return value or ""
    return f"{100 * value:.0f} %" if name == "percent_of_total" else f"{value:g}"
