"""A dimension on the columns of a table: it must be one of the view, and its metrics must go with it."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("across: sectoin", 3, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("acros: section", 3, "unknown key 'acros'. Did you mean 'across'?"),
        ("across: page", 1, "across: 'page' is on the rows already; name another dimension."),
        ("columns_shown: 2", 1, "columns_shown: write 'across' too, the dimension whose values are columns."),
        ("across: section\ncolumns: {first: {metric: orders, attribution: {model: linear}}}\nfilter: [{dimension: page, exists: true}]", 3, "metric 'orders' has an attribution, so all rows have to be there;"),
        ("across: section\ncolumns: {first: {metric: orders, attribution: {model: linear}}}\ninclude_no_value: false", 3, "metric 'orders' has an attribution, so all rows have to be there;"),
    ],
)  # fmt: skip
def test_columns_are_of_a_dimension_and_of_metrics_that_go_with_it(folder, text, line, said):
    report = folder / "reports" / "crossed.yaml"
    report.write_text(f"report: table\ndimensions: [page]\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[:2] == ("reports/crossed.yaml", line), found
    assert found[2].startswith(said), found


def test_an_attribution_goes_with_all_rows(folder):
    report = folder / "reports" / "crossed.yaml"
    report.write_text("report: table\ndimensions: [page]\nacross: week\ncolumns: {first: {metric: orders, attribution: {model: linear}}}\n", encoding="utf-8")
    assert load(folder).reports["crossed"].across == "week"
