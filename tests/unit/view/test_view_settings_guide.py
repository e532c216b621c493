"""docs/view-settings.md: its YAML is a view, and its tables are what the product gives."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from cja_spark.configuration import spec_of
from cja_spark.view.calendar import label_of_day
from cja_spark.view.ranges import Range, days_in
from cja_spark.view.spec import View
from cja_spark.view.standard import OF_SESSIONS, STANDARD_DIMENSIONS, TIME_SPENT
from tests.property.strategies import at
from tests.unit.kernels.by_hand import START, page, rows_of
from tests.unit.kernels.test_rules_of_standard_dimensions import texts

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "view-settings.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if line.startswith("| `") and "`calendar`" not in line]
CALENDARS = [row for row in ROWS if len(row) == 5]
DIMENSIONS = [row for row in ROWS if len(row) == 2]
[WRITTEN] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
VIEW = spec_of(View, yaml.safe_load(WRITTEN), "view.yaml")


def test_the_yaml_of_the_guide_is_a_view():
    assert len(VIEW.view_segments) == 1
    assert VIEW.calendar.weeks == "4-5-4"


@pytest.mark.parametrize("row", CALENDARS, ids=lambda row: row[0])
def test_each_calendar_names_a_day_as_the_guide_says(row):
    [written] = re.findall(r"`([^`]*)`", row[0])
    view = View.model_validate({"name": "v", "calendar": yaml.safe_load(written)})
    assert [label_of_day(date(2025, 3, 9), size, view.calendar) for size in ("week", "month", "quarter", "year")] == row[1:]


@pytest.mark.parametrize("row", DIMENSIONS[:-5], ids=lambda row: row[0])
def test_each_dimension_of_time_has_the_value_that_the_guide_says(row):
    assert texts([at("2025-03-09T18:07:31+00:00")], row[0].strip("`"), VIEW) == [row[1]]


def test_the_guide_has_all_standard_dimensions_and_calendars():
    assert sorted(row[0].strip("`") for row in DIMENSIONS) == sorted(STANDARD_DIMENSIONS)
    assert [row[0].strip("`") for row in DIMENSIONS[-5:]] == [*OF_SESSIONS, *TIME_SPENT]
    assert len(CALENDARS) == 5


def lines_below(heading):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE[GUIDE.index(heading) :].split("\n\n")[0].splitlines()[2:]]


@pytest.mark.parametrize("row", lines_below("| `view_segments` | events"), ids=lambda row: row[0])
def test_segments_of_the_view_leave_what_the_guide_says(row):
    persons = {}
    for person, time, name, orders in lines_below("| person | time | page"):
        persons.setdefault(person, []).append(page(at(f"{time}+00:00") - START, name, orders=float(orders or "nan")))
    given = {key: yaml.safe_load(WRITTEN)[key] for key in ("segments", "view_segments")}
    asked = {"view": {**given, **({"view_segments": []} if row[0] == "none" else {})}, "report": "table"}
    names = ["events", "people", "sessions", "orders"]
    [total] = rows_of([*persons.values()], metrics=names, **asked)
    buyers = {"container": "person", "where": {"metric": "orders", "at_least": 2}}
    [of_buyers] = rows_of([*persons.values()], metrics=["people"], segments=[buyers], **asked)
    assert [*(total[name] for name in names), of_buyers["people"]] == [float(cell) for cell in row[1:]]
    assert len(persons) == 2


@pytest.mark.parametrize("row", lines_below("| `range`, on 9 March 2025"), ids=lambda row: row[0])
def test_a_rolling_range_is_the_days_that_the_guide_says(row):
    for text in re.findall(r"`([^`]*)`", row[0]):
        first, after = days_in(TypeAdapter(Range).validate_python(text), date(2025, 3, 9))
        assert [str(first), str(after - timedelta(days=1))] == row[1:]
