"""Columns of a report alone: their names, and those that they are made of; faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import faults


def written(folder, text, name="groups"):
    (folder / "reports" / f"{name}.yaml").write_text(f"report: table\ndimensions: [section]\n{text}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("columns:\n  x: {metric: ordres}", 4, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("columns:\n  x: {metric: orders, segments: [buyrs]}", 4, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("columns:\n  x: {metric: events, attribution: {model: linear}}", 4, "metric 'events' cannot be attributed; name a metric of a field."),
        ("columns:\n  x: {metric: orders, attribution: {model: linar}}", 4, "columns.x.attribution.model: no such choice: 'linar'. Did you mean 'linear'?"),
        ("columns:\n  x: {calculate: ordres / people}", 4, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("columns:\n  x: {metric: orders}\n  y: {calculate: x / people}", 5, "no metric named 'x'."),
        ("columns:\n  x: {calculate: \"orders[buyrs]\"}", 4, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("columns:\n  x: {metric: orders}\nsort: z", 5, "no metric named 'z'."),
        ("columns:\n  x: {metric: orders}\nmetrics: [orders, y]", 5, "no metric named 'y'."),
        ("columns:\n  orders: {metric: revenue}", 4, "columns: 'orders' is a metric of the view, 'orders', already; give the column another name."),
        ("columns:\n  Section: {metric: orders}", 4, "columns: 'Section' is a dimension, 'section', already; give the column another name."),
        ("columns:\n  x: {metric: orders, calculate: orders}", 4, "columns.x: give exactly one of 'metric', 'calculate'."),
        ("columns:\n  x: {metrik: orders}", 4, "columns.x: unknown key 'metrik'. Did you mean 'metric'?"),
        ("columns:\n  a b: {metric: orders}", 4, "columns.a b"),
    ],
)  # fmt: skip
def test_columns_are_made_of_what_the_view_has(folder, text, line, said):
    written(folder, text)
    found = faults(folder)
    assert found[0][:2] == ("reports/groups.yaml", line), found
    assert said in found[0][2], found
    assert len(found) == 1, found


def test_two_reports_have_the_same_column_or_two_names(folder):
    written(folder, "columns: {x: {metric: orders, segments: [buyers]}}")
    written(folder, "columns: {x: {metric: orders, segments: [buyers]}}", "others")
    assert load(folder).view.metrics["x"].calculate == "orders[buyers]"
    written(folder, "columns: {x: {metric: orders}}", "others")
    assert faults(folder) == [("reports/others.yaml", 3, "columns: 'x' is another column in the report 'groups'; give one of them another name.")]
