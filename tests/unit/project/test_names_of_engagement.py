"""Names that an engagement takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("events: [orders]\nevent: [calls]", 3, "unknown key 'event'. Did you mean 'events'?"),
        ("granularity: day", 1, "'events' is missing."),
        ("events: [orders]\ngranularity: year", 3, "granularity: no such choice: 'year'. Known: day, month, quarter, week."),
        ("events: [orders]\ngranularity: day\nrange: last 2 years", 1, "granularity: the range has more than 366 periods of a day; choose longer ones."),
        ("events: [orders, orders]", 1, "events: 2 are called 'orders'; give each a label of its own."),
    ],
)
def test_an_engagement_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "used.yaml").write_text(f"report: engagement\n{text}\n", encoding="utf-8")
    [found, *_] = faults(folder)
    assert found[0] == "reports/used.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
