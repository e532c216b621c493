"""docs/values.md: its YAML is a view, and its tables are what the settings make of values."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from cja_spark.view.spec import View

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "values.md").read_text(encoding="utf-8")
SETTINGS = ("include", "substring", "buckets", "granularity")


def tables():
    """Rows of the tables under a setting's name: (setting, what is written, of, shows)."""
    found, setting = [], None
    for line in GUIDE.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 3:
            setting = None if not cells else setting
        elif cells[1:] == ["of", "shows"]:
            setting = cells[0]
        elif setting and not cells[0].startswith("-"):
            found.append((setting, yaml.safe_load(cells[0].strip("`")), *cells[1:]))
    return found


def test_the_yaml_of_the_guide_is_a_view():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    view = View.model_validate({"name": "guide", **yaml.safe_load(written)})
    assert [name for name, one in view.dimensions.items() if not one.changes_texts] == ["page", "device"]
    assert [name for name, one in view.metrics.items() if one.changes_amounts] == ["big_orders", "errors", "visitors"]


@pytest.mark.parametrize("row", tables(), ids=lambda row: f"{row[0]} {row[1]} of {row[2]}")
def test_a_setting_shows_what_the_guide_says(row):
    setting, written, value, shows = row
    view = View.model_validate({"name": "guide", "dimensions": {"d": {"field": "d", setting: written}}})
    assert view.dimensions["d"].shown(pa.array([value])).to_pylist() == [None if shows == "–" else shows]


@pytest.mark.parametrize(("setting", "count"), [("include", 13), ("substring", 20), ("buckets", 5), ("granularity", 6)])
def test_every_table_is_read(setting, count):
    assert len([row for row in tables() if row[0] == setting]) == count
