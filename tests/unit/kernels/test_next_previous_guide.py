"""docs/next-previous.md: its YAML gives its table."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_flow_guide import PERSONS, said

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "next-previous.md").read_text(encoding="utf-8")


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if re.match(r"\| (total|node) ", line)]
    names = [cell.strip() for cell in re.findall(r"^\| row_kind .*$", GUIDE, re.MULTILINE)[0].strip("|").split("|")]
    assert [[said(name, row[name]) for name in names] for row in rows_of(PERSONS, **yaml.safe_load(written))] == table
