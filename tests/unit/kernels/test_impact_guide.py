"""docs/impact.md: its YAML gives its table, of the persons that it tells of."""

import datetime as dt
import re
from pathlib import Path

import yaml

from cja_spark.reports.impact import Impact
from tests.unit.kernels.by_hand import DAY, HOUR, START, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "impact.md").read_text(encoding="utf-8")
VIEW = {"metrics": {"orders": "orders", "calls": "calls"}}
FIGURES = ("people", "base_people", "times_done", "times_per_person")


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(first, orders, calls):
    """The first use at noon of its day, and what is some hours before and after it; somebody without one is on another page."""
    if not first:
        return [page(430 * DAY, "home", calls=0)]
    zero = int(dt.datetime.strptime(f"{first} 2026 12 +0000", "%d %B %Y %H %z").timestamp() * 1000) - START
    told = [(hours, name) for name, cell in (("orders", orders), ("calls", calls)) for hours in map(int, cell.split(", ") if cell else ())]
    return sorted([page(zero, "checkout"), *(page(zero + hours * HOUR, "home", **{name: 1}) for hours, name in told)], key=lambda event: event[0])


def answered(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [events(*cells) for _, *cells in lines(r"\| (Ann|Bob|Cat|Dan) ")]
    assert len(persons) == 4
    return rows_of(persons, VIEW, until=START + 600 * DAY, **{**yaml.safe_load(written), **given})


def told(row):
    figures = ["" if row[name] is None else f"{row[name]:g}" for name in FIGURES]
    change = row["change_rate"]
    return [row["row_kind"], row["step_name"] or "", "" if row["interval"] is None else str(row["interval"]), *figures, "" if change is None else f"{100 * change:g} %"]


def test_the_guide_is_what_its_yaml_gives():
    assert [told(row) for row in answered()] == lines(r"\| (total|left_out|interval|before|after) ")


def test_a_range_that_begins_later_leaves_the_first_users_out():
    assert [row["people"] for row in answered(range={"from": dt.date(2026, 3, 4), "to": dt.date(2026, 3, 20)})[:2]] == [1, 2]


def test_the_settings_of_the_guide_are_those_that_there_are():
    assert {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)} == {"indicators", "release", "first_use", "since", "days", "intervals"} < {*Impact.model_fields}
    for name in ("days", "intervals"):
        assert re.search(rf"\| `{name}` \|.*\({Impact.model_fields[name].default}\)", GUIDE)
