"""Rule N on the product's kernel and finish: windows, exposure, strata, ratios with their bounds, ranks, and what is pooled or left out."""

import math
from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.kernels.indicators import exposed, ratios, windows
from cja_spark.reports.cells import Sums
from cja_spark.reports.indicators import Indicators
from cja_spark.reports.indicators_rows import EXPOSED, UNEXPOSED
from cja_spark.reports.kinds import REPORTS
from tests.unit.kernels.by_hand import GAP, START, ask_of, cells_of, page, rows_of

Z = 1.959964
COUNTS = ("counted_units", "outcome_units", "unexposed_units", "unexposed_outcomes")
ON_B = {"where": {"dimension": "page", "equals": "b"}, "label": "on b"}


def rows(persons, **asked):
    of = {} if "by_segments" in asked else {"dimension": "page"}
    return rows_of(persons, report="indicators", **{**of, "outcome": "orders", "min_support": 1, "rows": 1000, **asked})


def counted(persons, **asked):
    """Exposed units, those with the outcome, the other units and those of them with it, by behaviour; the total alone by None."""
    found = rows(persons, **asked)
    return {row["indicator"]: tuple(row[name] for name in COUNTS) for row in found if row["indicator"] is not None or row["row_kind"] == "total"}


def visit(*pages, ends=False):
    """Pages one ms apart, and whether the outcome comes after them."""
    return [*(page(at, name) for at, name in enumerate(pages)), *([page(len(pages), orders=1)] if ends else [])]


def visits(many, with_outcome, *pages):
    """So many persons with these pages, some of them with the outcome."""
    return [visit(*pages, ends=at < with_outcome) for at in range(many)]


def by_fractions(*strata):
    """The ratio of Mantel and Haenszel, and the variance of its logarithm of Greenland and Robins, as exact fractions."""
    above = sum(Fraction(y1 * n0, n1 + n0) for n1, y1, n0, y0 in strata)
    below = sum(Fraction(y0 * n1, n1 + n0) for n1, y1, n0, y0 in strata)
    spread = sum(Fraction((y1 + y0) * n1 * n0 - y1 * y0 * (n1 + n0), (n1 + n0) ** 2) for n1, y1, n0, y0 in strata)
    return above / below, spread / (above * below)


def test_n_the_window_is_what_comes_before_the_first_outcome():
    own = [[page(0, "a"), page(1, "b", orders=1), page(2, "c", orders=1), page(3, "d")]]
    assert counted(own) == {None: (1, 1, None, None), "a": (1, 1, 0, 0)}


def test_n_without_an_outcome_all_events_are_the_window():
    assert counted([visit("a", "b")]) == {None: (1, 0, None, None), "a": (1, 0, 0, 0), "b": (1, 0, 0, 0)}


def test_n_where_the_outcome_is_first_the_unit_is_left_out_and_counted():
    own = [[page(0, "a", orders=1), page(1, "b")], visit("a"), visit(ends=True)]
    assert counted(own) == {None: (1, 0, None, None), "a": (1, 0, 0, 0)}
    last = rows(own)[-1]
    assert (last["row_kind"], last["counted_units"], last["outcome_units"], last["people"], last["outcome_rate"]) == ("left_out", 2, 2, 2, None)


def test_n_people_that_are_left_out_are_counted_once():
    own = [[page(0, orders=1), page(GAP + 1, orders=1), page(3 * GAP, "a")]]
    total, *_, last = rows(own)
    assert (last["counted_units"], last["people"], total["counted_units"], total["people"]) == (2, 1, 1, 1)


def test_n_where_the_outcome_is_last_all_before_it_is_the_window():
    assert counted([visit("a", "b", ends=True)]) == {None: (1, 1, None, None), "a": (1, 1, 0, 0), "b": (1, 1, 0, 0)}


def test_n_a_value_that_comes_only_after_the_outcome_is_no_behaviour():
    own = [[page(0, "a"), page(1, orders=1), page(2, "b")], visit("b")]
    assert counted(own) == {None: (2, 1, None, None), "a": (1, 1, 1, 0), "b": (1, 0, 1, 1)}


def test_n_a_value_twice_is_one_exposure():
    assert counted([visit("a", "b", "a", ends=True)])["a"] == (1, 1, 0, 0)


def test_n_a_value_of_0_is_no_outcome_and_a_negative_one_is():
    own = [[page(0, "a"), page(1, "b", orders=0)], [page(0, "a"), page(1, "b", orders=-1)]]
    assert counted(own) == {None: (2, 1, None, None), "a": (2, 1, 0, 0), "b": (1, 0, 1, 1)}


def test_n_a_session_is_a_unit_and_a_person_is_one_across_sessions():
    own = [page(0, "a"), page(GAP + 1, "b"), page(GAP + 2, orders=1)]
    assert counted([own]) == {None: (2, 1, None, None), "a": (1, 0, 1, 1), "b": (1, 1, 1, 0)}
    assert counted([own], container="person") == {None: (1, 1, None, None), "a": (1, 1, 0, 0), "b": (1, 1, 0, 0)}


def test_n_events_outside_the_range_and_masked_ones_are_in_no_window():
    own = [page(-1, "before"), page(0, "a"), page(1, "b"), page(2, orders=1)]
    assert [*counted([own])] == [None, "a", "b"]
    assert counted([own], segments=[{"where": {"dimension": "page", "equals": "a"}}]) == {None: (1, 0, None, None), "a": (1, 0, 0, 0)}


def test_n_no_value_and_values_that_last_are_no_behaviours():
    view = {"dimensions": {"page": {"field": "page", "persistence": {"expiration": "person"}}}}
    own = [[page(0, "a"), page(1), page(GAP + 2), page(GAP + 3, orders=1)], visit(None)]
    assert counted(own, view=view) == {None: (3, 1, None, None), "a": (1, 0, 2, 1)}


def test_n_each_item_of_an_event_is_a_behaviour_and_the_window_is_of_events():
    own = [[page(0, sku=["x", "y", "x", None]), page(1, orders=1)], [page(0, sku=[]), page(1, sku=["y"])], [page(0, sku=["x"] * 20)]]
    assert counted(own, dimension="sku") == {None: (3, 1, None, None), "x": (2, 1, 1, 0), "y": (2, 1, 1, 0)}
    y = next(row for row in rows(own, dimension="sku") if row["indicator"] == "y")
    assert y["adjusted_ratio"] is None  # of one event are the first and the third, and nobody without y has the outcome


def test_n_the_events_of_segments_are_behaviours():
    view = {"segments": {"on_a": {"where": {"dimension": "page", "equals": "a"}, "label": "on A"}}}
    own = [visit("a", "b", ends=True), visit("b"), [page(0, "c"), page(1, orders=1), page(2, "a")]]
    found = counted(own, view=view, by_segments=["on_a", ON_B])
    assert found == {None: (3, 2, None, None), "on_a": (1, 1, 2, 1), "on b": (2, 1, 1, 1)}
    assert rows(own, view=view, by_segments=["on_a"])[0]["indicator_count"] == 1


def test_n_a_segment_that_the_report_hides_is_no_behaviour():
    own = [visit("a", "b", ends=True), visit("b")]
    hidden = {"where": {"dimension": "page", "does_not_equal": "b"}}
    assert counted(own, by_segments=[ON_B], segments=[hidden]) == {None: (1, 1, None, None)}


@pytest.mark.parametrize(
    ("length", "same", "other"), [(1, 1, 2), (2, 2, 1), (2, 2, 3), (3, 4, 2), (4, 3, 5), (5, 8, 4), (8, 5, 9), (9, 16, 8), (16, 9, 17), (17, 1000, 16)]
)
def test_n_windows_are_compared_within_1_2_3_4_8_16_and_more_events(length, same, other):
    """Of a pair in one stratum both sides are known; a pair in two has no ratio."""

    def pair(one, two):
        own = [*visits(4, 2, *["a"] * one), *visits(4, 1, *["b"] * two)]
        return next(row["adjusted_ratio"] for row in rows(own) if row["indicator"] == "a")

    assert pair(length, same) == pair(same, length) == 2
    assert pair(length, other) is None


def test_n_the_sum_of_units_over_strata_is_the_same_for_every_value():
    own = [*(visit(*["a"] * n, ends=n % 2 == 0) for n in range(1, 20)), *(visit("b", *["c"] * n) for n in range(18)), visit("d", "a", ends=True)]
    for asked in ({}, {"container": "person"}, {"by_segments": [ON_B]}):
        total, *found = [row for row in rows(own, **asked) if row["row_kind"] not in ("other", "left_out")]
        assert len(found) == (1 if "by_segments" in asked else 4)
        assert {row["counted_units"] + row["unexposed_units"] for row in found} == {total["counted_units"]} == {38.0}
        assert {row["outcome_units"] + row["unexposed_outcomes"] for row in found} == {total["outcome_units"]}


def test_n_the_ratio_is_that_of_a_published_trial_whose_strata_are_lengths_of_windows():
    """UGDP (1970), deaths by age as in Rothman's textbook: under 55 8 of 106 with tolbutamide, 5 of 120 without; 55 and over 22 of 98, 16 of 85."""
    own = [*visits(106, 8, "drug"), *visits(120, 5, "none"), *visits(98, 22, "drug", "drug"), *visits(85, 16, "none", "none")]
    ratio, variance = by_fractions((106, 8, 120, 5), (98, 22, 85, 16))
    assert (ratio, variance) == (Fraction(299150, 225679), Fraction(2264060738, 33755936425))
    drug, none = (next(row for row in rows(own, min_support=30) if row["indicator"] == name) for name in ("drug", "none"))
    assert [round(drug[name], 2) for name in ("crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper")] == [1.44, 1.33, 0.80, 2.20]
    error = Z * math.sqrt(variance)
    assert [drug[name] for name in ("adjusted_ratio", "ratio_lower", "ratio_upper")] == pytest.approx(
        [float(ratio), math.exp(math.log(ratio) - error), math.exp(math.log(ratio) + error)], rel=1e-12
    )
    assert drug["crude_ratio"] == pytest.approx(float(Fraction(30, 204) / Fraction(21, 205)), rel=1e-12)
    assert none["adjusted_ratio"] == pytest.approx(1 / drug["adjusted_ratio"])
    assert (drug["row_kind"], none["row_kind"]) == ("leads_to", "protects")
    assert [drug[name] for name in ("outcome_rate", "unexposed_rate")] == pytest.approx([30 / 204, 21 / 205])


def test_n_within_strata_the_ratio_may_be_the_other_way_round():
    """Simpson's reversal: of each length who sees it has the outcome less often, in all more often."""
    own = [*visits(20, 1, "a"), *visits(80, 8, "b"), *visits(80, 48, *"aaa"), *visits(20, 14, *"bbb")]
    a = next(row for row in rows(own) if row["indicator"] == "a")
    ratio, _ = by_fractions((20, 1, 80, 8), (80, 48, 20, 14))
    assert a["crude_ratio"] == pytest.approx(0.49 / 0.22)
    assert a["adjusted_ratio"] == pytest.approx(float(ratio))
    assert ratio < 1


def test_n_ratios_of_random_tables_are_those_of_exact_fractions():
    chance = np.random.default_rng(7)
    n1, n0 = chance.integers(1, 60, (2, 200, 6))
    y1, y0 = (chance.integers(1, 60, (200, 6)) % (n + 1) for n in (n1, n0))
    found = ratios(*(one.astype(float) for one in (n1, y1, n0, y0)))
    for at in range(200):
        ratio, variance = by_fractions(*zip(*(one[at].tolist() for one in (n1, y1, n0, y0)), strict=True))
        error = Z * math.sqrt(variance)
        expected = [float(ratio), math.exp(math.log(ratio) - error), math.exp(math.log(ratio) + error)]
        assert [found.adjusted[at], found.lower[at], found.upper[at]] == pytest.approx(expected, rel=1e-12)


def test_n_where_all_have_the_outcome_the_ratio_is_1_and_sure():
    [a] = [row for row in rows([*visits(3, 3, "a"), *visits(4, 4, "b")]) if row["indicator"] == "a"]
    assert [a[name] for name in ("row_kind", "crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper")] == ["leads_to", 1, 1, 1, 1]


@pytest.mark.parametrize(
    "own",
    [visits(4, 2, "a"), [*visits(4, 2, "a"), *visits(4, 0, "b")], [*visits(4, 0, "a"), *visits(4, 2, "b")], [*visits(4, 2, "a"), *visits(4, 2, "b", "b")]],
    ids=["nobody unexposed", "no outcome without it", "no outcome with it", "nobody comparable"],
)
def test_n_where_a_sum_is_0_there_is_no_ratio(own):
    a = next(row for row in rows(own) if row["indicator"] == "a")
    assert a["row_kind"] == "undefined"
    assert [a[name] for name in ("adjusted_ratio", "ratio_lower", "ratio_upper")] == [None] * 3
    assert (a["crude_ratio"] is None) == (own[-1] != visit("b", "b"))


def test_nobody_is_a_total_of_0():
    total, last = rows([])
    assert [total[name] for name in ("row_kind", "indicator_count", "people", "counted_units", "outcome_units", "outcome_rate")] == ["total", 0, 0, 0, 0, None]
    assert (last["row_kind"], last["counted_units"]) == ("left_out", 0)


def test_all_units_may_be_left_out():
    total, last = rows([visit(ends=True), visit(ends=True)])
    assert (total["counted_units"], total["outcome_rate"], last["counted_units"]) == (0, None, 2)


def test_a_standard_dimension_is_a_behaviour_and_a_metric_of_sessions_an_outcome():
    assert START % 86_400_000 == 0
    assert counted([[page(0), page(1)]], dimension="hour_of_day", outcome="session_ends") == {None: (1, 1, None, None), "0": (1, 1, 0, 0)}


def behind(persons, **asked):
    """How many people are behind each row."""
    given = {"report": "indicators", "dimension": "page", "outcome": "orders", "min_support": 1, **asked}
    ask, names = ask_of(persons, **given)
    texts = [row["indicator"] or row["row_kind"] for row in rows(persons, **asked)]
    found = REPORTS.named("indicators").behind(Sums(cells_of(persons, **given)), ask, lambda name, ids: names)
    return {text: tuple(found[name][at] for name in (*EXPOSED, *UNEXPOSED)) for at, text in enumerate(texts)}


def test_the_people_with_a_behaviour_and_without_it_are_counted_by_their_sessions():
    """In two sessions each a first person does it once, a second twice, a third never, and a fourth in one of two with the outcome."""

    def session(number, *pages, ends=False):
        return [(t + number * 2 * GAP, values) for t, values in visit(*pages, ends=ends)]

    own = [
        [*session(0, "a", ends=True), *session(1, "b")], [*session(0, "a"), *session(1, "a", "b", ends=True)], [*session(0, "b", ends=True), *session(1, "b")],
        [*session(0, "a", ends=True), *session(1, "b", ends=True)],
    ]  # fmt: skip
    assert behind(own) == {
        "total": (4, 4, 3, None, None, None), "a": (3, 3, 1, 3, 2, 2), "b": (4, 3, 2, 3, 2, 1), "left_out": (0, None, None, None, None, None),
    }  # fmt: skip
    assert behind(own, min_support=6)["other"] == (4, 3, 2, 3, 2, 2)


def test_windows_end_with_their_unit_and_codes_of_nothing_count_for_nobody():
    found, *left = windows(np.array([0, 0, 1, 1, 2]), np.array([5, 5, 7, 7, 7]), np.array([False, True, False, False, True]))
    assert [one.tolist() for one in found] == [[0, 2], [1, 4], [True, False], [0, 1], [0, 1]]
    assert left == [1, 1]
    units, people = exposed(found, np.array([0, 1, -1, 0, 1], np.int32), 2)
    assert units[:, :2].tolist() == [[[0, 1], [1, 0]], [[0, 0], [0, 0]]]
    assert people.tolist() == [[2, 1, 1, 2, 1, 1], [0] * 6]


@pytest.mark.parametrize(
    "wrong",
    [{"min_support": 0}, {"rows": 0}, {"rows": 1001}, {"container": "event"}, {"outcome": None}, {"outcome": "events"}, {"outcome": "people"},
     {"outcome": "sessions"}, {"outcome": "return_sessions"}, {"dimension": None}, {"by_segments": ["buyers"]}, {"dimension": None, "by_segments": [{"where": {"metric": "orders", "at_least": 1}}]}],
)  # fmt: skip
def test_what_is_no_report_of_indicators_is_refused(wrong):
    with pytest.raises(ValidationError):
        Indicators.model_validate({"dimension": "page", "outcome": "orders", **wrong})
