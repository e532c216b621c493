"""docs/fallout.md, between the steps and after them: its tables are what the visits of the guide give."""

import re

import yaml

from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_fallout_reported_guide import DAY, GUIDE, said, visits

CHAPTER = GUIDE.split("## Between the steps")[1]
WRITTEN = re.findall(r"```yaml\n(.*?)```", CHAPTER, re.DOTALL)


def around(written):
    [steps] = re.findall(r"```steps\n(.*?)```", GUIDE, re.DOTALL)
    rows = rows_of(visits(), report="fallout", range=DAY, **yaml.safe_load(steps), **yaml.safe_load(written))
    names = ("row_kind", "step_name", "item_kind", "step_item")
    return [[*(row[name] or "" for name in names), said(row["people"]), said(row["percent_of_step"])] for row in rows if row["row_kind"] != "step"]


def tables():
    """The rows of each table, without its head."""
    found = re.findall(r"(?:^\|.*\n)+", CHAPTER, re.MULTILINE)
    return [[[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in table.splitlines()[2:]] for table in found]


def test_the_tables_are_what_the_yaml_gives():
    assert len(WRITTEN) == 2
    assert [around(written) for written in WRITTEN] == tables()
