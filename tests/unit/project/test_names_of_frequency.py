"""Names that a frequency takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("events: [orders]\nevent: [calls]", 3, "unknown key 'event'. Did you mean 'events'?"),
        ("count: people", 1, "'events' is missing."),
        ("events: [orders]\ncount: events", 3, "count: no such choice: 'events'."),
        ("events: [orders]\nbuckets: {from: 2, sise: 3}", 3, "buckets: unknown key 'sise'. Did you mean 'size'?"),
        ("events: [orders]\nbuckets: {from: 0}", 3, "buckets.from: "),
        ("events: [orders, orders]", 1, "events: 2 are called 'orders'; give each a label of its own."),
    ],
)
def test_a_frequency_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "often.yaml").write_text(f"report: frequency\n{text}\n", encoding="utf-8")
    [found, *_] = faults(folder)
    assert found[0] == "reports/often.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
