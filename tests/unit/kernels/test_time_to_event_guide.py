"""docs/time-to-event.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from cja_spark.reports.spec import Report
from cja_spark.reports.time_to_event import TimeToEvent
from tests.unit.kernels.by_hand import DAY, END, HOUR, MINUTE, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "time-to-event.md").read_text(encoding="utf-8")
MOMENT = re.compile(r"(?:(\d+) (January|February), )?(\d\d):(\d\d) (cart|order)(?: from (\w+))?")
VIEW = {"dimensions": {"channel": "channel"}, "metrics": {"carts": "carts", "orders": "orders"}}


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(told):
    """A person's events; those without a day are of the day before them in the line."""
    day = 0
    for number, month, hour, minute, what, channel in MOMENT.findall(told):
        day = int(number) + 31 * (month == "February") if number else day
        yield (day - 1) * DAY + int(hour) * HOUR + int(minute) * MINUTE, {"channel": channel, "carts": float(what == "cart"), "orders": float(what == "order")}


def asked(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[*events(told)] for _, told in lines(r"\| (Ann|Bob|Cat|Dan|Eva|Fay) ")]
    assert len(persons) == 6
    return rows_of(persons, VIEW, until=END + 12 * HOUR, **{**yaml.safe_load(written), **given})


def shown(name, row):
    cell = row[name]
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:,.0f}" if name == "mean_seconds" else f"{cell:.3g}"


def test_the_guide_is_what_its_yaml_gives():
    [names] = lines(r"\| row_kind ")
    found = asked()
    assert [[shown(name, row) for name in names] for row in found] == lines(r"\| (total|bucket|value) \|")
    assert [name for name in found[0] if name not in GUIDE] == []


def test_the_guide_says_what_last_does_to_bob():
    rows = {row["breakdown"]: row for row in asked(start_event="last") if row["row_kind"] == "value"}
    assert [(row["people"], row["mean_seconds"]) for row in (rows["email"], rows["search"])] == [(3, (240 + 3600) / 2), (2, 7200)]


def test_the_guide_names_every_setting():
    own = {*TimeToEvent.model_fields} - {*Report.model_fields}
    assert [name for name in own if f"`{name}`" not in GUIDE] == []
