"""docs/persistence.md: its YAML is a view, and the table of allocations is what the product gives."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.project_bindings import binding_faults
from cja_spark.project_names import faults_of_names
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import page
from tests.unit.kernels.test_rules_of_persistence import has

DOCS = Path(__file__).resolve().parents[3] / "docs"
GUIDE = (DOCS / "persistence.md").read_text(encoding="utf-8")
HEADER, *TABLE = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if re.match(r"\| (allocation|`\w+`[^|]*) \| (1:|[-–A-C])", line)]


def test_the_yaml_of_the_guide_is_a_view():
    dimensions = {}
    for written in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL):
        dimensions |= yaml.safe_load(written)["dimensions"]
    metrics = {"orders": "orders", "cart_additions": "adds"}
    view = View.model_validate({"name": "guide", "metrics": metrics, "dimensions": dimensions})
    lasting = [name for name, dimension in view.dimensions.items() if dimension.persistence]
    assert lasting == ["campaign", "search_term", "genre", "finding_method"]
    assert [*binding_faults(view, {}), *faults_of_names(view, [])] == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_each_allocation_gives_what_the_guide_says(row):
    events = [page(number, None if cell.endswith("–") else cell[-1]) for number, cell in enumerate(HEADER[1:])]
    allocation, *expected = row
    found = has(*events, allocation=re.match(r"`(\w+)`", allocation)[1])
    assert found == [None if cell == "–" else cell.split(", ") if ", " in cell else cell for cell in expected]


def test_the_guide_has_all_five():
    assert len(TABLE) == 5
