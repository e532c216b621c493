"""Names that a timeline takes: each must be one that events have, and its faults have lines."""

import pytest

from cja_spark.project import load
from tests.unit.project.demo import change
from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("dimensions: [sectoin]", 2, "no dimension named 'sectoin'. Did you mean 'section'?"),
        ("dimensions: [orders]", 2, "no dimension named 'orders': it is a metric."),
        ("dimensions: [page]\nmetrics: [ordres]", 3, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("dimensions: [page]\nmetrics: [section]", 3, "no metric named 'section': it is a dimension."),
        ("dimensions: [page]\nmetrics: [conversion]", 3, CALCULATED),
        ("dimensions: [page]\nmetrics: [people]", 1, "metrics: 'people' counts, and no event has an amount of it"),
        ("dimensions: [page]\nsegments: [buyrs]", 3, "no segment named 'buyrs'. Did you mean 'buyers'?"),
        ("dimensions: [page]\nperson: ann", 3, "unknown key 'person'. Did you mean 'persons'?"),
        ("dimensions: [page]\npeople: 0", 3, "people: "),
        ("dimensions: [page]\npersons: [ann]\npeople: 5", 1, "people: the persons are named, so none is drawn; leave 'people' out, or 'persons'."),
        ("people: 5", 1, "'dimensions' is missing."),
        ("dimensions: [page]\nkeep: middle", 3, "keep: no such choice: 'middle'."),
        ("dimensions: [page]\npeople: 500", 1, "500 persons of up to 200 events are more than the 20,000 events that a timeline shows; lower most_events to 40, or show fewer persons."),
    ],
)
def test_a_timeline_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "lives.yaml").write_text(f"report: timeline\n{text}\n", encoding="utf-8")
    [found, *_] = faults(folder)
    assert found[0] == "reports/lives.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found


def test_metrics_with_attribution_stand_beside_any_dimension(folder):
    change(folder, "view.yaml", "calls: {field: call_id, behavior: instances}", "calls: {field: call_id, behavior: instances, attribution: {model: linear}}")
    text = "report: timeline\ndimensions: [page, event_depth, product, hour]\nmetrics: [calls, units]\n"
    (folder / "reports" / "lives.yaml").write_text(text, encoding="utf-8")
    assert load(folder).reports["lives"].metrics == ("calls", "units")
