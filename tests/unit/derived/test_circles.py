"""Derived fields that are made of themselves are a fault of the project, whatever uses them."""

import pytest

from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

LOW = "{functions: [{function: lowercase, input: {derived: %s}}]}"
CIRCLES = {
    "one": "one: " + LOW % "one",
    "two": "one: " + LOW % "two" + ", two: " + LOW % "one",
    "three": "one: " + LOW % "two" + ", two: " + LOW % "three" + ", three: " + LOW % "one",
}


@pytest.mark.parametrize("used", ["dimensions", "metrics"])
@pytest.mark.parametrize("circle", CIRCLES)
def test_a_circle_is_named(folder, circle, used):
    change(folder, "view.yaml", "dimensions:", f"derived: {{{CIRCLES[circle]}}}\ndimensions:")
    change(folder, "view.yaml", f"{used}:\n", f"{used}:\n  made: {{derived: one}}\n")
    assert any("derived field 'one' is made of itself." in message for _, _, message in faults(folder))
