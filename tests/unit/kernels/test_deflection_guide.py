"""docs/deflection.md: its YAML gives its table, of the persons that it tells of."""

import re
from pathlib import Path

import numpy as np
import yaml

from cja_spark.kernels.wilson import wilson
from tests.unit.kernels.by_hand import DAY, HOUR, MINUTE, START, page, rows_of
from tests.unit.kernels.test_rules_of_deflection import VIEW

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "deflection.md").read_text(encoding="utf-8")
MOMENT = re.compile(r"(?:(\d+) January, )?(\d\d):(\d\d) (\w+)")


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in GUIDE.splitlines() if re.match(pattern, line)]


def events(told):
    """A person's events; those without a day are of the day before them in the line."""
    day = 0
    for number, hour, minute, what in MOMENT.findall(told):
        day = int(number or day)
        t = (day - 1) * DAY + int(hour) * HOUR + int(minute) * MINUTE
        yield page(t, "phone", calls=1) if what == "calls" else page(t, what)


def shown(name, row):
    cell = row[name]
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:.3g}"


def test_the_guide_is_what_its_yaml_gives():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[*events(told)] for _, told in lines(r"\| (Ann|Bob|Cat|Dan|Eva|Gus|Hal) ")]
    [names] = lines(r"\| row_kind ")
    found = rows_of(persons, VIEW, until=START + 7 * DAY + 12 * HOUR, **yaml.safe_load(written))
    assert len(persons) == 7
    assert [[shown(name, row) for name in names] for row in found] == lines(r"\| (total|topic|control) \|")
    assert (found[0]["avoided_cost"], found[0]["upper_bound"]) == (6, 18)


def test_the_guide_says_the_bounds_of_one_call_of_three():
    [(low, high)] = [(float(low), float(high)) for low, high in re.findall(r"Of 3 closed trials with 1 call the true rate lies anywhere between ([\d.]+) and ([\d.]+)\.", GUIDE)]
    assert [round(float(one[0]), 2) for one in wilson(np.array([1.0]), np.array([3.0]))] == [low, high]


def test_the_guide_names_every_column_and_setting():
    row = rows_of([[page(DAY, "phone", calls=1)]], VIEW, report="deflection", topic="page", self_service="calls", call="calls", baseline=0.5, cost_per_call=1)[0]
    assert [name for name in row if name not in GUIDE] == []
