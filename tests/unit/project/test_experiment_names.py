"""Experiments in a project: what their metrics must be, which reports have a control, labels and external ids of components."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cja_spark.project import load
from cja_spark.project_names import faults_of_names
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.unit.project.demo import change
from tests.unit.project.test_formula_names import LINE, conversion
from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("lift(revenue_per_order, people, control='A')", "character 6 of 'lift(revenue_per_order, people, control='A')': metric 'revenue_per_order' is calculated from sums, so no person has it; name a metric of events. It is made of 'revenue', 'orders'."),
        ("sample_variance(people, sessions)", "character 17 of 'sample_variance(people, sessions)': metric 'people' counts people, and a person has several sessions; normalize it by people."),
        ("sample_variance(people, events)", "character 17 of 'sample_variance(people, events)': metric 'people' counts people, and a person has several events; normalize it by people."),
        ("sample_variance(return_sessions, events)", "character 17 of 'sample_variance(return_sessions, events)': metric 'return_sessions' counts sessions, and a session has several events; normalize it by sessions."),
        ("sample_variance(ordrs, people)", "character 17 of 'sample_variance(ordrs, people)': no metric named 'ordrs'. Did you mean 'orders'?"),
        ("sample_variance(orders[buyer], people)", "character 24 of 'sample_variance(orders[buyer], people)': no segment named 'buyer'. Did you mean 'buyers'?"),
    ],
)  # fmt: skip
def test_a_metric_that_units_have_no_amount_of_is_told_with_its_place(folder, formula, message):
    conversion(folder, formula)
    [(file, line, text)] = faults(folder)
    assert (file, line) == ("view.yaml", LINE)
    assert text.startswith(message)


def test_a_metric_with_attribution_is_no_metric_of_an_experiment():
    view = View.model_validate({"name": "v", "metrics": {"a": {"field": "a", "attribution": {}}, "it": {"calculate": "sample_variance(a, people)"}}})
    [fault] = faults_of_names(view, [])
    assert fault.message == (
        "character 17 of 'sample_variance(a, people)': metric 'a' has attribution, which credits other events; an experiment takes a metric without."
    )


@pytest.mark.parametrize("call", ["lift(spend, people, control='A')", "confidence_lower(spend, events)"])
def test_no_unit_has_an_amount_of_summary_data(call):
    view = View.model_validate({"name": "v", "metrics": {"spend": {"summary": "costs.spend"}, "it": {"calculate": call}}})
    [fault] = faults_of_names(view, [])
    assert fault.message.endswith("metric 'spend' is of summary data, whose rows have no person and no session; name a metric of events.")


@pytest.mark.parametrize("formula", ["sample_variance(people, people)", "sample_variance(sessions, people)", "sample_variance(bounces, sessions)", "sample_variance(events[buyers], events)"])
def test_what_a_unit_has_an_amount_of_is_a_metric_of_an_experiment(folder, formula):
    conversion(folder, formula)
    assert load(folder).view.metrics["conversion"].calculate == formula


def report(folder, text):
    (folder / "reports" / "variants.yaml").write_text(text, encoding="utf-8")


NO_ROWS = "metric 'conversion' compares rows with the control 'A'; it needs a table of the dimension that has the variants."


def test_a_report_that_compares_has_rows_to_compare(folder):
    conversion(folder, "lift(orders, people, control='A')")
    report(folder, "report: trend\nmetrics: [people, conversion]\n")
    assert faults(folder) == [("reports/variants.yaml", 2, NO_ROWS)]
    report(folder, "report: table\nmetrics:\n  - people\n  - conversion\n")
    assert faults(folder) == [("reports/variants.yaml", 4, NO_ROWS)]
    report(folder, "report: table\ndimensions: [channel]\nmetrics: [people, conversion]\n")
    assert load(folder).reports["variants"].metrics == ("people", "conversion")


def test_a_metric_made_of_one_that_compares_does_too(folder):
    conversion(folder, "lift(orders, people, control='A')")
    change(folder, "view.yaml", "calculate: revenue / orders,", "calculate: 2 * conversion,")
    report(folder, "report: trend\nmetrics: [people, revenue_per_order]\n")
    assert faults(folder) == [("reports/variants.yaml", 2, NO_ROWS.replace("'conversion'", "'revenue_per_order'"))]


def test_a_table_of_several_dimensions_says_which_has_the_variants():
    metrics = {"a": "a", "it": {"calculate": "lift(a, people, control='A')"}}
    dimensions = {"test": "test", "variant": "variant", "page": "page"}
    table = Table(dimensions=("test", "variant"), metrics=("it",))
    told = "metric 'it' compares rows with the control 'A', and the table has 2 dimensions. "

    def messages(**labelled):
        given = {**dimensions, **{name: {"field": name, "context": label} for name, label in labelled.items()}}
        return [fault.message for fault in faults_of_names(View.model_validate({"name": "v", "metrics": metrics, "dimensions": given}), [table])]

    assert messages() == [told + "Label the one that has the variants with context: variant."]
    assert messages(test="experiment") == messages()
    assert messages(page="variant") == [told + "'page' has the label, and is not in the table."]
    assert messages(test="experiment", variant="variant") == []


def of_view(**given):
    with pytest.raises(ValidationError) as caught:
        View.model_validate({"name": "v", **given})
    return [(one["loc"], one["msg"].removeprefix("Value error, ")) for one in caught.value.errors(include_url=False)]


def test_a_context_label_is_one_that_there_is_and_belongs_to_one_dimension():
    [(_, message)] = of_view(dimensions={"a": {"field": "a", "context": "varient"}})
    assert message == "no context label named 'varient'. Did you mean 'variant'? Known: experiment, variant."
    twice = {name: {"field": name, "context": "variant"} for name in ("a", "b")}
    assert of_view(dimensions=twice) == [
        (("dimensions", "b", "context"), "'a' has the context label 'variant' already; one dimension of a view has it.")
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Order total", "'Order total' is no column's name: letters, digits and _, 128 at most, no digit first. Did you mean 'Order_total'?"),
        ("9 lives", "'9 lives' is no column's name: letters, digits and _, 128 at most, no digit first."),
        ("", "'' is no column's name: letters, digits and _, 128 at most, no digit first."),
        ("row_kind", "'row_kind' is a column of reports; choose another one."),
        ("People", "'People' is a standard metric; choose another one."),
        ("hour_of_day", "'hour_of_day' is a standard dimension; choose another one."),
        ("Page", "'Page' is the external id of 'page' already; they are unique in a view, also without case."),
        ("hits", "'hits' is the external id of 'views' already; they are unique in a view, also without case."),
    ],
)
def test_an_external_id_is_a_columns_name_that_no_other_column_has(written, message):
    metrics = {"views": {"field": "a", "external_id": "Hits"}, "it": {"calculate": "views / people", "external_id": written}}
    assert [text for _, text in of_view(dimensions={"page": "page"}, metrics=metrics)] == [message]


def test_components_may_exchange_their_names():
    metrics = {"a": {"field": "a", "external_id": "b"}, "b": {"field": "b", "external_id": "A"}}
    assert View.model_validate({"name": "v", "metrics": metrics}).metrics["b"].external_id == "A"
