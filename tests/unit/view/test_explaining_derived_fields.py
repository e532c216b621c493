"""What `cja explain component` prints of derived fields, and of what is made of them."""

from cja_spark.view.spec import View
from cja_spark.words.component import explain_component


def test_a_derived_field_is_said_function_by_function():
    derived = {
        "low": [{"function": "lowercase", "input": "page"}],
        "area": [
            {"function": "case_when", "cases": [{"when": {"input": {"derived": "low"}, "starts_with": "help"}, "value": "Help"}],
             "otherwise": {"derived": "low"}, "output": "named"},
            {"function": "next_or_previous", "input": {"output": "named"}, "direction": "next"},
        ],
    }  # fmt: skip
    view = View.model_validate({"name": "v", "derived": derived, "dimensions": {"area": {"derived": "area"}, "made": {"derived": "low"}}})
    told = explain_component(view, "low").splitlines()
    assert told == ["Derived field 'low'", "1. when journeys are built: lowercase (input: page)"]
    seen = explain_component(view, "area")
    assert "case_when (cases: [when: input: derived low, starts_with: help, value: 'Help'], otherwise: derived low) as named" in seen
    assert "looks at the other events of the session, after sessions and deduplication: next_or_previous (" in seen


def test_what_another_derived_field_makes_of_other_events_is_said_before():
    derived = {
        "low": [{"function": "lowercase", "input": "page", "output": "x"}, {"function": "depth", "input": {"output": "x"}}],
        "most": [{"function": "summarize", "input": {"derived": "low"}, "how": "max", "scope": "person"}],
    }
    view = View.model_validate({"name": "v", "derived": derived, "metrics": {"most": {"derived": "most"}}})
    lines = explain_component(view, "most").split("\n\n")[0].splitlines()  # the metric; its field has the name too
    said = [line.split(": ", 1)[1] for line in lines if "derived field" in line]
    assert said == [
        "the derived field 'low' is made: lowercase (input: page) as x", "the derived field 'most' is made: what a report asks is stored",
        "the derived field 'low' is made, which looks at other events: depth (input: output x)",
        "its derived field looks at the other events of the session and at the other events of the person, after sessions and "
        "deduplication: summarize (input: derived low, scope: person, how: max)",
    ]  # fmt: skip


def test_a_derived_field_that_is_called_like_its_metric_is_told_too():
    view = View.model_validate({
        "name": "v", "derived": {"host": {"functions": [{"function": "lowercase", "input": "page"}]}}, "dimensions": {"host": {"derived": "host"}},
    })  # fmt: skip
    told = explain_component(view, "host")
    assert [line for line in told.splitlines() if "'host'" in line and line[0].isupper()] == ["Dimension 'host'", "Derived field 'host'"]
