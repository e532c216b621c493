"""Rules W3, W4 by period: the links of most path views, the nodes at their ends and all paths, by the period of the anchor."""

import datetime as dt

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.journeys.hashing import value_id
from cja_spark.kernels.flow import EXIT
from cja_spark.reports.flow import Flow
from cja_spark.reports.flow_rows import LINKS, LINKS_OVER_TIME, NODES, NODES_OVER_TIME
from tests.unit.kernels.by_hand import cells_of, page, rows_of
from tests.unit.kernels.test_rules_of_paths import visit

DAY = 86_400_000
FIRST_DAYS = {"range": {"from": dt.date(2025, 1, 1), "to": dt.date(2025, 1, 3)}}
NAMES = ("flow_column", "item_kind", "flow_item", "next_kind", "next_item")


def later(days, own):
    return [(at + days * DAY, values) for at, values in own]


def rows(persons, **asked):
    return rows_of(persons, report="flow", **{"dimension": "page", "starts_with": "entry", "columns": 2, "trend": "day", **FIRST_DAYS, **asked})


def name(row):
    kinds = [(row["item_kind"], row["flow_item"]), (row["next_kind"], row["next_item"])]
    texts = [item if kind == "item" else f"({kind})" for kind, item in kinds if kind]
    return " > ".join(texts) or "all"


def over_time(persons, figure="path_views", **asked):
    """Per node and link that is told by period its column, its name and the figures of all periods."""
    found = {}
    for row in rows(persons, **asked):
        if row["bucket"] is not None:
            found.setdefault((row["row_kind"].removesuffix("_over_time"), row["flow_column"], name(row)), []).append(row[figure])
    return found


PERSONS = [visit("home", "cart"), [*visit("home", "help"), *later(2, visit("home", "cart"))], later(2, visit("cart"))]


def test_w3_a_path_is_in_the_period_of_its_anchor():
    found = over_time(PERSONS)
    assert found["total", None, "all"] == [2, 0, 2]
    assert found["node", 0, "(entry)"] == [2, 0, 2]
    assert found["node", 1, "home"] == [2, 0, 1]
    assert found["link", 0, "(entry) > home"] == [2, 0, 1]
    assert found["link", 1, "home > cart"] == [1, 0, 1]
    over_midnight = [[page(DAY - 1, "home"), page(DAY, "cart"), page(DAY + 1, "home")]]
    assert over_time(over_midnight)["link", 1, "home > cart"] == [1, 0, 0]
    assert over_time(over_midnight, starts_with=None, ends_with="exit")["link", -2, "cart > home"] == [0, 1, 0]
    assert over_time(over_midnight, starts_with=None, contains={"items": ["cart"]})["link", -1, "home > cart"] == [0, 1, 0]


def test_w3_every_period_of_the_range_has_a_row_and_the_last_instant_is_in_it():
    own = [[page(0, "a"), page(3 * DAY - 1, "a"), page(3 * DAY, "a")]]
    found = rows(own, starts_with={"items": ["a"]}, repeats="keep", columns=1)
    totals = [row for row in found if row["row_kind"] == "total_over_time"]
    assert [(row["label"], row["bucket"], row["path_views"]) for row in totals] == [
        (f"2025-01-0{day}", dt.datetime(2025, 1, day, tzinfo=dt.UTC), views) for day, views in ((1, 1), (2, 0), (3, 1))
    ]


def test_w3_people_and_sessions_are_those_of_the_period_and_shares_of_its_paths():
    own = [[*visit("home", "cart"), *later(2, visit("home", "cart"))], [*visit("home", "cart", "home", "cart"), *later(2, visit("cart"))]]
    asked = {"starts_with": {"items": ["home"]}, "columns": 1}
    link = ("link", 0, "home > cart")
    assert [over_time(own, figure, **asked)[link] for figure in ("path_views", "people", "sessions")] == [[3, 0, 1], [2, 0, 1], [2, 0, 1]]
    assert over_time(own, "percent_of_total", **asked)[link] == [1, None, 1]
    assert over_time(own, "percent_of_total")["link", 0, "(entry) > home"] == [1, None, 0.5]
    whole = [row for row in rows(own, **asked) if row["row_kind"] == "link"]
    assert [(row["path_views"], row["people"], row["bucket"], row["label"]) for row in whole] == [(4, 2, None, None)]


def test_w4_the_links_of_most_path_views_are_told_and_equal_ones_in_the_order_of_rows():
    own = [visit("a", "b"), visit("a", "c"), visit("b", "c")]
    found = over_time(own, trend={"links": 3})
    assert [key[1:] for key in found if key[0] == "link"] == [(0, "(entry) > a"), (0, "(entry) > b"), (1, "a > c")]
    assert [key[1:] for key in found if key[0] == "node"] == [(0, "(entry)"), (1, "a"), (1, "b"), (2, "c")]


def test_w4_other_is_not_told_nor_who_stays_at_an_end():
    own = [visit("a"), visit("b"), visit("c", "a")]
    found = over_time(own, items=1, columns=3, trend={"links": 20})
    assert not [key for key in found if "other" in key[2] or key[2] in ("(exit) > (exit)", "(entry) > (entry)")]
    assert {key[1:] for key in found if key[0] == "link"} == {(0, "(entry) > a"), (1, "a > (exit)"), (2, "a > (exit)")}
    assert ("link", -2, "(entry) > (entry)") not in over_time(own, starts_with=None, ends_with="exit", columns=3, trend={"links": 20})


def test_w1_several_values_are_told_by_period_each():
    own = [[(0, {"sku": ["shoes", "shirt"]}), (1, {"sku": ["shirt", "socks"]}), (DAY, {"sku": ["shoes"]}), (DAY + 1, {"sku": ["socks"]})]]
    asked = {"dimension": "sku", "starts_with": {"items": ["shoes", "shirt"]}, "columns": 1, "container": "person", "trend": {"links": 20}}
    found = over_time(own, **asked)
    assert found["total", None, "all"] == [2, 1, 0]
    assert found["node", 0, "shirt"] == [2, 0, 0]
    assert found["node", 0, "shoes"] == [1, 1, 0]
    assert found["link", 0, "shoes > socks"] == [1, 1, 0]
    assert found["link", 0, "shirt > socks"] == [1, 0, 0]


def test_l2_items_that_are_known_before_change_no_row():
    own = [*PERSONS, visit("x", "y", "home"), later(1, visit("y", "x"))]
    asked = {"starts_with": None, "contains": {"items": ["home", "x"]}, "items": 1, "trend": {"links": 20}}
    whole = rows(own, **asked)
    shown = {column: [] for column in range(-2, 3)}
    for row in whole:
        if row["row_kind"] == "node" and row["item_kind"] == "item":
            shown[row["flow_column"]].append(value_id(row["flow_item"]))
    known = {column: np.array(ids, np.int64) for column, ids in shown.items()}
    assert rows(own, **asked, items_shown=known) == whole
    cells = cells_of(own, report="flow", dimension="page", columns=2, **FIRST_DAYS, **asked, items_shown=known).to_pylist()
    for measure, keys in ((NODES_OVER_TIME, ((0, "k3"),)), (LINKS_OVER_TIME, ((0, "k3"), (1, "k4")))):
        some = [cell for cell in cells if cell["measure"] == measure]
        assert some
        assert all(cell[key] in (*shown[cell["k2"] + after], *range(16)) for cell in some for after, key in keys)


def test_w3_who_stays_at_an_end_does_not_go_on_into_the_next_period():
    own = [visit("a"), later(1, visit("a"))]
    asked = {"starts_with": "entry", "trend": {"links": 20}, "items_shown": {0: [], 1: [value_id("a")], 2: [value_id("a")]}}
    cells = cells_of(own, report="flow", dimension="page", columns=2, **FIRST_DAYS, **asked).to_pylist()
    links = [cell for cell in cells if cell["measure"] == LINKS_OVER_TIME]
    from_an_end = {(cell["k1"], cell["k2"]) for cell in links if cell["k3"] == EXIT}
    assert {(cell["k1"], cell["k2"]) for cell in links if cell["k4"] == EXIT} >= {(0, 1), (1, 1)}
    assert not from_an_end


def test_w3_an_end_is_reached_in_the_period_of_the_anchor():
    assert over_time([visit("a"), later(2, visit("a"))])["node", 2, "(exit)"] == [1, 0, 1]


@pytest.mark.parametrize("way", [{"starts_with": "entry"}, {"ends_with": "exit"}, {"contains": {"items": ["home"]}}])
def test_w3_path_views_of_the_periods_add_up_in_each_cell_that_has_them(way):
    cells = cells_of([*PERSONS, visit("home")], report="flow", dimension="page", columns=3, trend="day", **FIRST_DAYS, **way).to_pylist()
    for whole, periods, width in ((NODES, NODES_OVER_TIME, 2), (LINKS, LINKS_OVER_TIME, 3)):
        found = {}
        for cell in cells:
            if cell["measure"] in (whole, periods):
                keys = [cell[f"k{at}"] for at in range(1, 5)]
                sums = found.setdefault(tuple(keys[:width] if cell["measure"] == whole else keys[1 : width + 1]), {whole: 0, periods: 0})
                sums[cell["measure"]] += cell["amount"]
        told = [sums for sums in found.values() if sums[periods]]  # those of most path views and their ends (L2)
        assert told
        assert all(sums[whole] == sums[periods] for sums in told)


def test_no_path_has_totals_of_nothing():
    found = [row for row in rows([visit("a")], starts_with={"items": ["z"]}) if row["bucket"]]
    assert [(row["row_kind"], row["path_views"], row["people"], row["percent_of_total"]) for row in found] == [("total_over_time", 0, 0, None)] * 3


def test_periods_are_of_the_calendar_and_the_range_stays_as_it_is():
    own = [visit("a"), later(2, visit("a"))]
    found = [row for row in rows(own, trend={"granularity": "month", "links": 1}) if row["bucket"]]
    assert [(row["label"], row["path_views"]) for row in found if row["row_kind"] == "total_over_time"] == [("2025-01", 2)]
    assert Flow.model_validate({"dimension": "page", "starts_with": "entry", "trend": "week"}).trend.links == 5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"trend": "day", "range": "last 2 years"}, "more than 366 periods of a day"),
        ({"trend": "day", "items": 100}, "trend: 54,080 links that could be in each day are too many; ask fewer columns or items, or longer periods."),
        ({"trend": {"links": 21}}, "less than or equal to 20"),
    ],
)
def test_what_is_too_much_is_refused(asked, said):
    with pytest.raises(ValidationError, match=said):
        Flow.model_validate({"dimension": "page", "starts_with": "entry", "range": "last 90 days", **asked})
