"""Names in formulas: each must exist and be what its place needs; faults have the file's line and the formula's character."""

from __future__ import annotations

import pytest

from cja_spark.project import load
from tests.unit.project.demo import change
from tests.unit.project.test_names import faults

LINE = 26
KNOWN = "Known: call_reason, campaign, category, channel, dataset, message, page, product, section, tier."
OLD = "{calculate: orders / sessions, format: percent, decimals: 2}"


def conversion(folder, formula):
    """The project with another formula of `conversion`."""
    change(folder, "view.yaml", OLD, f'{{calculate: "{formula}", format: percent}}')


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("ordrs / sessions", "character 1 of 'ordrs / sessions': no metric named 'ordrs'. Did you mean 'orders'?"),
        ("orders[mobil]", "character 8 of 'orders[mobil]': no segment named 'mobil'."),
        ("orders[buyers, caller]", "character 16 of 'orders[buyers, caller]': no segment named 'caller'. Did you mean 'callers'?"),
        ("attributed(people, linear)", "character 12 of 'attributed(people, linear)': metric 'people' cannot be attributed; name a metric of a field."),
        ("attributed(revenue_per_order)", "character 12 of 'attributed(revenue_per_order)': metric 'revenue_per_order' is calculated from sums"),
        ("conversion + 1", "metric 'conversion' refers to itself."),
        ("mean(orders, 2)", "metrics.conversion.calculate: character 14 of 'mean(orders, 2)': 'include_zeros' of mean is true or false."),
    ],
)  # fmt: skip
def test_a_name_that_cannot_stand_in_a_formula_is_told_with_its_place(folder, formula, message):
    conversion(folder, formula)
    [(file, line, text)] = faults(folder)
    assert (file, line) == ("view.yaml", LINE)
    assert text.startswith(message)


def test_a_total_of_a_metric_that_runs_over_rows_is_a_fault(folder):
    conversion(folder, "total(revenue_per_order)")
    change(folder, "view.yaml", "calculate: revenue / orders,", "calculate: revenue - mean(revenue),")
    [(_, line, text)] = faults(folder)
    assert (line, text) == (LINE, "character 7 of 'total(revenue_per_order)': metric 'revenue_per_order' runs over rows, and a total has none.")


def test_rows_are_not_sorted_by_what_depends_on_their_order(folder):
    conversion(folder, "cumulative(0, orders)")
    change(folder, "view.yaml", "calculate: revenue / orders,", "calculate: 2 * conversion,")
    file = folder / "reports" / "pages.yaml"
    file.write_text("report: table\ndimensions: [page]\nmetrics: [orders, revenue_per_order]\nsort: revenue_per_order\n", encoding="utf-8")
    assert faults(folder) == [
        ("reports/pages.yaml", 4, "metric 'revenue_per_order' depends on the order of rows, so rows cannot be sorted by it; give another one as 'sort'.")
    ]
    file.write_text("report: table\ndimensions: [page]\nmetrics: [revenue_per_order, orders]\n", encoding="utf-8")
    assert [(name, line) for name, line, _ in faults(folder)] == [("reports/pages.yaml", 3)]
    file.write_text("report: table\ndimensions: [page]\nmetrics: [revenue_per_order, orders]\nsort: orders\n", encoding="utf-8")
    assert load(folder).reports["pages"].sorted_by() == "orders"
    file.write_text("report: table\nmetrics: [revenue_per_order, orders]\n", encoding="utf-8")
    assert load(folder).reports["pages"].sorted_by() is None


def test_distinct_values_are_of_a_dimension_beside_any(folder):
    conversion(folder, "count_distinct(pge)")
    assert [text for *_, text in faults(folder)] == ["character 16 of 'count_distinct(pge)': no dimension named 'pge'. Did you mean 'page'? " + KNOWN]
    change(folder, "view.yaml", "count_distinct(pge)", "count_distinct(page)")
    file = folder / "reports" / "wide.yaml"
    file.write_text("report: table\ndimensions: [page, channel, section, tier]\nmetrics: [conversion]\n", encoding="utf-8")
    assert "wide" in load(folder).reports


def test_two_formulas_with_one_wrong_name_are_two_faults(folder):
    conversion(folder, "orders / visits")
    change(folder, "view.yaml", "calculate: revenue / orders,", "calculate: revenue / visits,")
    assert [(line, text[:12]) for _, line, text in faults(folder)] == [(LINE, "character 10"), (LINE + 1, "character 11")]


def test_a_formula_between_braces_without_quotes_says_so(folder):
    change(folder, "view.yaml", OLD, "{calculate: round(orders / sessions, 2), format: percent}")
    found = [text for _, _, text in faults(folder)]
    assert any("Between the braces of YAML a formula with commas or brackets needs quotes." in text for text in found)
