"""Rule L2 of flows: a task counts links of the values that lead there; what is shown is asked for again where it did not lead in each task."""

import pytest

from cja_spark.reports import flow_cells
from cja_spark.reports.flow_rows import NOT_LEADING
from tests.unit.kernels.tasks_by_hand import answered
from tests.unit.kernels.test_rules_of_paths import visit

FLOW = {"report": "flow", "dimension": "page", "starts_with": "entry", "columns": 3}


def asked(tasks, **more):
    return answered(tasks, **{**FLOW, **more})


def of(*visits):
    return [visit(*pages) for pages in visits]


@pytest.fixture
def one_leads(monkeypatch):
    monkeypatch.setattr(flow_cells, "FEW", 0)
    monkeypatch.setattr(flow_cells, "DEVIATIONS", 0)


SAME = [of("ab", "ab", "ab", "cb"), of("ab", "ab", "db", "ac")]
OTHERS = [of("ab", "ab", "ab", "cb", "cb"), of("db", "db", "db", "ca", "cb")]


@pytest.mark.parametrize(("tasks", "runs"), [(SAME, 1), (OTHERS, 2)])
def test_l2_what_leads_everywhere_is_asked_once_and_what_does_not_twice(tasks, runs, monkeypatch):
    whole, once, _ = asked(tasks, items=1)
    assert once == 1
    monkeypatch.setattr(flow_cells, "FEW", 0)
    monkeypatch.setattr(flow_cells, "DEVIATIONS", 0)
    rows, often, passed = asked(tasks, items=1)
    assert often == runs
    assert rows.equals(whole)
    assert passed.seconds == runs


@pytest.mark.usefixtures("one_leads")
def test_l2_the_second_time_names_nothing_that_did_not_lead():
    _, _, first = asked(SAME, items=1)
    _, _, second = asked(OTHERS, items=1)
    assert len(first.sums[0].measure(NOT_LEADING, 2)[1]) > 0
    assert len(second.sums[0].measure(NOT_LEADING, 2)[1]) == 0


@pytest.mark.usefixtures("one_leads")
def test_l2_of_equal_counts_the_first_bytes_are_shown_whichever_led():
    rows, _, _ = asked([of("ba", "ab"), of("ab", "ba")], items=1)
    shown = {(row["flow_column"], row["flow_item"]) for row in rows.to_pylist() if row["row_kind"] == "node" and row["item_kind"] == "item"}
    assert shown == {(1, "a"), (2, "a")}
