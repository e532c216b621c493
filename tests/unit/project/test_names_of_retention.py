"""Names that a retention takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("start: orders\nretrun: calls", 3, "unknown key 'retrun'. Did you mean 'return'?"),
        ("return: orders", 1, "'start' is missing."),
        ("start: orders\nsize: 1 month", 3, "size: no such choice: '1 month'. Known: 24 hours, 30 days, 7 days."),
        ("start: orders\nbreakdown: sectoin", 3, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("start: orders\nbreakdown: orders", 3, "no dimension named 'orders'"),
        ("start: orders\nreturn: calls\nreturns: [orders]", 1, "returns: they are in place of return; leave out one of both."),
        ("start: orders\nreturns: [calls, calls]", 1, "returns: 2 are called 'calls'; give each a label of its own."),
        ("start: orders\ninclude_no_value: true", 1, "include_no_value is said of parts; name a breakdown."),
        ("start: orders\nbreakdown: section\nrows: 0", 4, "rows:"),
    ],
)  # fmt: skip
def test_a_retention_is_of_what_events_have(folder, text, line, said):
    report = folder / "reports" / "back.yaml"
    report.write_text(f"report: retention\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[:2] == ("reports/back.yaml", line), found
    assert found[2].startswith(said), found
