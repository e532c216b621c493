"""Names that an impact takes: each must be one that events have, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("first_use: cals\nindicators: [orders]", 2, "no metric or segment named 'cals'. Did you mean 'calls'?"),
        ("first_use: calls\nindicator: [orders]", 3, "unknown key 'indicator'. Did you mean 'indicators'?"),
        ("indicators: [orders]", 1, "name 'release', a day, or 'first_use', what is used; not both."),
        ("indicators: [orders]\nrelease: 2026-03-10\nfirst_use: calls", 1, "name 'release', a day, or 'first_use', what is used; not both."),
        ("indicators: [orders]\nrelease: soon", 3, "release: "),
        ("indicators: [orders]\nrelease: 2026-03-10\nintervals: many", 4, "intervals: "),
        ("indicators: [orders]\nrelease: 2026-03-10\nsince: 2026-03-01", 1, "since: first uses are looked for from a day on, and a release is one; leave out since."),
    ],
)
def test_an_impact_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "around.yaml").write_text(f"report: impact\n{text}\n", encoding="utf-8")
    found = faults(folder)
    assert any(one[0] == "reports/around.yaml" and one[1] == line and one[2].startswith(said) for one in found), found
