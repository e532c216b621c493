"""Names of segments that are rows of a table: each must be one of the view, and its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("by_segments: [buyers, buyrs]", 2, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("by_segments: [{label: a, where: {dimension: sectoin, exists: true}}]", 2, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("by_segments: [{label: a, where: {segment: buyrs}}]", 2, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("by_segment: [buyers]", 2, "unknown key 'by_segment'. Did you mean 'by_segments'?"),
        ("by_segments: [buyers, buyers]", 2, "by_segments: two rows are called 'buyers'."),
        ("by_segments: [{where: {dimension: section, exists: true}}]", 2, "by_segments: a segment that is written in place is a row with its 'label'"),
    ],
)  # fmt: skip
def test_rows_are_segments_that_there_are(folder, text, line, said):
    report = folder / "reports" / "groups.yaml"
    report.write_text(f"report: table\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[:2] == ("reports/groups.yaml", line), found
    assert found[2].startswith(said), found
