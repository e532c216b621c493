"""Names that an overlap takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("sets: [orders, orders]", 1, "sets: 2 are called 'orders'; give each a label of its own."),
        ("sets: []", 2, "sets:"),
        ("sets: [orders]\ncount: events", 3, "count: no such choice: 'events'."),
        ("count: people", 1, "'sets' is missing."),
    ],
)
def test_an_overlap_is_of_what_events_have(folder, text, line, said):
    report = folder / "reports" / "buyers_and_callers.yaml"
    report.write_text(f"report: overlap\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[:2] == ("reports/buyers_and_callers.yaml", line), found
    assert found[2].startswith(said), found
