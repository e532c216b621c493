"""Faults of names lie on the line where the name is used, whatever else in the file is the same text."""

import pytest

from tests.unit.project.test_names import faults, project_of

VIEW = """dimensions:
  page: page
  channel: {field: channel, description: orders}
metrics:
  orders: orders
  again: {field: orders}
segments:
"""


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        ("  a: {where: {dimension: orders, equals: x}}", [(9, "no dimension named 'orders': it is a metric.")]),
        ("  a: {where: {all: [a1, orders]}}\n  a1: {where: {metric: orders, at_least: 1}}", [(9, "no segment named 'orders': it is a metric.")]),
        ("  a: {where: {metric: page, at_least: 1}}\n  b: {where: {metric: page, at_least: 2}}", [(9, "no metric named 'page': it is a dimension."), (10, "no metric named 'page': it is a dimension.")]),
        ("  a: {where: {dimension: page, starts_with: orders}}\n  b: {where: orders}", [(10, "no segment named 'orders': it is a metric.")]),
        ("  a: {where: {metric: day, at_least: 1}}", [(9, "no metric named 'day': it is a dimension.")]),
        ("  a: {where: {dimension: b, exists: true}}\n  b: {where: {dimension: page, exists: true}}", [(9, "no dimension named 'b': it is a segment.")]),
    ],
)  # fmt: skip
def test_a_name_in_a_segment_is_at_fault_where_it_stands(folder, segments, said):
    found = faults(project_of(folder, f"{VIEW}{segments}\n", "{report: table}"))
    assert [(line, message) for file, line, message in found] == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("again: {field: orders}", "again: {field: orders, deduplication: {id: orders}}", (7, "no dimension named 'orders': it is a metric.")),
        ("again: {field: orders}", "again: {derived: channel}", (7, "no derived field named 'channel': it is a dimension.")),
        ("channel, description: orders", "channel, description: orders, persistence: {binding: orders}", (4, "no dimension named 'orders': it is a metric.")),
        ("again: {field: orders}", "again: {calculate: orders / page}", (7, "no metric named 'page': it is a dimension.")),
    ],
)  # fmt: skip
def test_a_name_in_a_component_is_at_fault_where_it_stands(folder, old, new, said):
    view = VIEW.replace(old, new).removesuffix("segments:\n")
    [(file, line, message)] = faults(project_of(folder, view, "{report: table}"))
    assert (file, line) == ("view.yaml", said[0])
    assert said[1] in message


def test_a_title_is_no_name(folder):
    report = "report: table\ntitle: chanel\ndescription: buyers\ndimensions: [chanel, buyers]\n"
    view = f"{VIEW}  buyers: {{where: {{metric: orders, at_least: 1}}}}\n"
    chanel, buyers = faults(project_of(folder, view, report))
    assert chanel[:2] == buyers[:2] == ("reports/one.yaml", 4)
    assert chanel[2].startswith("no dimension named 'chanel'. Did you mean 'channel'?")
    assert buyers[2] == "no dimension named 'buyers': it is a segment."


def test_a_dimension_of_several_values_is_at_fault_where_the_report_shows_it_and_not_in_conditions(folder):
    view = "dimensions: {page: page, product: 'items[].sku'}\n"
    report = "report: sessions\nsegments: [{where: {dimension: product, exists: true}}]\ndimension: product\n"
    [(_, line, message)] = faults(project_of(folder, view, report))
    assert line == 3
    assert "dimension 'product' lies in the array 'items'" in message
