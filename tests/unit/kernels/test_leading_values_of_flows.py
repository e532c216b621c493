"""Rule L2 of flows: a task counts links of the values that lead there; what is shown is asked for again where it did not lead in each task."""

import pytest

from cja_spark.reports import flow_cells, flow_cells_over_time
from cja_spark.reports.flow_rows import LINKS_OVER_TIME, NOT_LEADING
from tests.unit.kernels.by_hand import HOUR
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


@pytest.fixture
def one_link_leads(monkeypatch):
    monkeypatch.setattr(flow_cells_over_time, "DEVIATIONS", 0)
    monkeypatch.setattr(flow_cells_over_time, "MOST_LINKS", 1)


EQUAL_LINKS = [of("ab", "ab", "ab", "cd"), of("ab", "ab", "cd")]
OTHER_LINKS = [of("ab", "ab", "ab", "cd", "cd"), of("cd", "cd", "cd", "ab")]
ENDS_LEAD_ELSEWHERE = [of("ab", "ab", "ab"), of("ab", "ac", "ac", "db", "db", "ad")]


@pytest.mark.parametrize(
    ("tasks", "columns", "runs"), [(EQUAL_LINKS, 2, 1), (OTHER_LINKS, 2, 2), (ENDS_LEAD_ELSEWHERE, 2, 1), (ENDS_LEAD_ELSEWHERE[::-1], 3, 1)]
)
@pytest.mark.parametrize("side", ["starts_with", "ends_with"])
def test_l2_a_link_that_does_not_lead_everywhere_is_asked_again_with_its_periods(tasks, columns, runs, side, monkeypatch):
    asks = {"columns": columns, "trend": {"granularity": "day", "links": 1}, "starts_with": None, side: "entry" if side == "starts_with" else "exit"}
    whole, once, _ = asked(tasks, **asks)
    assert once == 1
    monkeypatch.setattr(flow_cells_over_time, "DEVIATIONS", 0)
    monkeypatch.setattr(flow_cells_over_time, "MOST_LINKS", 1)
    rows, often, _ = asked(tasks, **asks)
    assert often == runs
    assert rows.equals(whole)


@pytest.mark.usefixtures("one_link_leads")
@pytest.mark.parametrize(("tasks", "columns", "links"), [(EQUAL_LINKS, 1, 1), ([of("ab", "ab", "cd", "cd", "ad")], 2, 4)])
def test_l2_periods_of_links_that_do_not_lead_are_not_told_apart(tasks, columns, links):
    _, _, passed = asked(tasks, columns=columns, trend={"granularity": "day", "links": links})
    keys, _ = passed.sums[0].measure(LINKS_OVER_TIME, 4)
    assert len({*zip(*(key.tolist() for key in keys[1:]), strict=True)}) == links


@pytest.mark.usefixtures("one_leads", "one_link_leads")
def test_l2_links_of_other_take_no_place_of_links_that_are_told():
    _, often, _ = asked([of("a", "a", "c", "d", "e")], columns=1, items=1, trend={"granularity": "day", "links": 1})
    assert often == 1


FROM_OTHER = [of("a", "a", "a"), of("ycd", "ycd", "ycd", "z")], ((2, "exit", None), 1)
FROM_OTHER_TO_AN_ITEM = [of("ab", "ab", "ab"), of("ycd", "ycd", "ycd", "zb")], ((2, "item", "b"), 2)


@pytest.mark.usefixtures("one_leads", "one_link_leads")
@pytest.mark.parametrize(("tasks", "found"), [FROM_OTHER, FROM_OTHER_TO_AN_ITEM])
@pytest.mark.parametrize("order", [1, -1])
def test_l2_a_node_that_a_task_has_behind_other_alone_is_told_with_all_its_paths(tasks, found, order):
    asks = {"columns": 3, "items": 1, "trend": {"granularity": "day", "links": 2}}
    rows, often, _ = asked(tasks[::order], **asks)
    node, runs = found
    assert often == runs
    rows = rows.to_pylist()
    nodes = {(row["flow_column"], row["item_kind"], row["flow_item"]): row["path_views"] for row in rows if row["row_kind"] == "node"}
    by_period = dict.fromkeys(nodes, 0)
    for row in rows:
        if row["row_kind"] == "node_over_time":
            by_period[row["flow_column"], row["item_kind"], row["flow_item"]] += row["path_views"]
    told = {one: views for one, views in by_period.items() if views}
    assert told[node] == 4
    assert told == {one: nodes[one] for one in told}


@pytest.mark.usefixtures("one_leads")
def test_l2_values_of_time_that_are_asked_for_again_tie_by_their_texts():
    """Hours 10 and 9 have two path views each in the second column: by its text 10 comes first, by its number 9."""
    hours = [[(at * HOUR, {}) for at in own] for own in ((0, 9), (0, 9), (0, 10), (0, 10), (0, 11))]
    rows, often, _ = asked([hours[:3], hours[3:]], dimension="hour_of_day", items=1, container="person", columns=2)
    second = [row["flow_item"] for row in rows.to_pylist() if row["row_kind"] == "node" and row["flow_column"] == 2 and row["item_kind"] == "item"]
    assert (second, often) == (["10"], 2)
