"""Nodes and links of a flow add up: what is about few people cannot be computed from what the page shows."""

from collections import defaultdict

import pytest

from cja_spark.page.privacy import Below, Withheld
from cja_spark.page.privacy_of_flows import flows_add_up, hide_few_of_flows
from tests.unit.page.answers import flow
from tests.unit.page.pages import FLOW, PATHS
from tests.unit.page.test_privacy_of_reports import HIDDEN, WITHHELD, encoded


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
