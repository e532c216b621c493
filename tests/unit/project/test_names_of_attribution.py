"""Names that a report of attribution takes: each must be what its place needs, and its faults have lines."""

import pytest

from tests.unit.project.test_names import CALCULATED, faults


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("metric: conversion\ndimension: page", 2, CALCULATED),
        ("metric: ordres\ndimension: page", 2, "no metric named 'ordres'. Did you mean 'orders'?"),
        ("metric: page\ndimension: page", 2, "no metric named 'page': it is a dimension"),
        ("metric: orders\ndimension: pge", 3, "no dimension named 'pge'. Did you mean 'page'?"),
        ("metric: orders\ndimension: calls", 3, "no dimension named 'calls': it is a metric"),
        ("metric: people\ndimension: page", 1, "metric: 'people' is of every event"),
        ("metric: orders\ndimension: day", 1, "dimension: every event has its own 'day'"),
        ("metric: orders\ndimension: page\nmodels: [linnear]", 4, "models: no such choice: 'linnear'. Did you mean 'linear'?"),
        ("metric: orders\ndimension: page\nmodels: {a: {model: linear, lokback: 3 days}}", 4, "models.a: unknown key 'lokback'. Did you mean 'lookback'?"),
        ("metric: orders\ndimension: page\nlookback: soon", 4, "lookback: 'soon' is no"),
        ("metric: orders\ndimension: page\noverlap: 1", 4, "overlap: '1': input should be greater than or equal to 2."),
    ],
)
def test_attribution_is_of_what_events_have(folder, text, line, said):
    (folder / "reports" / "models.yaml").write_text(f"report: attribution\n{text}\n", encoding="utf-8")
    [found] = faults(folder)
    assert found[0] == "reports/models.yaml"
    assert found[2].startswith(said), found
    assert found[1] == line, found
