"""Figures of a canvas add up at nodes and journeys: what is about few people cannot be computed from those that are shown."""

import itertools
import random

from cja_spark.page.content import ColumnSpec
from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_canvas import SUMMED, VISITS, canvas_is_told, hide_few_of_canvas

FIGURES = ("journey_runs", "people", "node_visits", "share_of_all", "run_starts", "exit_events", "ended_runs", "waiting_runs")
FORMATS = {"people": "people", "share_of_all": "percent"}
COLUMNS = (*(ColumnSpec(name=name, label="") for name in ("row_kind", "journey_name", "node_name", "next_node")),
           *(ColumnSpec(name=name, label=name, format=FORMATS.get(name, "count")) for name in FIGURES))  # fmt: skip


def canvas(branches, ended, waiting):
    """Rows of one journey of people with one run each, who begin at a: so many take each branch, so many end and wait at each node."""
    rows, nodes = [], sorted({*ended, *waiting, *(end for one in branches for end in one)})
    into, out = ({node: sum(many for ends, many in branches.items() if ends[side] == node) for node in nodes} for side in (1, 0))
    visits = {node: out[node] + ended.get(node, 0) + waiting.get(node, 0) for node in nodes}
    runs = visits["a"] - into["a"]
    told = {"node_visits": sum(visits.values()), "run_starts": runs, "exit_events": sum(ended.values()), "ended_runs": sum(ended.values()), "waiting_runs": sum(waiting.values())}
    for kind, name in (("total", None), ("journey", "j")):
        rows.append({"row_kind": kind, "journey_name": name, "node_name": None, "next_node": None, "journey_runs": runs, "people": runs, "share_of_all": None, **told})
    for node in nodes:
        own = {"node_visits": visits[node], "run_starts": visits[node] - into[node], "exit_events": ended.get(node, 0), "ended_runs": ended.get(node, 0), "waiting_runs": waiting.get(node, 0)}
        rows.append({"row_kind": "node", "journey_name": "j", "node_name": node, "next_node": None, "journey_runs": visits[node], "people": visits[node], "share_of_all": visits[node] / runs, **own})
    for (source, target), many in branches.items():
        rows.append({"row_kind": "branch", "journey_name": "j", "node_name": source, "next_node": target, "journey_runs": many, "people": many, "node_visits": many, "share_of_all": many / visits[source]})
    return rows


def hidden(rows, behind=()):
    return [*hide_few_of_canvas(rows, COLUMNS, 10, behind)]


def row(rows, *ends):
    [found] = [one for one in rows if (one["node_name"], one["next_node"]) == ends and one["journey_name"]]
    return found


def is_hidden(cell):
    return isinstance(cell, Below | Withheld)


def test_a_canvas_is_told_by_runs_that_wait():
    assert canvas_is_told(COLUMNS)
    assert not canvas_is_told(COLUMNS[:-1])


def test_of_many_people_everything_is_shown():
    rows = canvas({("a", "b"): 60, ("a", "c"): 30}, {"b": 60}, {"c": 30, "a": 0})
    assert hidden(rows) == rows


def test_a_branch_of_few_people_goes_with_its_node_and_with_what_tells_it():
    rows = hidden(canvas({("a", "b"): 60, ("a", "c"): 4}, {"b": 60, "c": 4}, {"a": 20}))
    assert {row(rows, "a", "c")[name] for name in ("people", "node_visits", "share_of_all")} == {Below(10)}
    assert is_hidden(row(rows, "c", None)["people"])
    assert row(rows, "a", None)["waiting_runs"] == Withheld(10)  # 84 visits less 60 that go to b and 20 that wait are 4


def test_few_who_wait_go_with_another_part_of_their_node():
    rows = hidden(canvas({("a", "b"): 60, ("a", "c"): 30}, {"b": 60, "c": 30}, {"a": 3}))
    node = row(rows, "a", None)
    assert node["waiting_runs"] == Below(10)
    assert row(rows, "a", "c")["node_visits"] == Withheld(10)
    assert row(rows, "a", None)["node_visits"] == 93


def test_few_people_with_many_events_are_hidden_by_whom_these_are_of():
    rows = canvas({("a", "b"): 60}, {"b": 60}, {"a": 20})
    told = [{"exit_events": 3.0} if one["node_name"] == "b" and not one["next_node"] else {} for one in rows]
    node = row(hidden(rows, told), "b", None)
    assert node["exit_events"] == Below(10)
    assert node["ended_runs"] == Withheld(10)  # as many as the exits, mostly


def test_no_figure_of_few_is_the_rest_of_a_sum_that_is_shown():
    """Whatever adds up at a node or over nodes has no hidden part of few people that its other parts tell."""
    chance = random.Random(7)
    for _ in range(300):
        branches = {ends: chance.choice([0, 3, 8, 12, 40]) for ends in itertools.combinations("abcd", 2)}
        ended, waiting = ({node: chance.choice([0, 0, 4, 9, 11, 50]) for node in "abcd"} for _ in range(2))
        into = {node: sum(many for ends, many in branches.items() if ends[1] == node) for node in "abcd"}
        for node in "bcd":  # who comes goes on, ends or waits
            ended[node] = max(into[node] - sum(many for ends, many in branches.items() if ends[0] == node) - waiting[node], 0)
        rows = canvas({ends: many for ends, many in branches.items() if many}, ended, waiting)
        safe = hidden(rows)
        at = {(one["row_kind"], one["node_name"], one["next_node"]): number for number, one in enumerate(rows)}
        for node in "abcd":
            if ("node", node, None) not in at:
                continue
            whole = (at["node", node, None], VISITS)
            parts = [(whole[0], "ended_runs"), (whole[0], "waiting_runs"), *((number, VISITS) for key, number in at.items() if key[0] == "branch" and key[1] == node)]
            check(rows, safe, whole, parts)
        for name in SUMMED:
            if name in rows[0]:
                check(rows, safe, (at["journey", None, None], name), [(number, name) for key, number in at.items() if key[0] == "node"])


def check(rows, safe, whole, parts):
    gone = [rows[number][name] for number, name in parts if is_hidden(safe[number][name]) and rows[number][name]]
    if not is_hidden(safe[whole[0]][whole[1]]) and gone:
        assert len(gone) > 1
        assert sum(gone) >= 10
