"""docs/engagement.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from cja_spark.reports.engagement import Engagement
from cja_spark.reports.engagement_rows import QUADRANTS
from tests.unit.kernels.by_hand import DAY, START, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "engagement.md").read_text(encoding="utf-8")
MONDAYS = (START + 425 * DAY, START + 432 * DAY)  # 2 and 9 March 2026
FIGURES = ("people", "person_periods", "active_periods", "times_done", "share_sum")


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(cell, monday):
    """What somebody does in a week, and an event that is nothing of it."""
    told = re.findall(r"(\w+) (\d) times?", cell)
    names = [name for name, many in told for _ in range(int(many))]
    return [page(monday - START + at, None if name == "orders" else name, **({"orders": 1} if name == "orders" else {})) for at, name in enumerate([*names, "home"] if cell else [])]


def answered():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[event for cell, monday in zip(weeks, MONDAYS, strict=True) for event in events(cell, monday)] for _, *weeks in lines(r"\| (Ann|Bob|Cat|Dan) ")]
    assert len(persons) == 4
    return rows_of(persons, until=MONDAYS[1] + 30 * DAY, **yaml.safe_load(written))


def told(row):
    """A row as the guide writes it."""
    figures = ["" if row[name] is None else f"{row[name]:g}" for name in FIGURES]
    share, often = row["average_share"], row["times_per_person"]
    return [row["row_kind"], row["step_name"] or "", *figures, "" if share is None else f"{100 * share:g} %", "" if often is None else f"{often:g}", row["quadrant"] or ""]


def test_the_guide_is_what_its_yaml_gives():
    assert [told(row) for row in answered()] == lines(r"\| (total|median|event) ")


def test_the_quadrants_of_the_guide():
    sides = {"at the median or above": True, "below the median": False}
    told = {(sides[wide], sides[often]): name for name, wide, often, _ in lines(r"\| (power|high impact|low impact|one-time) ")}
    assert told == QUADRANTS
    assert {place: name for name, *_, place in lines(r"\| (power|high impact|low impact|one-time) ")} == {"top left": "power", "top right": "high impact", "bottom left": "low impact", "bottom right": "one-time"}


def test_the_settings_of_the_guide_are_those_that_there_are():
    assert {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)} == {"events", "granularity"} < {*Engagement.model_fields}
