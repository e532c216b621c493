"""docs/experiments.md: its YAML is a view and a report, its worked example is computed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from cja_spark.project_names import faults_of_names
from cja_spark.reports.table import Table
from cja_spark.view.context import labelled
from cja_spark.view.formula.evaluate import Sheet, column
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Measure
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import page, table

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "experiments.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## Worked example") : GUIDE.index("## Context labels")]
LINES = [[cell.strip() for cell in line.strip("| ").split("|")] for line in WORKED.splitlines() if line.startswith("|")]
ARMS = {row[0]: [float(one) for one in row[1:]] for row in LINES if row[0] in ("A", "B", "C")}
EXAMPLES = [row for row in LINES if row[0].startswith("`")]


def written():
    """The YAML of the guide: a view, a report, and the formulas of several variants."""
    return [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]


def view_of_the_guide():
    view, _, several = written()
    return View.model_validate({"name": "guide", **view, "metrics": {**view["metrics"], **several["metrics"]}})


def test_the_yaml_of_the_guide_is_a_view_and_a_report_without_faults():
    view, report = view_of_the_guide(), Table.model_validate(written()[1])
    assert faults_of_names(view, [report]) == []
    assert (labelled("variant", view.dimensions), labelled("experiment", view.dimensions)) == ("variant", "experiment")


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_each_example_gives_what_the_guide_says(row):
    formula, formulas = row[0].strip("`"), view_of_the_guide().formulas()
    kinds = (Measure("people"), Measure("orders"), Measure("orders", squared_per="people"))
    sums = {one: np.array([arm[at] for arm in ARMS.values()]) for at, one in enumerate(kinds)}
    controls = {name: {one: np.full(3, arm[at]) for at, one in enumerate(kinds)} for name, arm in ARMS.items()}
    found = column("it", {**formulas, "it": parse(formula)}, Sheet(sums, {}, np.ones(3, bool), controls))
    np.testing.assert_allclose(found, [np.nan if cell == "null" else float(cell) for cell in row[1:]], atol=5e-5)


def test_the_guide_has_its_examples():
    assert (len(ARMS), len(EXAMPLES)) == (3, 12)


def lines_below(heading):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE[GUIDE.index(heading) :].split("\n\n")[0].splitlines()]


def test_events_give_the_rows_that_the_guide_says():
    persons = {}
    for at, (person, variant, orders) in enumerate(lines_below("| person | sets variant")[2:]):
        carried = {} if orders == "–" else {"orders": float(orders)}
        persons.setdefault(person, []).append(page(at, None if variant == "–" else variant, **carried))
    (header, _, *expected), view = lines_below("| variant | people | orders | conversion"), written()[0]
    metrics = {**view["metrics"], "variance": {"calculate": header[-1].strip("`")}}
    given = {"dimensions": {"page": {**view["dimensions"]["variant"], "field": "page"}}, "metrics": metrics, "segments": view["segments"]}
    _, *rows = table([*persons.values()], "page", metrics=[*header[1:-1], "variance"], view=given)
    assert [list(row[1:]) for row in rows] == [[name, *(None if cell == "null" else pytest.approx(float(cell)) for cell in cells)] for name, *cells in expected]
    assert (len(persons), len(rows)) == (4, 3)
