"""Names that a call deflection takes: each must be there and be of events, and its faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import faults

WRITTEN = """report: deflection
topic: section
self_service: {dimension: section, equals: help}
call: calls
baseline: 0.3
cost_per_call: call_cost
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("topic: section", "topic: sektion", 2, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("dimension: section", "dimension: sektion", 3, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("call: calls", "call: cals", 4, "no metric or segment named 'cals'. Did you mean 'calls'?"),
        ("baseline: 0.3", "baseline: {control: {dimension: pgae, exists: true}}", 5, "no dimension named 'pgae'. Did you mean 'page'?"),
        ("baseline: 0.3", "baseline: {control: orders, windwo: 1}", 5, "baseline: unknown key 'windwo'."),
        ("baseline: 0.3", "baseline: 30", 5, "baseline: '30' is no baseline. Write a rate from 0 to 1, such as 0.3, or control:"),
        ("baseline: 0.3", "baseline: half", 5, "baseline: 'half' is no baseline."),
        ("baseline: 0.3\n", "", 1, "'baseline' is missing"),
        ("cost_per_call: call_cost", "cost_per_call: cal_cost", 6, "no metric named 'cal_cost'. Did you mean 'call_cost'?"),
        ("cost_per_call: call_cost", "cost_per_call: revenue_per_order", 6, "metric 'revenue_per_order' is calculated"),
        ("cost_per_call: call_cost", "cost_per_call:", 1, "cost_per_call: write what a call costs, such as 6.5, or the name of a metric"),
        ("cost_per_call: call_cost", "cost_per_call: events", 1, "cost_per_call: 'events' is no amount of a call; name a metric of its cost."),
        ("cost_per_call: call_cost", "cost_per_call: -2", 6, "cost_per_call: '-2' is no cost; write what a call costs, such as 6.5,"),
        ("call: calls", "call: calls\nwindow: 0 hours", 1, "window: in no time nobody calls; write 1 ms or more."),
        ("call: calls", "call: calls\nwindow: -1 hours", 5, "window: "),
        ("call: calls", "call: calls\nwindow: a day", 5, "window: "),
        ("call: calls", "call: calls\nmatch: topic", 5, "match: "),
        ("call: calls", "call: calls\nwindwo: 1 days", 5, "unknown key 'windwo'. Did you mean 'window'?"),
    ],
)
def test_a_deflection_is_of_a_dimension_steps_a_baseline_and_a_cost(folder, before, after, line, said):
    assert before in WRITTEN
    (folder / "reports" / "help_and_calls.yaml").write_text(WRITTEN.replace(before, after), encoding="utf-8")
    [(file, at, message)] = faults(folder)
    assert (file, message[: len(said)], at) == ("reports/help_and_calls.yaml", said, line)


def test_topics_may_lie_in_an_array(folder):
    (folder / "reports" / "help_and_calls.yaml").write_text(WRITTEN.replace("topic: section", "topic: product"), encoding="utf-8")
    assert "help_and_calls" in load(folder).reports
