"""What is said where something else is written than a key takes: one fault, its line, what may be written."""

import pytest

from tests.unit.project.test_names import faults, project_of

VIEW = "dimensions: {page: page}\nmetrics: {orders: orders}\n"
TABLE = "{report: table}"


@pytest.mark.parametrize(
    ("view", "line", "said"),
    [
        ("calendar: 454", 4, "calendar: '454' is no calendar. Write gregorian, 4-5-4, or the settings of one. Did you mean '4-5-4'?"),
        ("session: 30 minutes", 4, "session: keys are expected, not '30 minutes': starts_with, timeout."),
        ("session:\n  starts_with: orders", 5, "session.starts_with: write a list, [orders]."),
        ("view_segments: buyers", 4, "view_segments: write a list, [buyers]."),
        ("view_segments:\n  - {where: {dimension: page, equal: x}}", 5, "view_segments.0.where: unknown key 'equal'. Did you mean 'equals'?"),
        ("view_segments:\n  - {containr: event, where: {dimension: page, equals: x}}", 5, "view_segments.0: unknown key 'containr'. Did you mean 'container'?"),
        ("view_segments:\n  - 9 x", 5, "view_segments.0: '9 x' is no name"),
        ("segments:\n  a: {where: {dimension: page, equals_any_of: x}}", 5, "segments.a.where.equals_any_of: write a list, [x]."),
        ("segments:\n  a:", 5, "segments.a: keys are expected, and nothing is written here: container, "),
        ("segments:", 4, "segments: names are expected, each with what it is, and nothing is written here."),
    ],
)  # fmt: skip
def test_a_part_of_a_view_is_what_its_key_takes(folder, view, line, said):
    [(file, at, message)] = faults(project_of(folder, f"{VIEW}{view}\n", TABLE))
    assert (file, at) == ("view.yaml", line)
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("component", "said"),
    [
        ("x: ", "metrics.x: keys are expected, and nothing is written here: attribution, "),
        ("x: {calculat: orders}", "metrics.x: unknown key 'calculat'. Did you mean 'calculate'?"),
        ("x: {field: x, attribution: linear}", "metrics.x.attribution: keys are expected, not 'linear': container, "),
        ("x: {calculate: 'attributed(orders, custom)'}", "metrics.x.calculate: character 20 of 'attributed(orders, custom)': first, middle, last say what touches weigh"),
    ],
)  # fmt: skip
def test_a_metric_is_what_its_key_takes(folder, component, said):
    [(_, line, message)] = faults(project_of(folder, f"metrics:\n  orders: orders\n  {component}\n", TABLE))
    assert line == 4
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("persistence", "said"),
    [
        ("30 days", "dimensions.page.persistence: keys are expected, not '30 days': allocation, binding, binding_metric, expiration."),
        ("{expiration: {metrc: orders}}", "dimensions.page.persistence.expiration: a metric that ends values is written {metric: orders}, with no other key. Did you mean 'metric'?"),
    ],
)  # fmt: skip
def test_a_persistence_is_told_in_one_fault(folder, persistence, said):
    view = f"metrics: {{orders: orders}}\ndimensions:\n  page: {{field: page, persistence: {persistence}}}\n"
    assert [fault[1:] for fault in faults(project_of(folder, view, TABLE))] == [(4, said)]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("report: table\ndimensions: page", "dimensions: write a list, [page]."),
        ("report: table\nsegments: buyers", "segments: write a list, [buyers]."),
        ("report: table\nby_segments: buyers", "by_segments: write a list, [buyers]."),
        ("report: table\nby_segments: [{label: a, where: {dimension: page, equal: x}}]", "by_segments.0.where: unknown key 'equal'. Did you mean 'equals'?"),
        ("report: fallout\nsteps: [{dimension: page, equal: x}]", "steps.0: unknown key 'equal'. Did you mean 'equals'?"),
    ],
)  # fmt: skip
def test_a_part_of_a_report_is_what_its_key_takes(folder, report, said):
    [(file, line, message)] = faults(project_of(folder, VIEW, f"{report}\n"))
    assert (file, line) == ("reports/one.yaml", 2)
    assert message.startswith(said)


def test_a_list_that_is_empty_is_still_too_short(folder):
    [(_, line, message)] = faults(project_of(folder, VIEW, "report: fallout\nsteps: []\n"))
    assert line == 2
    assert "at least 1 item" in message


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01"])
def test_a_day_that_is_in_no_calendar_has_its_line(folder, day):
    [(file, line, message)] = faults(project_of(folder, VIEW, f"report: table\nrange: {{from: {day}, to: 2025-03-01}}\n"))
    assert (file, line) == ("reports/one.yaml", 2)
    assert message.startswith(f"'{day}' is no date: ")
