"""docs/histogram.md: its YAML gives its table."""

import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_rules_of_histograms import persons

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "histogram.md").read_text(encoding="utf-8")


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    table = [line.strip("| ").split("|") for line in GUIDE.splitlines() if re.match(r"\| (total|below|bucket|above) ", line)]
    rows = rows_of(persons([None], [1], [2], [1, 3], [4, 5]), **yaml.safe_load(written))
    assert [[row["row_kind"], row["amount_range"] or "", f"{row['people']:g}"] for row in rows] == [[cell.strip() for cell in row] for row in table]
