"""What a trend takes: its faults have lines."""

import pytest

from tests.unit.project.test_names import faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("compare: previous_perod", 2, "compare: 'previous_perod' is nothing to compare with. Did you mean 'previous_period'?"),
        ("compare: [buyers, callers]", 2, "compare: a range is compared with a range; of segments make columns, each with 'metric' and 'segments'."),
        ("compare: some day", 2, "compare: 'some day' is no range."),
        ("compare: {from: 2025-02-02, to: 2025-01-01}", 2, "compare: range: from 2025-02-02 is after to 2025-01-01."),
        ("moving_average: 1", 2, "moving_average: '1': input should be greater than or equal to 2."),
        ("moving_average: 7 days", 2, "moving_average: a whole number is expected, not '7 days'."),
        ("moving_averages: 7", 2, "unknown key 'moving_averages'. Did you mean 'moving_average'?"),
    ],
)
def test_a_trend_takes_a_range_to_compare_and_a_number_of_buckets(folder, text, line, said):
    (folder / "reports" / "over_time.yaml").write_text(f"report: trend\n{text}\n", encoding="utf-8")
    [found, *_] = faults(folder)
    assert found[0] == "reports/over_time.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
