"""Nodes and links of a flow add up: what is about few people cannot be computed from what the page shows."""

import datetime as dt
import random
from collections import defaultdict

import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_flows import flows_add_up, hide_few_of_flows
from tests.unit.kernels.by_hand import rows_of
from tests.unit.kernels.test_rules_of_paths import visit
from tests.unit.page.answers import flow
from tests.unit.page.pages import FLOW, PATHS
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded

DAY = 86_400_000
COLUMNS = FLOW.columns


def hidden(fewest=10, **changed):
    """What the page has of the path views of the last links of `FLOW`."""
    return [row["path_views"] for row in hide_few_of_flows(FLOW.rows, FLOW.columns, fewest)]


def test_a_link_of_few_goes_with_others_at_both_of_its_nodes():
    views = hidden()
    assert views[:10] == [row["path_views"] for row in FLOW.rows[:10]]
    assert views[12] == Below(10)
    assert views[13] == Withheld(10)
    assert Withheld(10) in (views[10], views[14])


@pytest.mark.parametrize("fewest", [2, 10, 60, 120, 280])
def test_no_node_and_no_column_has_one_hidden_part(fewest):
    shown = [*hide_few_of_flows(FLOW.rows, FLOW.columns, fewest)]
    wholes = defaultdict(list)
    for row, cells in zip(FLOW.rows, shown, strict=True):
        gone = isinstance(cells["path_views"], Below | Withheld)
        if row["row_kind"] == "node":
            wholes["column", row["flow_column"]].append((row["path_views"], gone))
        if row["row_kind"] == "link":
            wholes["out", row["flow_column"], row["item_kind"], row["flow_item"]].append((row["path_views"], gone))
            wholes["in", row["flow_column"], row["next_kind"], row["next_item"]].append((row["path_views"], gone))
    for parts in wholes.values():
        gone = [views for views, is_gone in parts if is_gone]
        assert not gone or len(gone) == len(parts) or (len(gone) > 1 and sum(gone) >= fewest), parts


def test_a_node_of_few_takes_its_links_and_another_node():
    total, entry, home, cart, *links = encoded(flow(40, 9))
    assert (total["path_views"], entry["path_views"]) == (49, 49)
    assert (home["path_views"], cart["path_views"]) == (WITHHELD, HIDDEN)
    assert [link["path_views"] for link in links] == [WITHHELD, HIDDEN]


def test_only_flows_add_up_so():
    assert flows_add_up(FLOW.columns)
    assert not flows_add_up(PATHS.columns)


def trended(own, **asked):
    """Rows over time of persons who each have so many visits of these pages on these days."""
    days = {"range": {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 3)}}
    persons = [[(day * DAY + at, values) for at, values in visit(*pages)] for day, pages, count in own for _ in range(count)]
    return rows_of(persons, report="flow", dimension="page", starts_with="entry", **{"columns": 1, "trend": "day", **days, **asked})


def views(own, kind, *names, fewest=10, **asked):
    """What the page has of the path views of a row, period by period."""
    found = [*hide_few_of_flows(trended(own, **asked), COLUMNS, fewest)]
    return [row["path_views"] for row in found if row["row_kind"] == kind and (row["flow_item"], row["next_item"])[: len(names)] == names]


FEW, GONE = Below(10), Withheld(10)
PEAK = [(0, ["home"], 30), (1, ["home"], 20), (2, ["home"], 9)]


def test_a_period_of_few_goes_with_another_one():
    assert views(PEAK, "total_over_time") == [30, GONE, FEW]
    assert views(PEAK, "node_over_time", "home") == [30, GONE, FEW]
    assert views(PEAK, "node", "home") == [59]


def test_a_period_without_paths_is_shown_and_hides_nothing():
    assert views([(0, ["home"], 30), (2, ["home"], 12)], "link_over_time", None, "home") == [30, 0, 12]


def test_in_a_period_a_link_of_few_goes_with_another_one_of_its_node():
    own = [(day, [page], count) for day, counts in enumerate([(30, 9), (50, 20), (40, 11)]) for page, count in zip(("home", "cart"), counts, strict=True)]
    assert views(own, "link_over_time", None, "cart") == [FEW, 20, GONE]
    assert views(own, "link_over_time", None, "home") == [GONE, 50, GONE]
    assert views(own, "total_over_time") == [39, 70, 51]


def test_what_few_take_in_a_period_without_a_row_is_not_told_by_the_rest():
    own = [(0, ["home"], 30), (0, ["cart"], 9), (1, ["home"], 30), (1, ["cart"], 20), (2, ["home"], 40), (2, ["cart"], 25)]
    assert views(own, "link_over_time", None, "home", trend={"links": 1}) == [GONE, GONE, 40]


def test_a_row_that_is_hidden_has_no_period():
    own = [(0, ["home"], 30), (1, ["home"], 30), (0, ["cart"], 4), (1, ["cart"], 5)]
    assert views(own, "link", None, "cart") == [FEW]
    assert views(own, "link_over_time", None, "cart") == [FEW, FEW, 0]
    assert views(own, "link", None, "home") == [GONE]
    assert views(own, "link_over_time", None, "home") == [GONE, GONE, 0]


def test_a_whole_whose_only_part_is_hidden_is_hidden_too():
    rows = trended([(0, ["home", "cart"], 30), (0, ["help", "cart"], 9), (0, ["help", "exit"], 40)], columns=2, trend=None)
    shown = {(row["row_kind"], row["flow_item"], row["next_item"]): row["path_views"] for row in hide_few_of_flows(rows, COLUMNS, 10)}
    assert shown["link", "help", "cart"] == FEW
    assert shown["link", "home", "cart"] == GONE
    assert shown["node", "home", None] == GONE


@pytest.mark.parametrize("seed", range(12))
def test_no_shown_whole_has_hidden_parts_that_tell_of_few(seed):
    chance = random.Random(seed)
    own = [(chance.randrange(3), chance.choices(["home", "cart", "help", "pay"], k=chance.randrange(1, 4)), chance.choice([1, 2, 5, 12, 30])) for _ in range(25)]
    rows = trended(own, columns=2, items=2, trend={"links": chance.choice([1, 3, 20])})
    found = [*hide_few_of_flows(rows, COLUMNS, 10)]
    is_hidden = [isinstance(row["path_views"], Below | Withheld) for row in found]
    assert any(is_hidden)
    assert all(hidden for row, hidden in zip(rows, is_hidden, strict=True) if row["people"] and row["people"] < 10)
    for row, hidden in zip(rows, is_hidden, strict=True):
        for parts in parts_of(row, rows):
            sizes = [part["path_views"] for part in parts if is_hidden[rows.index(part)]]
            rest = row["path_views"] - sum(part["path_views"] for part in parts)
            sizes += [rest] if rest else []
            if hidden:
                assert all(is_hidden[rows.index(part)] for part in parts if part["path_views"])
            elif sizes != [rest] or rest < 10:
                assert not sizes or (len(sizes) > 1 and sum(sizes) >= 10), (row, parts)


def parts_of(row, rows):
    """The rows that are parts of a row: of each column, on each side, of each period."""
    same = [one for one in rows if one["bucket"] == row["bucket"] and one is not row]
    kind, name = row["row_kind"].removesuffix("_over_time"), ("flow_column", "item_kind", "flow_item", "next_kind", "next_item")
    if kind == "total":
        nodes = [one for one in same if one["row_kind"].startswith("node")]
        yield from ([one for one in nodes if one["flow_column"] == column] for column in {one["flow_column"] for one in nodes})
    if kind == "node":
        links, own = [one for one in same if one["row_kind"].startswith("link")], (row["flow_column"], row["item_kind"], row["flow_item"])
        sides = [[one for one in links if (one["flow_column"], one["item_kind"], one["flow_item"]) == own], [one for one in links if (one["flow_column"] + 1, one["next_kind"], one["next_item"]) == own]]
        yield from (side for side in sides if side)
    if row["bucket"] is None:
        periods = [one for one in rows if one["bucket"] is not None and one["row_kind"] == f"{kind}_over_time" and all(one[part] == row[part] for part in name)]
        yield from [periods] if periods else []
