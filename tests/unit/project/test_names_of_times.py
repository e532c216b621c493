"""Names that a time to event takes: each must be there and be of events, and its faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.test_names import faults

WRITTEN = """report: time_to_event
start: {dimension: section, equals: help}
event: calls
tail: 7 days
breakdown: section
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("dimension: section", "dimension: sektion", 2, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("event: calls", "event: cals", 3, "no metric or segment named 'cals'. Did you mean 'calls'?"),
        ("event: calls\n", "", 1, "'event' is missing"),
        ("event: calls", "event: {step: calls, next: true}", 1, "next: true says what comes right after another step of a fallout; leave it out."),
        ("breakdown: section", "breakdown: sektion", 5, "no dimension named 'sektion'. Did you mean 'section'?"),
        ("breakdown: section", "breakdown: calls", 5, "no dimension named 'calls'"),
        ("breakdown: section", "include_no_value: true", 1, "include_no_value is said of parts; name a breakdown."),
        ("tail: 7 days", "tail: a week", 4, "tail: 'a week' is no duration. Write a number and a unit: '30 minutes', '7 days', '2 weeks'."),
        ("tail: 7 days", "tail: 1 month", 4, "tail: '1 month' is no duration. Write a number and a unit: '30 minutes', '7 days', '2 weeks'. Months,"),
        ("tail: 7 days", "tial: 7 days", 4, "unknown key 'tial'. Did you mean 'tail'?"),
        ("tail: 7 days", "start_event: fist", 4, "start_event: "),
        ("tail: 7 days", "container: sesion", 4, "container: "),
        ("tail: 7 days", "tail: 7 days\nbuckets: [1 hour, 30 minutes]", 5, "buckets: each ends after the one before it, the first one after 0 ms; 30 minutes is not longer than 1 hour."),
        ("tail: 7 days", "tail: 7 days\nbuckets: [0 seconds]", 5, "buckets: each ends after the one before it, the first one after 0 ms; 0 ms is not longer than 0 ms."),
        ("tail: 7 days", "tail: 7 days\nbuckets: [1 hour, 8 days]", 1, "buckets: 8 days is longer than the tail, 1 week; nothing takes so long."),
        ("tail: 7 days", "percentiles: [50, 150]", 4, "percentiles.1: "),
        ("tail: 7 days", "percentiles: [50, 25, 50]", 4, "percentiles: 50 is given twice."),
        ("tail: 7 days", "percentiles: [99.999]", 4, "percentiles.0: "),
        ("tail: 7 days", "percentiles: [33.333]", 4, "percentiles: 33.333 has more than two decimals."),
    ],
)
def test_a_time_to_event_is_of_two_steps_and_perhaps_a_dimension(folder, before, after, line, said):
    assert before in WRITTEN
    (folder / "reports" / "help_to_call.yaml").write_text(WRITTEN.replace(before, after), encoding="utf-8")
    [(file, at, message)] = faults(folder)
    assert (file, message[: len(said)], at) == ("reports/help_to_call.yaml", said, line)


def test_a_breakdown_may_lie_in_an_array_and_a_tail_may_be_left_out(folder):
    (folder / "reports" / "help_to_call.yaml").write_text(WRITTEN.replace("breakdown: section", "breakdown: product").replace("tail: 7 days\n", ""), encoding="utf-8")
    assert "help_to_call" in load(folder).reports
