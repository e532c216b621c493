"""Rules C1 to C4 on the product's kernel and finish: cohorts of the calendar, who is back, and what is not told."""

import datetime as dt

import pytest

from cja_spark.view.calendar import instant_ms
from tests.unit.kernels.by_hand import DAY, END, HOUR, START, page, rows_of

MINUTE = 60_000
SIZES = ("day", "week", "month", "quarter", "year")
COMPLETE = END + 400 * DAY


def at(day, zone="UTC", ms=0):
    """Ms after the hand-written range's start of a local day's first instant."""
    return instant_ms(dt.date.fromisoformat(day), zone) - START + ms


def visit(t, name=None, **more):
    """An event of who is included."""
    return page(t, name, opens=1, **more)


def back(t, **more):
    """An event that is a return."""
    return page(t, orders=1, **more)


def cohorts(*own, until=COMPLETE, **asked):
    """The rows of a cohort table of days."""
    return rows_of([*own], until=until, report="cohort", **{"inclusion": "opens", "return": "orders", "granularity": "day", **asked})


def cells(rows, *, first=0):
    """Per cohort, by its label, the people of its columns from the first one on."""
    found = {}
    for row in rows:
        if row["label"] is not None and row["periods_after"] >= first:
            found.setdefault(row["label"], []).append(row["people"])
    return found


def days(first, last):
    return {"from": dt.date.fromisoformat(first), "to": dt.date.fromisoformat(last)}


def column(rows, kind):
    return {row["periods_after"]: row["cohort_rate"] for row in rows if row["row_kind"] == kind}


THREE = {"range": days("2025-01-01", "2025-01-03")}


@pytest.mark.parametrize(
    ("size", "first", "after"),
    [("day", "2025-01-15", "2025-01-16"), ("week", "2025-01-13", "2025-01-20"), ("month", "2025-01-01", "2025-02-01"),
     ("quarter", "2025-01-01", "2025-04-01"), ("year", "2025-01-01", "2026-01-01")],
)  # fmt: skip
def test_c1_the_range_is_widened_to_whole_periods(size, first, after):
    asked = {"range": days("2025-01-15", "2025-01-15"), "granularity": size}
    for t, there in ((at(first) - 1, 0), (at(first), 1), (at(after) - 1, 1), (at(after), 0)):
        total, row = cohorts([visit(t)], **asked)
        assert (total["people"], row["people"]) == (there, there)
        assert row["bucket"].date().isoformat() == first


def test_c1_a_person_is_in_the_cohort_of_every_period_or_of_the_first_one():
    person = [visit(0), visit(HOUR), visit(2 * DAY)]
    assert cells(cohorts(person, **THREE)) == {"2025-01-01": [1, 0, 0], "2025-01-02": [0, 0], "2025-01-03": [1]}
    assert cells(cohorts(person, entry="first", **THREE)) == {"2025-01-01": [1, 0, 0], "2025-01-02": [0, 0], "2025-01-03": [0]}
    assert [cohorts(person, entry=one, **THREE)[0]["people"] for one in ("every", "first", "first_ever")] == [1, 1, 1]


@pytest.mark.parametrize(("size", "first", "since"), [("day", "2025-01-01", "2023-12-01"), ("month", "2025-01-01", "2023-12-01"), ("week", "2025-01-06", "2023-12-06")])
def test_c1_first_ever_asks_the_13_months_before_the_range(size, first, since):
    asked = {"entry": "first_ever", "granularity": size, "range": days(first, "2025-01-31")}
    for before, new in ((at(since) - 1, 1), (at(since), 0), (at(first) - 1, 0), (at(first), 1)):
        assert cohorts([visit(before), visit(at(first) + 8 * DAY)], **asked)[0]["people"] == new
        assert cohorts([page(before), visit(at(first) + 8 * DAY)], **asked)[0]["people"] == 1


def test_c1_13_months_before_the_31_of_march_is_the_last_day_of_february():
    asked = {"entry": "first_ever", "range": days("2025-03-31", "2025-03-31")}
    for t, new in ((at("2024-02-29") - 1, 1), (at("2024-02-29"), 0)):
        assert cohorts([visit(t), visit(at("2025-03-31"))], **asked)[0]["people"] == new


def test_c1_no_more_than_13_months_count_though_more_is_read():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "person"}}}}
    asked = {"entry": "first_ever", "dimension": "page", "person_scope": "all", "view": view, **THREE}
    for t, new in ((at("2023-12-01") - 1, 1), (at("2023-12-01"), 0)):
        assert cohorts([visit(t, "a"), visit(0, "b")], **asked)[0]["people"] == new


def test_c1_the_periods_before_the_range_have_sums_of_their_own():
    asked = {"entry": "first_ever", "inclusion": {"metric": "opens", "at_least": 2}, **THREE}
    twice = [visit(0), visit(1)]
    assert cohorts([visit(-2 * DAY), visit(-DAY), *twice], **asked)[0]["people"] == 1
    assert cohorts([visit(-2), visit(-1), *twice], **asked)[0]["people"] == 0
    assert cohorts([visit(-1), *twice], **asked)[0]["people"] == 1


def test_c1_o7_segments_are_asked_of_the_time_before_the_range_as_of_that_after_it():
    home = {"where": {"dimension": "page", "equals": "home"}}
    person = {"container": "person", "where": {"dimension": "page", "equals": "cart"}}
    asked = {"entry": "first_ever", **THREE}
    for where, view in (({"segments": [home]}, {}), ({}, {"segments": {"home": home}, "view_segments": ["home"]}),
                        ({"inclusion": {"metrics": ["opens"], "segments": ["home"]}}, {"segments": {"home": home}})):  # fmt: skip
        assert cohorts([visit(-DAY, "home"), visit(0, "home")], view=view, **asked, **where)[0]["people"] == 0
        assert cohorts([visit(-DAY, "cart"), visit(0, "home")], view=view, **asked, **where)[0]["people"] == 1
    for where, view in (({"segments": [person]}, {}), ({}, {"segments": {"person": person}, "view_segments": ["person"]})):
        assert cohorts([visit(-DAY, "home"), visit(0, "cart")], view=view, **asked, **where)[0]["people"] == 0
        assert cohorts([visit(-DAY, "cart"), visit(0, "home")], view=view, **asked, **where)[0]["people"] == 0


def test_c1_metrics_of_sessions_count_before_the_range_too():
    asked = {"entry": "first_ever", "inclusion": {"metric": "session_starts", "at_least": 2}, **THREE}
    twice = [page(0), page(HOUR)]
    assert cohorts([page(-2 * HOUR), page(-HOUR), *twice], **asked)[0]["people"] == 0
    assert cohorts([page(-2 * HOUR), page(-2 * HOUR + 1), *twice], **asked)[0]["people"] == 1
    spent = {**asked, "inclusion": {"metric": "time_spent_seconds", "at_least": 60}}
    assert cohorts([page(-10 * HOUR), page(-10 * HOUR + MINUTE), page(0), page(MINUTE)], **spent)[0]["people"] == 0
    assert cohorts([page(-10 * HOUR), page(-10 * HOUR + MINUTE - 1), page(0), page(MINUTE)], **spent)[0]["people"] == 1


@pytest.mark.parametrize(("bound", "met"), [({"at_least": 3}, 1), ({"at_least": 4}, 0), ({"at_most": 2}, 0), ({"at_most": 3}, 1), ({"equals": 3}, 1), ({"more_than": 3}, 0), ({}, 1)])
def test_c1_thresholds_compare_the_sum_of_the_period(bound, met):
    assert cohorts([page(0, opens=1), page(HOUR, opens=2), page(DAY, opens=5)], inclusion={"metric": "opens", **bound}, **THREE)[1]["people"] == met


def test_c1_a_metric_by_its_name_is_at_least_1():
    assert [cohorts([page(0, orders=amount)], inclusion="orders", **THREE)[0]["people"] for amount in (0.5, 1, -1)] == [0, 1, 0]
    assert cohorts([page(0, orders=0.5), page(1, orders=0.5)], inclusion="orders", **THREE)[0]["people"] == 1


def test_c1_metrics_are_all_met_or_any():
    both = {"metrics": ["opens", {"metric": "orders", "at_least": 2}]}
    own = ([visit(0)], [back(0), back(1)], [visit(0), back(1), back(2)], [page(0)])
    assert [cohorts(one, inclusion=both, **THREE)[0]["people"] for one in own] == [0, 0, 1, 0]
    assert [cohorts(one, inclusion={**both, "match": "any"}, **THREE)[0]["people"] for one in own] == [1, 1, 1, 0]


def test_c1_a_period_without_an_event_that_counts_meets_nothing():
    view = {"segments": {"home": {"where": {"dimension": "page", "equals": "home"}}}}
    nothing = {"metrics": [{"metric": "orders", "at_most": 0}]}
    assert cells(cohorts([page(0, "cart")], inclusion=nothing, view=view, **THREE)) == {"2025-01-01": [1, 0, 0], "2025-01-02": [0, 0], "2025-01-03": [0]}
    assert cohorts([page(0, "cart")], inclusion={**nothing, "segments": ["home"]}, view=view, **THREE)[0]["people"] == 0
    assert cohorts([page(0, "cart"), page(1, "home")], inclusion={**nothing, "segments": ["home"]}, view=view, **THREE)[0]["people"] == 1
    assert cohorts([page(0, "cart", orders=1), page(1, "home")], inclusion={**nothing, "segments": ["home"]}, view=view, **THREE)[0]["people"] == 1
    assert cohorts([page(0, "home")], inclusion={"segments": ["home"]}, view=view, **THREE)[0]["people"] == 1


def test_c2_the_included_are_told_whether_or_not_they_return_at_once():
    assert cells(cohorts([visit(0)], [visit(0), back(1)], **THREE))["2025-01-01"] == [2, 0, 0]


@pytest.mark.parametrize(("mode", "found"), [("on", [1, 0, 1]), ("on_or_after", [1, 1, 1])])
def test_c2_a_return_is_of_its_period_or_of_all_up_to_it(mode, found):
    assert cells(cohorts([visit(0), back(2 * DAY)], mode=mode, **THREE))["2025-01-01"] == found
    assert cells(cohorts([back(0), visit(HOUR)], mode=mode, **THREE))["2025-01-01"] == [1, 0, 0]
    assert cells(cohorts([visit(0), back(3 * DAY)], mode=mode, **THREE))["2025-01-01"] == [1, 0, 0]


def test_c2_who_is_never_back_has_no_last_return_of_others():
    assert cells(cohorts([visit(0), back(2 * DAY)], [visit(0)], mode="on_or_after", **THREE))["2025-01-01"] == [2, 1, 1]
    assert cells(cohorts([visit(0)], [visit(0), back(2 * DAY)], mode="on_or_after", **THREE))["2025-01-01"] == [2, 1, 1]


def test_c2_a_return_on_the_last_instant_of_a_period_is_in_it():
    for t, found in ((2 * DAY - 1, [1, 1, 0]), (2 * DAY, [1, 0, 1])):
        assert cells(cohorts([visit(0), back(t)], **THREE))["2025-01-01"] == found


def test_c2_a_period_that_is_not_over_when_the_data_ends_is_null_and_never_0():
    person = [visit(0), visit(DAY), back(2 * DAY)]
    for until, third in ((START + 3 * DAY, 1), (START + 3 * DAY - 1, None)):
        found = cells(cohorts(person, until=until, **THREE))
        assert found == {"2025-01-01": [1, 0, third], "2025-01-02": [1, third], "2025-01-03": [None if third is None else 0]}
    assert cells(cohorts(person, until=START, **THREE)) == {"2025-01-01": [None] * 3, "2025-01-02": [None] * 2, "2025-01-03": [None]}
    assert cohorts(person, until=START, **THREE)[0]["people"] == 0
    assert [cohorts([visit(2 * DAY)], until=until, **THREE)[0]["people"] for until in (START + 3 * DAY, START + 3 * DAY - 1)] == [1, 0]


def test_c2_what_came_in_a_period_that_is_not_over_counts_as_on_or_after_the_ones_before():
    assert cells(cohorts([visit(0), back(2 * DAY)], until=START + 2 * DAY + HOUR, mode="on_or_after", **THREE))["2025-01-01"] == [1, 1, None]


def test_c2_churned_are_those_included_less_those_retained():
    persons = ([visit(0), back(DAY)], [visit(0)], [visit(0), back(DAY), back(2 * DAY)])
    for how in ({}, {"mode": "on_or_after"}):
        retained, churned = (cohorts(*persons, type=one, **how, **THREE) for one in ("retention", "churn"))
        for one, other in zip(retained, churned, strict=True):
            if one["row_kind"].startswith("retained"):
                assert other["row_kind"] == one["row_kind"].replace("retained", "churned")
                assert (other["people"], other["base_people"]) == (one["base_people"] - one["people"], one["base_people"])
            elif one["row_kind"] in ("included", "total"):
                assert one == other


def test_c3_rolling_needs_all_periods_and_is_of_the_column_before():
    persons = ([visit(0), back(DAY), back(2 * DAY)], [visit(0), back(2 * DAY)], [visit(0), back(DAY)], [visit(0)])
    rows = [row for row in cohorts(*persons, rolling=True, **THREE) if row["label"] == "2025-01-01"]
    assert [(row["people"], row["base_people"], row["cohort_rate"]) for row in rows] == [(4, None, None), (2, 4, 0.5), (1, 2, 0.5)]
    churned = [row for row in cohorts(*persons, rolling=True, type="churn", **THREE) if row["label"] == "2025-01-01"]
    assert [(row["people"], row["base_people"]) for row in churned[1:]] == [(2, 4), (1, 2)]


def test_c3_a_rolling_row_ends_at_the_first_period_without_a_return():
    four = {"range": days("2025-01-01", "2025-01-04")}
    assert cells(cohorts([visit(0), back(DAY), back(3 * DAY)], rolling=True, **four))["2025-01-01"] == [1, 1, 0, 0]


def test_c3_one_person_does_not_go_on_where_another_ends():
    last, first = [visit(2 * DAY), back(2 * DAY)], [back(0), back(DAY)]
    assert cells(cohorts(last, first, rolling=True, **THREE))["2025-01-03"] == [1]
    assert cells(cohorts([visit(DAY), back(2 * DAY)], first, rolling=True, **THREE))["2025-01-02"] == [1, 1]
    assert cells(cohorts([visit(0)], [visit(0), *first], rolling=True, **THREE))["2025-01-01"] == [2, 1, 0]
    assert cells(cohorts([visit(0)], [back(DAY)], rolling=True, **THREE))["2025-01-01"] == [1, 0, 0]
    assert cells(cohorts([visit(0), back(DAY)], [back(2 * DAY)], rolling=True, **THREE))["2025-01-01"] == [1, 1, 0]


def test_c3_latency_also_tells_the_periods_before():
    rows = cohorts([back(0), visit(DAY), back(2 * DAY)], [visit(DAY), back(DAY)], latency=True, **THREE)
    assert cells(rows, first=-2) == {"2025-01-01": [0, 0, 0], "2025-01-02": [1, 2, 1], "2025-01-03": [0, 0, 0]}
    assert [row["periods_after"] for row in rows if row["label"] == "2025-01-03"] == [-2, -1, 0]
    assert column(rows, "pooled") == {-2: None, -1: 0.5, 1: 0.5, 2: None}
    early = cohorts([back(0), visit(DAY), visit(2 * DAY)], latency=True, until=START + 2 * DAY, **THREE)
    assert cells(early, first=-2) == {"2025-01-01": [0, 0, None], "2025-01-02": [1, 1, None], "2025-01-03": [None, None, None]}


def test_c3_rows_are_the_own_values_of_the_period_of_inclusion():
    own = [visit(0, "a"), page(HOUR, "b"), page(HOUR, "b"), back(DAY), page(DAY, "c")]
    rows = cohorts(own, [visit(0, "b")], [visit(0)], dimension="page", **THREE)
    assert cells(rows) == {"b": [2, 1, 0], "a": [1, 1, 0]}
    assert rows[0]["people"] == 3
    assert cells(cohorts(own, [visit(0, "b")], dimension="page", rows=1, **THREE)) == {"b": [2, 1, 0]}


def test_c3_values_that_last_are_not_own_and_each_of_several_is():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "most_recent", "expiration": "person"}}, "sku": "items[].sku"}}
    own = [page(0, "a"), visit(DAY), back(2 * DAY)]
    assert cells(cohorts(own, dimension="page", view=view, **THREE)) == {}
    items = [visit(0, sku=["x", "y", "x"], units=[1, 1, 1]), visit(DAY, sku=["x"], units=[1]), back(DAY)]
    assert cells(cohorts(items, dimension="sku", **THREE)) == {"x": [2, 1, 0], "y": [1, 1, 0]}


def test_c3_a_value_counts_where_its_events_count_for_inclusion():
    view = {"segments": {"home": {"where": {"dimension": "page", "equals": "home"}}}}
    own = [visit(0, "home"), page(1, "cart")]
    assert cells(cohorts(own, dimension="page", inclusion={"metrics": ["opens"], "segments": ["home"]}, view=view, **THREE)) == {"home": [1, 0, 0]}


def test_c3_a_row_of_values_is_of_the_cohorts_that_a_column_is_known_of():
    persons = ([visit(0, "a"), back(DAY)], [visit(DAY, "a"), back(2 * DAY)], [visit(DAY, "b")])
    rows = cohorts(*persons, dimension="page", until=START + 2 * DAY, **THREE)
    assert [(row["label"], row["people"], row["base_people"]) for row in rows if row["label"]] == [
        ("a", 2, None), ("a", 1, 1), ("a", None, None), ("b", 1, None), ("b", None, None), ("b", None, None)
    ]  # fmt: skip


def test_c3_one_value_for_all_is_the_pooled_row_of_the_periods():
    persons = [[visit(0, "a"), *([back(k * DAY)] if k % 3 else []), *([visit(DAY, "a")] if k % 2 else []), back(2 * DAY)] for k in range(7)]
    for how in ({}, {"rolling": True}, {"mode": "on_or_after"}, {"type": "churn"}):
        pooled = {row["periods_after"]: (row["people"], row["base_people"]) for row in cohorts(*persons, **how, **THREE) if row["row_kind"] == "pooled"}
        of_value = {row["periods_after"]: (row["people"], row["base_people"]) for row in cohorts(*persons, dimension="page", **how, **THREE) if row["label"] == "a"}
        assert {after: of_value[after] for after in pooled} == pooled


def test_t4_equal_values_are_in_the_order_of_their_bytes():
    assert [*cells(cohorts(*([visit(0, name)] for name in "hbäacgfed"), [visit(0, "c")], dimension="page", **THREE))] == [*"cabdefghä"]
    assert [*cells(cohorts(*([visit(0, name)] for name in ("b", "ä", "a")), dimension="page", rows=2, **THREE))] == ["a", "b"]


def test_c4_both_averages_are_of_the_cells_that_are_known():
    persons = ([visit(0), back(DAY)], [visit(0)], [visit(DAY), back(2 * DAY)])
    rows = cohorts(*persons, **THREE)
    assert column(rows, "mean_of_rates") == {1: 0.75, 2: 0.0}
    assert column(rows, "pooled") == {1: pytest.approx(2 / 3), 2: 0.0}
    early = cohorts(*persons, until=START + 2 * DAY, **THREE)
    assert (column(early, "mean_of_rates"), column(early, "pooled")) == ({1: 0.5, 2: None}, {1: 0.5, 2: None})


def test_c4_a_cohort_of_nobody_has_no_rate_and_is_no_part_of_the_mean():
    rows = cohorts([visit(0), back(DAY)], **THREE)
    assert [row["cohort_rate"] for row in rows if row["label"] == "2025-01-02"] == [None, None]
    assert column(rows, "mean_of_rates")[1] == 1
