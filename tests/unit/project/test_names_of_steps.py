"""Names that a step takes, in every place where a report has a step: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import CALCULATED, faults

HERE = "<step>"
PLACES = {
    "fallout": f"report: fallout\nsteps:\n- orders\n- {HERE}",
    "frequency": f"report: frequency\nevents: [{HERE}]",
    "engagement": f"report: engagement\nevents: [{HERE}]",
    "overlap": f"report: overlap\nsets:\n- orders\n- {HERE}",
    "impact of a use": f"report: impact\nindicators: [orders]\nfirst_use: {HERE}",
    "impact": f"report: impact\nfirst_use: calls\nindicators: [{HERE}]",
    "start of a retention": f"report: retention\nstart: {HERE}",
    "return of a retention": f"report: retention\nstart: orders\nreturn: {HERE}",
    "one of the returns of a retention": f"report: retention\nstart: orders\nreturns:\n- orders\n- {HERE}",
    "start of a time": f"report: time_to_event\nevent: calls\nstart: {HERE}",
    "end of a time": f"report: time_to_event\nstart: calls\nevent: {HERE}",
    "self-service": f"report: deflection\ntopic: section\ncall: calls\nbaseline: 0.3\nself_service: {HERE}",
    "call": f"report: deflection\ntopic: section\nself_service: {{dimension: section, equals: help}}\nbaseline: 0.3\ncall: {HERE}",
    "control": f"report: deflection\ntopic: section\nself_service: calls\ncall: calls\nbaseline: {{control: {HERE}}}",
}
FAULTY = {
    "conversion": CALCULATED,
    "ordres": "no metric or segment named 'ordres'. Did you mean 'orders'?",
    "section": "no metric or segment named 'section'",
    "{any: [{dimension: sectoin, equals: help}], label: help}": "no dimension named 'sectoin'. Did you mean 'section'?",
    "{any: [calls, {metric: ordres, at_least: 1}]}": "no metric named 'ordres'. Did you mean 'orders'?",
    "{any: [calls, conversion]}": CALCULATED,
    "{segments: [buyrs]}": "no segment named 'buyrs'. Did you mean 'buyers'?",
    "{step: calls, segments: [buyrs]}": "no segment named 'buyrs'. Did you mean 'buyers'?",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("step", FAULTY)
def test_a_step_is_of_what_events_have(folder, place, step):
    text = PLACES[place]
    (folder / "reports" / "asked.yaml").write_text(text.replace(HERE, step), encoding="utf-8")
    found = faults(folder)[0]
    assert found[:2] == ("reports/asked.yaml", 1 + text[: text.index(HERE)].count("\n")), found
    assert found[2].startswith(FAULTY[step]), found
