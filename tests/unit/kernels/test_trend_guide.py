"""docs/trend.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from cja_spark.reports.trend import Trend
from tests.unit.kernels.by_hand import DAY, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "trend.md").read_text(encoding="utf-8")


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[page((int(day) - 1) * DAY, orders=int(orders)) for orders, day in re.findall(r"(\d) on day (\d)", told)] for _, told in lines(r"\| (Ann|Bob|Cat) ")]
    assert [len(own) for own in persons] == [3, 2, 1]
    found = rows_of(persons, **yaml.safe_load(written))
    shown = [[row["row_kind"], row["label"] or "", f"{row['orders']:g}", f"{row['people']:g}"] for row in found]
    assert shown == lines(r"\| (total|bucket|moving_average)(_before)? ")


def test_the_guide_names_every_setting():
    assert [line[0].strip("`") for line in lines(r"\| `")] == [name for name in ("granularity", "metrics", "columns", "compare", "moving_average") if name in Trend.model_fields]
