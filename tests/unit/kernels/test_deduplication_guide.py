"""docs/deduplication.md: its YAML is a view, and its table is what counts."""

import re
from pathlib import Path

import pytest
import yaml

from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import GAP, VIEW, page, table

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "deduplication.md").read_text(encoding="utf-8")
HEADER, *TABLE = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if re.match(r"\| (deduplication|none|`\{.*\}`) \| ", line)]
TIMES = (0, 1, 2, GAP + 10, GAP + 11)


def test_the_yaml_of_the_guide_is_a_view():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    view = View.model_validate({"name": "guide", **yaml.safe_load(written)})
    assert all(metric.deduplication for metric in view.metrics.values())


def test_the_table_is_read():
    assert (len(HEADER), len(TABLE)) == (6, 8)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_what_counts_is_what_the_guide_says(row):
    orders = [None if cell.endswith("–") else cell[-1] for cell in HEADER[1:]]
    events = [page(time, str(at), channel=order, orders=1) for at, (time, order) in enumerate(zip(TIMES, orders, strict=True), 1)]
    how = {} if row[0] == "none" else {"deduplication": yaml.safe_load(row[0].strip("`").replace("purchase_id", "channel"))}
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", **how}}}
    found = {name: amount for kind, name, amount in table([events], "page", metrics=["orders"], view=view) if kind == "item"}
    assert [found.get(str(at), 0) for at in range(1, 6)] == [float(cell == "yes") for cell in row[1:]]
