"""Summary data beside events: one test per rule (cja.md 3.6, docs/decisions/summary-data.md), on rows written by hand."""

import pytest

from tests.unit.kernels.summaries_by_hand import answer

VIEW = {
    "dimensions": {
        "code": {"field": "code", "summary_data_group": "campaign"}, "campaign": {"summary": "costs.campaign"},
        "page": {"field": "page"}, "sku": {"field": "items[].sku"},
    },
    "metrics": {"spend": {"summary": "costs.spend"}, "revenue": {"field": "revenue"}, "roas": {"calculate": "revenue / spend"}},
    "segments": {
        "red": {"where": {"dimension": "code", "equals": "red"}}, "home": {"where": {"dimension": "page", "equals": "home"}},
        "buyers": {"container": "person", "where": {"metric": "revenue", "at_least": 1}},
    },
}  # fmt: skip
EVENTS = [
    {"person_id": "ann", "at": "2026-01-05T10:00", "code": "red", "page": "home", "revenue": 40.0, "sku": ["a"]},
    {"person_id": "bob", "at": "2026-01-06T10:00", "code": "blue", "page": "cart", "revenue": 15.0, "sku": []},
]
COSTS = [
    {"at": "2026-01-05", "campaign": "red", "spend": 20.0}, {"at": "2026-01-06", "campaign": "black", "spend": 6.0},
    {"at": "2026-01-08", "campaign": None, "spend": 1.0}, {"at": "2026-01-09", "campaign": "blue", "spend": None},
]  # fmt: skip


def table(*dimensions, view=None, events=EVENTS, costs=COSTS, metrics=("spend", "revenue"), **asked):
    return answer({**VIEW, **(view or {})}, events, asked={"report": "table", "dimensions": dimensions, "metrics": metrics, **asked}, costs=costs)


def dimensions(**changed):
    return {"dimensions": {**VIEW["dimensions"], **changed}}


def test_q_rows_join_events_by_equal_value_and_formulas_read_both():
    assert table("code", metrics=["spend", "revenue", "roas"]) == [
        ("total", None, 27, 55, 55 / 27), ("item", "red", 20, 40, 2), ("item", "black", 6, 0, 0), ("item", "No value", 1, 0, 0),
        ("item", "blue", 0, 15, None),
    ]  # fmt: skip


def test_o5_a_row_counts_in_the_range_that_its_first_instant_lies_in():
    costs = [{"at": at, "campaign": "red", "spend": 1.0} for at in ("2025-12-31T23:59:59.999", "2026-01-01", "2026-01-31T23:00", "2026-02-01")]
    assert table(costs=costs, events=[], metrics=["spend"]) == [("total", 2)]


def test_o2_equal_values_are_equal_texts_whatever_their_case():
    costs = [{"at": "2026-01-05", "campaign": "Red", "spend": 3.0}]
    assert table("code", costs=costs)[1:] == [("item", "Red", 3, 0), ("item", "blue", 0, 15), ("item", "red", 0, 40)]
    lower = dimensions(code={"field": "code", "lowercase": True, "summary_data_group": "campaign"})
    assert table("code", view=lower, costs=costs)[1:] == [("item", "red", 3, 40), ("item", "blue", 0, 15)]


def test_o10_include_rules_and_no_value_as_a_value_are_of_rows_too():
    only = dimensions(code={"field": "code", "include": {"does_not_equal": "black"}, "no_value": {"label": "none", "as_value": True}, "summary_data_group": "campaign"})
    assert table("code", view=only)[1:] == [("item", "red", 20, 40), ("item", "none", 7, 0), ("item", "blue", 0, 15)]


def test_t1_people_and_events_are_of_events_alone():
    assert table("code", metrics=["people", "events", "sessions", "spend"])[:2] == [("total", None, 2, 2, 2, 27), ("item", "blue", 1, 1, 1, 0)]


def test_t2_other_adds_amounts_of_rows():
    assert table("code", rows=1) == [("total", None, 27, 55), ("item", "red", 20, 40), ("other", None, 7, 15)]


def test_t3_without_no_value_the_total_is_of_the_rows_and_a_grand_total_follows():
    assert table("code", include_no_value=False)[:2] == [("total", None, 26, 55), ("grand_total", None, 27, 55)]


def test_o8_a_dimension_that_no_group_joins_is_no_value_on_rows_and_a_dimension_of_rows_on_events():
    assert table("page") == [("total", None, 27, 55), ("item", "No value", 27, 0), ("item", "cart", 0, 15), ("item", "home", 0, 40)]
    assert table("campaign") == [
        ("total", None, 27, 55), ("item", "red", 20, 0), ("item", "black", 6, 0), ("item", "No value", 1, 55), ("item", "blue", 0, 0),
    ]  # fmt: skip


def test_o8_items_that_are_not_there_make_no_row():
    assert table("sku") == [("total", None, 27, 55), ("item", "a", 0, 40)]


def test_m6_a_row_is_an_item_of_the_array_that_a_dimension_of_the_table_has_its_value_in():
    view = dimensions(sku={"field": "items[].sku", "summary_data_group": "campaign"}, color={"field": "items[].color"})
    assert table("sku", "color", view=view, events=[], metrics=["spend"])[1:] == [
        ("item", "red", "No value", 20), ("item", "black", "No value", 6), ("item", "No value", "No value", 1), ("item", "blue", "No value", 0),
    ]  # fmt: skip
    assert table("color", view=view, events=[], metrics=["spend"]) == [("total", None, 27)]


@pytest.mark.parametrize(
    ("segment", "spend", "revenue"),
    [
        ("red", 20, 40), ("home", 27, 40), ("buyers", 27, 55),
        ({"where": {"dimension": "code", "does_not_equal": "red"}}, 7, 15),
        ({"where": {"dimension": "campaign", "equals": "black"}}, 6, 0),
        ({"where": {"dimension": "code", "exists": False}}, 1, 0),
        ({"where": {"all": ["red", "home"]}}, 20, 40),
        ({"where": {"any": ["red", "home"]}}, 27, 40),
        ({"where": {"any": ["red", {"dimension": "code", "starts_with": "bla"}]}}, 26, 40),
        ({"where": {"exclude": {"any": ["red", "home"]}}}, 7, 15),
        ({"where": {"exclude": {"all": ["red", "home"]}}}, 27, 15),
        ({"where": {"container": "person", "where": {"dimension": "code", "equals": "red"}}}, 20, 40),
        ({"container": "person", "where": {"dimension": "code", "equals": "red"}}, 27, 40),
        ({"where": {"dimension": "day", "equals": "2026-01-06"}}, 6, 15),
        ({"where": {"dimension": "hour_of_day", "equals": "10"}}, 27, 55),
        ({"where": {"dimension": "code", "distinct": {"at_least": 1}}}, 27, 55),
        ({"where": {"dimension": "code", "equals": "red"}, "range": {"from": "2026-01-01", "to": "2026-01-04"}}, 27, 0),
    ],
)  # fmt: skip
def test_g_a_segment_hides_rows_that_are_known_to_fail_it(segment, spend, revenue):
    assert table(segments=[segment]) == [("total", spend, revenue)]
    assert table(view={"view_segments": [segment]}) == [("total", spend, revenue)]


def test_q_segments_of_a_formula_hide_rows_alike():
    metrics = {**VIEW["metrics"], "red_spend": {"calculate": "spend[red]"}, "home_spend": {"calculate": "spend[home, buyers]"}}
    assert table("code", view={"metrics": metrics}, metrics=["red_spend", "home_spend"], rows=2) == [
        ("total", None, 20, 27), ("item", "red", 20, 20), ("item", "No value", 0, 1), ("other", None, 0, 6),
    ]  # fmt: skip


def test_r_a_trend_has_rows_in_the_bucket_that_they_begin_in():
    rows = answer(VIEW, EVENTS, asked={"report": "trend", "granularity": "week", "metrics": ["spend", "revenue"]}, costs=COSTS)
    assert [row[2:] for row in rows if any(row[3:])] == [(None, 27, 55), ("2026-W02", 27, 55)]


def test_o4_a_day_of_another_time_zone_lies_where_it_begins():
    costs = [{"at": "2026-01-05T00:00Z", "campaign": "red", "spend": 1.0}]
    assert table("day", view={"time_zone": "America/New_York"}, events=[], costs=costs, metrics=["spend"]) == [("total", None, 1), ("item", "2026-01-04", 1)]


def test_s_dimensions_of_sessions_are_no_value():
    assert table("session_type", metrics=["spend"]) == [("total", None, 27), ("item", "No value", 27), ("item", "First-time", 0)]


def test_hours_are_those_of_rows_of_hours():
    costs = [{"at": "2026-01-05T10:00", "campaign": "red", "spend": 1.0}]
    asked = {"report": "table", "dimensions": ["hour_of_day"], "metrics": ["spend"]}
    assert answer(VIEW, EVENTS, "hour", asked, costs=costs) == [("total", None, 1), ("item", "10", 1)]


def test_two_datasets_meet_in_one_group():
    view = {
        "dimensions": {"campaign": {"summary": "costs.campaign", "summary_data_group": "goal"}, "goal": {"summary": "goals.campaign"}},
        "metrics": {"spend": {"summary": "costs.spend"}, "planned": {"summary": "goals.planned"}},
    }
    asked = {"report": "table", "dimensions": ["campaign"], "metrics": ["spend", "planned"]}
    goals = [{"at": "2026-01-01", "campaign": "red", "planned": 30.0}, {"at": "2026-01-01", "campaign": "green", "planned": 9.0}]
    assert answer(view, asked=asked, costs=COSTS[:2], goals=goals) == [
        ("total", None, 26, 39), ("item", "red", 20, 30), ("item", "black", 6, 0), ("item", "green", 0, 9),
    ]  # fmt: skip


def test_a_report_of_events_alone_has_no_rows_of_summary_data():
    assert table("code", metrics=["revenue"]) == [("total", None, 55), ("item", "red", 40), ("item", "blue", 15)]
