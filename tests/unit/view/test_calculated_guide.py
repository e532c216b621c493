"""docs/calculated-metrics.md: its YAML is a view, its tables of functions are all there are, its examples are computed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from cja_spark.project_names import faults_of_names
from cja_spark.reports.measures import measures
from cja_spark.view.formula.evaluate import Sheet, column
from cja_spark.view.formula.known import FORMS, FUNCTIONS
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import page, table

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "calculated-metrics.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## Worked examples") :]
HEADER, *EXAMPLES = [line.strip("| ").split(" | ") for line in WORKED.splitlines() if re.match(r"\| (formula|`)", line)]


def test_the_yaml_of_the_guide_is_a_view_without_faults():
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    view = View.model_validate({"name": "guide", **yaml.safe_load(written)})
    assert faults_of_names(view, []) == []
    assert len(view.formulas()) == 7
    assert Measure("orders", ("mobile",)) in measures(["mobile_share"], view)


def test_the_guide_has_every_function_with_what_it_says_of_itself():
    rows = re.findall(r"^\| `(.*)` \| (row|table|place|order) \| (.*) \|$", GUIDE, re.MULTILINE)
    ours = [(one.signature(), one.over, one.says.replace("|x|", "\\|x\\|")) for one in FUNCTIONS.values()]
    assert sorted(rows) == sorted(ours)


def test_the_guide_has_the_forms_that_are_no_functions():
    assert [name for name in FORMS if f"`{name}(" not in GUIDE] == []


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_each_example_gives_what_the_guide_says(row):
    pairs = [[float(number) for number in cell.split(", ")] for cell in HEADER[1:-1]]
    orders, sessions = (np.array([*some, sum(some)]) for some in zip(*pairs, strict=True))
    sums = {Measure("orders"): orders, Measure("sessions"): sessions}
    totals = {Measure("orders"): 12.0, Measure("sessions"): 40.0}
    found = column("it", {"it": parse(row[0].strip("`"))}, Sheet(sums, totals, np.array([True] * len(pairs) + [False])))
    expected = [np.nan if cell == "null" else float(cell) for cell in row[1:]]
    np.testing.assert_allclose(found, expected, atol=5e-5)


def test_the_guide_has_its_examples():
    assert len(EXAMPLES) == 20


def lines_below(heading):
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in WORKED[WORKED.index(heading) :].split("\n\n")[0].splitlines()]


def test_the_metrics_of_the_guide_have_on_its_events_what_it_says():
    persons = {}
    for at, (person, channel, device, orders, revenue) in enumerate(lines_below("| person | channel")[2:]):
        amounts = {"orders": float(orders or "nan"), "revenue": float(revenue or "nan")}
        persons.setdefault(person, []).append(page(at, device, channel=channel, **amounts))
    (header, _, *expected), [written] = lines_below("| channel | orders"), re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    view = yaml.safe_load(written.replace("dimension: device", "dimension: page"))
    asked = {"metrics": header[1:], "view": {**view, "dimensions": {"page": "page", "channel": "channel"}}}
    total, *rows = table([*persons.values()], "channel", **asked)
    found = [["total", *total[2:]], *(list(row[1:]) for row in rows)]
    assert [row[0] for row in found] == [row[0] for row in expected]
    numbers = [[None if cell == "null" else float(cell) for cell in row[1:]] for row in expected]
    assert [row[1:] for row in found] == [[None if one is None else pytest.approx(one, abs=5e-5) for one in row] for row in numbers]
    assert (len(persons), len(expected)) == (3, 3)
