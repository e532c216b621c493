"""Contribution on the product's kernel and finish: two tables subtracted, shares of the change, what growth does not explain (T1-T4, M6, O5, O7)."""

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest
from pydantic import ValidationError

from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.contribution import Contribution, kernel
from cja_spark.reports.contribution_rows import finish
from cja_spark.reports.limits import LEFT_OUT
from tests.unit.kernels.by_hand import DAY, GAP, ask_of, journeys_of, page, rows_of

WEEK = {"from": dt.date(2025, 1, 8), "to": dt.date(2025, 1, 14)}  # the week before it begins with the range of the hand
BEFORE, AFTER = 0, 7 * DAY
HOME = {"label": "at home", "where": {"dimension": "page", "equals": "home"}}


def rows(*persons, metric="orders", dimensions=("page",), **asked):
    """The rows of a contribution."""
    return rows_of([*persons], **{"report": "contribution", "metric": metric, "dimensions": [*dimensions], "range": WEEK, **asked})


def told(found, *names):
    """Of each row that is no total its value and some figures."""
    return {row["contributor"]: tuple(row[name] for name in names) for row in found[1:]}


def orders(before, after):
    """A person with so many orders on pages, before and after."""
    return [*(page(BEFORE + at, name, orders=many) for at, (name, many) in enumerate(before.items())), *(page(AFTER + at, name, orders=many) for at, (name, many) in enumerate(after.items()))]


def test_each_value_has_its_amounts_its_change_and_its_share():
    found = rows(orders({"home": 4, "cart": 6}, {"home": 5, "cart": 10}))
    assert found[0] == {
        "row_kind": "total", "contributor_dimension": None, "contributor": None, "amount_before": 10, "amount_after": 15, "amount_change": 5,
        "share_of_change": 1, "beyond_growth": 0, "people_before": 1, "people_after": 1, "rows_add_up": None,
    }  # fmt: skip
    assert [(row["row_kind"], row["contributor_dimension"], row["contributor"]) for row in found[1:]] == [("item", "page", "cart"), ("item", "page", "home")]
    assert told(found, "amount_before", "amount_after", "amount_change", "share_of_change") == {"cart": (6, 10, 4, 0.8), "home": (4, 5, 1, 0.2)}


def test_beyond_growth_is_what_proportional_growth_does_not_give():
    found = rows(orders({"home": 4, "cart": 6}, {"home": 5, "cart": 10}))  # all grew by a half
    assert told(found, "beyond_growth") == {"cart": (1,), "home": (-1,)}
    alike = rows(orders({"home": 4, "cart": 6}, {"home": 6, "cart": 9}))
    assert told(alike, "beyond_growth", "share_of_change") == {"cart": (0, 0.6), "home": (0, 0.4)}


def test_what_goes_down_can_make_more_than_all_of_the_change():
    found = rows(orders({"home": 10, "cart": 2}, {"home": 4, "cart": 7}))
    assert told(found, "amount_change", "share_of_change") == {"home": (-6, 6), "cart": (5, -5)}


def test_without_a_change_in_all_there_is_no_share():
    found = rows(orders({"home": 4, "cart": 6}, {"home": 6, "cart": 4}))
    assert {row["share_of_change"] for row in found} == {None}
    assert told(found, "amount_change", "beyond_growth") == {"cart": (-2, -2), "home": (2, 2)}


def test_with_nothing_before_there_is_no_growth_to_be_beyond():
    found = rows(orders({}, {"home": 6}))
    assert [(row["amount_before"], row["share_of_change"], row["beyond_growth"]) for row in found] == [(0, 1, None)] * 2


def test_a_value_of_one_side_alone_is_nothing_on_the_other():
    found = rows(orders({"home": 4}, {"cart": 1, None: 2}))
    assert told(found, "amount_before", "amount_after") == {"home": (4, 0), "No value": (0, 2), "cart": (0, 1)}
    assert found[0]["amount_change"] == -1


def test_t2_no_value_and_other_make_shares_of_a_dimension_sum_to_one():
    found = rows(orders({"home": 4, None: 1, "cart": 2}, {"home": 9, None: 2, "cart": 4, "help": 1}), rows=1)
    assert [(row["row_kind"], row["contributor"], row["amount_change"], row["share_of_change"]) for row in found[1:]] == [
        ("item", "home", 5, pytest.approx(5 / 9)), ("other", None, 4, pytest.approx(4 / 9))
    ]  # fmt: skip
    assert (found[2]["amount_before"], found[2]["amount_after"], found[2]["people_before"], found[2]["rows_add_up"]) == (3, 7, None, True)


def test_t2_people_may_be_in_several_rows_so_other_has_no_amounts():
    found = rows(orders({"home": 1}, {"home": 1, "cart": 1, "help": 1}), [page(AFTER, "home")], metric="people", rows=1)
    assert [(row["contributor"], row["amount_before"], row["amount_after"], row["share_of_change"], row["rows_add_up"]) for row in found] == [
        (None, 1, 2, 1, None), ("cart", 0, 1, 1, False), (None, None, None, None, False)
    ]  # fmt: skip


def test_m6_an_order_of_two_items_is_in_the_rows_of_both_and_units_are_in_one():
    own = [page(AFTER, "home", orders=3, sku=["a", "b"], units=[1.0, 4.0])]
    found = rows(own, dimensions=["sku"])
    assert told(found, "amount_after", "rows_add_up") == {"a": (3, False), "b": (3, False)}
    assert told(rows(own, metric="units", dimensions=["sku"]), "amount_after", "rows_add_up") == {"b": (4, True), "a": (1, True)}


def test_segments_and_values_of_all_dimensions_stand_in_one_ranking():
    found = rows(orders({"home": 1, "cart": 1}, {"home": 5, "cart": 3}), dimensions=["page", "day_of_week"], by_segments=[HOME])
    assert [(row["row_kind"], row["contributor_dimension"], row["contributor"], row["amount_change"]) for row in found[1:]] == [
        ("item", "day_of_week", "Wednesday", 6), ("segment", None, "at home", 4), ("item", "page", "home", 4), ("item", "page", "cart", 2)
    ]  # fmt: skip
    assert [row["rows_add_up"] for row in found[1:]] == [True, False, True, True]


def test_ties_fall_by_bytes_and_then_in_the_order_that_is_written():
    own = orders({}, {"b": 1, "a": 1, "B": 1})
    assert [row["contributor"] for row in rows(own)[1:]] == ["B", "a", "b"]
    twice = rows(own, dimensions=["page"], by_segments=[{"label": "a", "where": {"dimension": "page", "equals": "a"}}])
    assert [(row["row_kind"], row["contributor"]) for row in twice[1:]] == [("item", "B"), ("item", "a"), ("segment", "a"), ("item", "b")]
    assert [row["contributor"] for row in rows(own, rows=2)[1:]] == ["B", "a", None]


def test_a_large_loss_ranks_before_a_small_gain():
    own = orders({"home": 9}, {"home": 1, "cart": 7})
    assert [row["contributor"] for row in rows(own)[1:]] == ["home", "cart"]
    assert [row["contributor"] for row in rows(own, rows=1)[1:]] == ["home", None]


def test_of_many_ties_the_first_by_their_bytes_are_shown():
    names = [f"page {letter}" for letter in "hgfedcba"]
    for most in (1, 3, 8):
        found = rows(orders({}, dict.fromkeys(names, 1)), rows=most)
        assert [row["contributor"] for row in found[1:] if row["row_kind"] == "item"] == sorted(names)[:most]


@pytest.mark.parametrize(
    ("compare", "days"),
    [
        ("previous_period", [(0, 0), (1, 1), (7, 1), (8, 0)]),
        ({"from": dt.date(2025, 1, 3), "to": dt.date(2025, 1, 4)}, [(2, 0), (3, 1), (4, 1), (5, 0)]),
        ({"from": dt.date(2025, 1, 10), "to": dt.date(2025, 1, 31)}, [(9, 0), (10, 1), (31, 1), (32, 0)]),
        ({"from": dt.date(2025, 1, 3), "to": dt.date(2025, 1, 2)}, [(2, 0), (3, 0)]),
    ],
)
def test_o5_before_are_the_days_that_are_asked(compare, days):
    for day, there in days:
        found = rows([page((day - 1) * DAY, "home", orders=1)], compare=compare)
        assert found[0]["amount_before"] == there, day


def test_o6_a_year_ago_are_the_same_days_of_the_calendar():
    first = -366 * DAY + 7 * DAY  # 2024 has a day more
    for t, there in ((first - 1, 0), (first, 1), (first + 7 * DAY - 1, 1), (first + 7 * DAY, 0)):
        assert rows([page(t, "home", orders=1)], compare="year_ago")[0]["amount_before"] == there


def test_s1_sessions_of_each_side_are_those_that_a_report_of_it_has():
    own = [page(AFTER - 1, "home", orders=1), page(AFTER, "home", orders=1), page(AFTER + 2 * GAP, "home")]
    assert [rows(own, metric="sessions")[0][name] for name in ("amount_before", "amount_after")] == [1, 2]


def test_p_what_persists_on_a_side_comes_from_before_it_and_not_from_after():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"allocation": "original", "expiration": "7 days"}}}}
    own = [page(BEFORE - 1, "help"), page(BEFORE, None, orders=1), page(AFTER + 1, "cart", orders=1)]
    found = rows(own, view=view)
    assert told(found, "amount_before", "amount_after") == {"help": (1, 0), "cart": (0, 1)}


def test_two_segments_are_compared_in_the_range_of_the_report():
    view = {"segments": {"at_home": HOME, "elsewhere": {"where": {"dimension": "page", "does_not_equal": "home"}}}}
    own = orders({"home": 50}, {"home": 4, "cart": 6, "help": 1})
    found = rows(own, view=view, compare=["at_home", "elsewhere"])
    assert (found[0]["amount_before"], found[0]["amount_after"]) == (4, 7)
    assert told(found, "amount_before", "amount_after") == {"cart": (0, 6), "home": (4, 0), "help": (0, 1)}


def test_o10_the_segments_of_the_report_narrow_both_sides():
    found = rows(orders({"home": 1, "cart": 2}, {"home": 4, "cart": 8}), segments=[HOME])
    assert [(row["contributor"], row["amount_before"], row["amount_after"]) for row in found] == [(None, 1, 4), ("home", 1, 4)]


def test_o10_the_segments_of_the_report_narrow_both_segments_that_are_compared():
    view = {"segments": {"one": {"where": {"metric": "orders", "at_most": 2}}, "many": {"where": {"metric": "orders", "more_than": 2}}}}
    found = rows(orders({}, {"home": 2, "cart": 1}), orders({}, {"home": 5, "cart": 9}), view=view, compare=["one", "many"], segments=[HOME])
    assert [(row["contributor"], row["amount_before"], row["amount_after"]) for row in found] == [(None, 2, 5), ("home", 2, 5)]


def test_a_segment_of_persons_is_asked_in_each_range_by_itself():
    buyers = {"label": "buyers", "container": "person", "where": {"metric": "orders", "at_least": 5}}
    found = rows(orders({"home": 6}, {"home": 4}), orders({"home": 1}, {"home": 7}), dimensions=[], by_segments=[buyers])
    assert told(found, "amount_before", "amount_after", "people_before", "people_after") == {"buyers": (6, 7, 1, 1)}


def test_a_credits_go_to_values_on_each_side():
    view = {"metrics": {"orders": {"field": "orders", "attribution": {"model": "first_touch", "container": "session"}}}}
    own = [page(BEFORE, "help"), page(BEFORE + 1, "cart", orders=2), page(AFTER, "home"), page(AFTER + 1, "cart", orders=5)]
    found = rows(own, view=view)
    assert told(found, "amount_before", "amount_after") == {"home": (0, 5), "help": (2, 0), "cart": (0, 0)}


def test_time_spent_is_told_in_seconds():
    found = rows([page(AFTER, "home"), page(AFTER + 5_000, "home")], metric="time_spent_seconds")
    assert found[0]["amount_after"] == 5


def test_amounts_that_differ_by_rounding_alone_do_not_change():
    before = [page(BEFORE + at, "home", orders=one) for at, one in enumerate((0.1, 0.2, 0.3))]
    after = [page(AFTER + at, "home", orders=one) for at, one in enumerate((0.3, 0.2, 0.1))]
    found = rows([*before, *after], [page(BEFORE, "cart", orders=1), page(AFTER, "cart", orders=3)])
    assert told(found, "amount_change") == {"cart": (2,), "home": (0,)}


def test_m3_a_difference_that_is_one_counts_however_small():
    found = rows(orders({"home": 1e15}, {"home": 1e15 + 1}))
    assert found[1]["amount_change"] == 1


def test_l3_who_has_too_many_events_before_is_left_out_of_both_sides():
    busy = [*(page(BEFORE + at, "home", orders=1) for at in range(4)), page(AFTER, "home", orders=1)]
    asked = {"report": "contribution", "metric": "orders", "dimensions": ["page"], "range": WEEK}
    for own in (busy, [*((t + 7 * DAY if t < DAY else t - 7 * DAY, values) for t, values in busy)]):
        persons = [sorted(own, key=lambda one: one[0]), orders({"home": 1}, {"home": 2})]
        ask, names = ask_of(persons, **asked)
        seen = Seen(journeys_of(persons), ask, 3)
        sums = sums_of(kernel(seen))
        total = finish(sums, ask, lambda _name, _ids, known=names: known).to_pylist()[0]
        assert (total["amount_before"], total["amount_after"]) == (1, 2)
        assert [batch.column(5)[0].as_py() for batch in seen.left_out.cells().batches(0)] == [LEFT_OUT]


def sums_of(cells):
    nothing = Cells()
    nothing.add(0, [])
    return Sums(pa.Table.from_batches([*nothing.batches(0), *cells.batches(0)]))


def test_nobody_is_a_total_of_nothing():
    for own in ([], [[page(BEFORE - DAY, "home", orders=1)]]):
        assert [(row["row_kind"], row["amount_before"], row["amount_after"], row["share_of_change"], row["people_after"]) for row in rows(*own)] == [("total", 0, 0, None, 0)]


def test_an_empty_range_compares_nothing_with_nothing():
    found = rows([page(0, "home", orders=1)], range={"from": dt.date(2025, 1, 8), "to": dt.date(2025, 1, 7)})
    assert [row["amount_change"] for row in found] == [0]


def test_the_window_before_is_read():
    ask, _ = ask_of([], report="contribution", metric="orders", dimensions=["page"], range=WEEK)
    starts = sorted(one.start for one in ask.windows())
    assert starts[0] == ask.window.start - 7 * DAY
    assert replace(ask.window) in ask.windows()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dimensions": []}, "give 'dimensions' or 'by_segments'"),
        ({"metric": None}, "valid string"),
        ({"dimensions": ["page", "page"]}, "'page' is given twice"),
        ({"dimensions": [f"d{at}" for at in range(21)]}, "at most 20 items"),
        ({"by_segments": [f"s{at}" for at in range(51)]}, "at most 50 items"),
        ({"rows": 0}, "greater than or equal to 1"),
        ({"rows": 1_001}, "less than or equal to 1000"),
        ({"compare": "previous_perod"}, "'previous_perod' is nothing to compare with. Did you mean 'previous_period'?"),
        ({"compare": "last weak"}, "'last weak' is no range. Did you mean 'last week'?"),
        ({"compare": ["buyers"]}, "two segments are compared, the first before and the second after; 1 are given"),
        ({"compare": ["a", "b", "c"]}, "two segments are compared, the first before and the second after; 3 are given"),
        ({"compare": ["buyers", "buyers"]}, "'buyers' is given twice"),
        ({"compare": {"from": "2025-01-09", "to": "2025-01-01"}}, "is after to"),
    ],
)
def test_what_is_no_contribution_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Contribution.model_validate({"metric": "orders", "dimensions": ["page"], **wrong})
