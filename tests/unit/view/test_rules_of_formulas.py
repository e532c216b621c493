"""Rule Q: what formulas give on the rows of a report."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cja_spark.view.formula.column_functions import windowed
from cja_spark.view.formula.distributions import NORMAL_FROM, normal, student
from cja_spark.view.formula.evaluate import Sheet, column
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Measure
from tests.reference import functions as reference

NULL = None


def on(text, total=(0.0, 0.0), **columns):
    """A formula on columns of shown rows, and on the total, which comes last."""
    rows = max((len(values) for values in columns.values()), default=0)
    names = dict(zip(columns, total, strict=False))
    sums = {
        Measure(name): np.array([*(np.nan if x is None else x for x in values), names.get(name, 0.0)], float)
        for name, values in columns.items()
    }
    sheet = Sheet(sums, {Measure(name): amount for name, amount in names.items()}, np.array([True] * rows + [False]))
    return [None if math.isnan(x) else x for x in column("it", {"it": parse(text)}, sheet).tolist()]


def one(text, **amounts):
    """A formula on one row."""
    return on(text, **{name: [amount] for name, amount in amounts.items()})[0]


def table(text, *values, **more):
    """A formula on one column, as its shown rows see it."""
    return on(text, a=list(values), **more)[: len(values)]


def test_q_x_by_0_is_null_and_null_propagates():
    assert one("a / b", a=1, b=0) is NULL
    assert one("1 + 2 * (a / b)", a=1, b=0) is NULL
    assert one("a / b", a=0, b=0) is NULL
    for text in ("a + 1", "-a", "a == a", "a != 1", "not(a)", "and(a, 0)", "or(a, 1)", "row_max(a, 1)", "power(a, 0)", "power(1, a)",
                 "round(a)", "cdf_z(a)", "cdf_t(a, 5)", "cdf_t(1, a)", "if(a, 1, 2)", "t_test(a, 5, 2)"):  # fmt: skip
        assert one(text, a=NULL) is NULL, text


def test_q_if_takes_the_branch_that_counts_and_a_missing_one_is_0():
    assert one("if(a, b / c, 2)", a=0, b=1, c=0) == 2
    assert one("if(a, b / c, 2)", a=-1, b=1, c=0) is NULL
    assert (one("if(a)", a=1), one("if(a, 5)", a=0), one("if(a, otherwise=5)", a=1)) == (0, 0, 0)


@pytest.mark.parametrize(
    "text",
    ["square_root(-a)", "ln(0 * a)", "ln(-a)", "log10(-a)", "power(-a, 0.5)", "power(0 * a, -1)", "exponent(a * 1000)",
     "arc_sine(a + 1)", "arc_cosine(a + 1)", "modulo(a, a - 2)", "a * 1e308 * 10", "hyperbolic_cosine(a * 1000)", "cdf_t(a, a - 2)",
     "cdf_t(a, -a)"],
)  # fmt: skip
def test_q_what_has_no_finite_value_is_null(text):
    assert one(text, a=2) is NULL


def test_q_minus_0_is_0():
    for text in ("-a", "modulo(-3 + a, 3)", "round(-0.4 + a)", "ceiling(-0.5 + a)", "a * -1", "total(-b)"):
        [found, _] = on(text, a=[0], b=[0])
        assert math.copysign(1, found) == 1, text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("modulo(4, 3)", 1), ("modulo(-4, 3)", -1), ("modulo(4, -3)", 1), ("modulo(5.5, 2)", 1.5),
        ("round(314.15, 1)", 314.1), ("round(2.5)", 3), ("round(-2.5)", -3), ("round(0.125, 2)", 0.13), ("round(1.005, 2)", 1.0),
        ("round(15, -1)", 20), ("round(-15, -1)", -20), ("round(4, -1)", 0), ("round(1e300, -299)", 1e300), ("round(0.1, 300)", 0.1),
        ("absolute(-3)", 3), ("exponent(1)", math.e), ("power(-8, 3)", -512), ("power(2, -1)", 0.5), ("cube_root(-27)", -3),
        ("square_root(16)", 4), ("ceiling(-1.5)", -1), ("floor(-1.5)", -2), ("ln(exponent(2))", 2), ("log10(1000)", 3),
        ("row_max(1, 3, 2)", 3), ("row_min(3, 1, 2)", 1), ("row_sum(1, 2, 3)", 6), ("row_sum(5)", 5),
        ("and(1, -1)", 1), ("and(1, 0)", 0), ("or(0, 0)", 0), ("or(0, 2)", 1), ("not(0)", 1), ("not(3)", 0),
        ("3 == 3", 1), ("3 != 3", 0), ("3 > 3", 0), ("3 >= 3", 1), ("3 < 3", 0), ("3 <= 3", 1),
        ("equal(1, 2)", 0), ("not_equal(1, 2)", 1), ("greater_than(1, 2)", 0), ("greater_or_equal(1, 2)", 0), ("less_than(1, 2)", 1),
        ("less_or_equal(1, 2)", 1), ("sine(pi() / 2)", 1), ("cosine(pi())", -1), ("tangent(pi() / 4)", 1),
        ("arc_sine(1)", math.pi / 2), ("arc_cosine(1)", 0), ("arc_tangent(1)", math.pi / 4),
        ("hyperbolic_sine(1)", math.sinh(1)), ("hyperbolic_cosine(1)", math.cosh(1)), ("hyperbolic_tangent(1)", math.tanh(1)),
        ("z_test(2, 2)", 2 * reference.normal(-2)), ("z_test(-2, 1)", reference.normal(-2)),
        ("t_test(-2, 7, 1)", 0.042809664), ("t_test(2, 7, 2)", 0.085619328),
    ],
)  # fmt: skip
def test_q_functions_of_a_row(text, value):
    assert one(text, a=0) == pytest.approx(value, rel=1e-8)


def test_q_functions_over_rows_skip_nulls_and_zeros_unless_they_are_asked_for():
    values = (0, NULL, 4, 2)
    for name, without, with_ in (
        ("mean", 3, 2), ("median", 3, 2), ("column_min", 2, 0), ("column_max", 4, 4), ("variance", 1, 8 / 3),
        ("standard_deviation", 1, math.sqrt(8 / 3)),
    ):  # fmt: skip
        assert table(f"{name}(a)", *values) == [without] * 4
        assert table(f"{name}(a, include_zeros=true)", *values) == pytest.approx([with_] * 4)
    assert table("column_sum(a)", *values) == [6] * 4
    assert table("count(a)", *values) == [2] * 4
    assert table("row_count()", *values) == [4] * 4
    assert table("column_max(a)", -3, 0) == [-3, -3]
    assert table("column_max(a, true)", -3, 0) == [0, 0]


def test_q_a_table_function_has_one_value_on_every_row_and_runs_over_shown_rows_alone():
    assert on("mean(a)", total=[100], a=[1, 3]) == [2, 2, 2]
    assert on("a - mean(a)", total=[100], a=[1, 3]) == [-1, 1, 98]
    assert on("row_count()", total=[100], a=[1, 3]) == [2, 2, 2]
    assert on("mean(a / b)", total=[100, 0], a=[1, 3], b=[0, 2]) == [1.5] * 3


def test_q_what_says_where_a_row_stands_is_null_elsewhere():
    for text in ("cumulative(0, a)", "cumulative_average(2, a)", "z_score(a)", "t_score(a)", "linear_predicted(a, b)"):
        *rows, total = on(text, total=[4, 6], a=[1, 3], b=[2, 4])
        assert total is NULL
        assert NULL not in rows


def test_q_functions_over_no_rows():
    for text in ("mean(a)", "median(a)", "column_max(a)", "variance(a)", "percentile(a, 50)", "linear_slope(a, a)", "cumulative(0, a)"):
        assert on(text, total=[5], a=[]) == [NULL], text
        assert on(text, total=[5], a=[NULL])[1] is NULL, text
    assert (on("column_sum(a)", a=[]), on("count(a)", a=[]), on("row_count()", a=[])) == ([0], [0], [0])


def test_q_variance_divides_by_n_and_equal_values_have_none():
    assert table("variance(a)", 1, 2, 3) == pytest.approx([2 / 3] * 3)
    assert table("variance(a)", 0.1, 0.1, 0.1) == [0] * 3
    assert table("z_score(a)", 0.1, 0.1, 0.1) == [NULL] * 3
    assert table("z_score(a, true)", 1, 2, 3) == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    assert table("variance(a)", 1e9 + 1, 1e9 + 2, 1e9 + 3) == pytest.approx([2 / 3] * 3)


@pytest.mark.parametrize(("k", "value"), [(-5, 10), (0, 10), (25, 17.5), (50, 25), (90, 37), (100, 40), (150, 40)])
def test_q_percentiles_are_clamped_and_lie_in_proportion(k, value):
    assert table(f"percentile(a, {k})", 40, 10, 30, 20) == pytest.approx([value] * 4)
    if k in (0, 25, 50, 100):
        assert table(f"quartile(a, {k // 25})", 40, 10, 30, 20) == pytest.approx([value] * 4)


def test_q_cumulative_sums_the_last_n_rows_or_all_where_n_is_not_above_0():
    assert table("cumulative(0, a)", 500, 200, 400) == [500, 700, 1100]
    assert table("cumulative(-3, a)", 500, 200, 400) == [500, 700, 1100]
    assert table("cumulative(1, a)", 500, 200, 400) == [500, 200, 400]
    assert table("cumulative(2, a)", 500, 200, 400) == [500, 700, 600]
    assert table("cumulative(9, a)", 500, 200, 400) == [500, 700, 1100]
    assert table("cumulative(2, a)", 500, NULL, NULL, 7) == [500, 500, 0, 7]
    assert table("cumulative_average(2, a)", 500, NULL, NULL, 0) == [500, 500, NULL, 0]
    assert table("cumulative_average(0, a)", 2, NULL, 4) == [2, 2, 3]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 12, 13])
def test_q_a_window_sums_its_own_rows_and_carries_no_rounding_of_others(count):
    values = np.array([1e16, 3.0, -1e16, 0.1, 0.2, 0.3, 7.0, 1e16, 0.5, 0.25, 1.0, 2.0])
    expected = [math.fsum(values[max(at + 1 - count, 0) : at + 1]) for at in range(len(values))]
    assert windowed(values, count)[-3:] == pytest.approx(expected[-3:], rel=1e-15)
    whole = np.arange(100.0)
    assert windowed(whole, count).tolist() == [whole[max(at + 1 - count, 0) : at + 1].sum() for at in range(100)]


CURVES = {
    "linear": lambda x: 2 * x + 3, "log": lambda x: 2 * math.log(x) + 3, "exponential": lambda x: 2 * math.exp(x) + 3,
    "power": lambda x: 3 * x**2, "quadratic": lambda x: (3 + 2 * x) ** 2, "reciprocal": lambda x: 3 + 2 / x,
}  # fmt: skip


@pytest.mark.parametrize("family", CURVES)
def test_q_a_regression_finds_the_curve_that_its_points_lie_on(family):
    x = [1.0, 2.0, 3.5, 0.5]
    y = [CURVES[family](one) for one in x]
    assert on(f"{family}_slope(a, b)", a=x, b=y) == pytest.approx([2] * 5)
    assert on(f"{family}_intercept(a, b)", a=x, b=y) == pytest.approx([3] * 5)
    assert on(f"{family}_correlation(a, b)", a=x, b=y) == pytest.approx([1] * 5)
    assert on(f"{family}_predicted(a, b)", a=x, b=y)[:4] == pytest.approx(y)


def test_q_a_regression_leaves_out_rows_that_its_curve_cannot_have():
    assert on("log_slope(a, b, true)", a=[1, math.e, 0, -1, 5], b=[1, 3, 100, 100, NULL])[0] == pytest.approx(2)
    assert on("power_slope(a, b, true)", a=[1, 2, 3], b=[1, 4, -5])[0] == pytest.approx(2)
    assert on("log_predicted(a, b, true)", a=[1, math.e, 0], b=[1, 3, 100])[:3] == [pytest.approx(1), pytest.approx(3), NULL]
    assert on("linear_slope(a, b)", a=[1, 2, 0, 4], b=[1, 2, 9, 0])[0] == pytest.approx(1)
    assert on("linear_slope(a, b, true)", a=[1, 2, 0, 4], b=[1, 2, 9, 0])[0] == pytest.approx(-64 / 35)


def test_q_a_regression_without_spread_is_null():
    assert on("linear_slope(a, b)", a=[2, 2], b=[1, 5])[0] is NULL
    assert on("linear_slope(a, b)", a=[2], b=[1])[0] is NULL
    assert on("linear_slope(a, b)", a=[1, 2], b=[5, 5])[0] == 0
    assert on("linear_correlation(a, b)", a=[1, 2], b=[5, 5])[0] is NULL
    assert on("linear_correlation(a, b)", a=[1, 2, 3], b=[3, 2, 1])[0] == pytest.approx(-1)


def test_q_the_normal_distribution_keeps_its_tails():
    x = np.array([-38.0, -8, -1, 0, 1, 8])
    assert normal(x) == pytest.approx([reference.normal(one) for one in x], rel=1e-12)
    assert normal(np.array([-20.0]))[0] == pytest.approx(2.753624118606233e-89, rel=1e-9)


@pytest.mark.parametrize("degrees", [1, 2, 3, 5, 7, 30, 99, 101, 5_000])
def test_q_students_distribution_is_its_integral(degrees):
    x = np.array([-40.0, -3, -1, -0.01, 0, 0.01, 1, 3])
    found = student(x, np.full(len(x), float(degrees)))
    assert found == pytest.approx([reference.student(one, degrees, 100_000) for one in x], rel=1e-9, abs=1e-300)


def test_q_students_distribution_where_it_is_known():
    one = np.array([1.0])
    assert student(one, one)[0] == pytest.approx(0.75, rel=1e-12)  # an angle of 45 degrees
    assert student(np.array([3.0]), np.array([5.0]))[0] == pytest.approx(0.98495, abs=5e-6)
    assert student(np.array([-2.0]), np.array([7.0]))[0] == pytest.approx(0.0428, abs=5e-5)
    assert student(one, np.array([2.5]))[0] == pytest.approx(0.7943, abs=5e-3)
    for degrees in (NORMAL_FROM - 1, NORMAL_FROM):
        assert student(-one, np.array([degrees]))[0] == pytest.approx(reference.normal(-1), abs=2e-9)
    wide = np.array([1e-3, 1e3])
    assert np.isfinite(student(wide, wide)).all()


def test_q_the_grand_total_is_the_same_on_every_row_and_has_its_own_arithmetic():
    assert on("a / total(a)", total=[8], a=[1, 3]) == [0.125, 0.375, 1]
    assert on("total(a / b)", total=[8, 2], a=[1, 3], b=[1, 1]) == [4, 4, 4]
    assert on("total(a) - column_sum(a)", total=[8], a=[1, 3]) == [4, 4, 4]


def test_q_a_metric_made_of_metrics_is_computed_on_their_rows():
    formulas = {"rate": parse("a / b"), "it": parse("rate - mean(rate)")}
    sums = {Measure("a"): np.array([1.0, 3.0, 4.0]), Measure("b"): np.array([1.0, 1.0, 2.0])}
    sheet = Sheet(sums, {}, np.array([True, True, False]))
    assert column("it", formulas, sheet).tolist() == [-1, 1, 0]


def test_q_metrics_that_double_each_other_are_computed_once():
    formulas = {f"m{at}": parse(f"m{at + 1} + m{at + 1}") for at in range(60)}
    sheet = Sheet({Measure("m60"): np.array([1.0])}, {}, np.array([True]))
    assert column("m0", formulas, sheet).tolist() == [2.0**60]


@pytest.mark.parametrize("text", ["variance(a)", "standard_deviation(a)", "z_score(a)", "linear_slope(a, b)", "linear_intercept(a, b)", "linear_correlation(b, a)"])
def test_q_squares_that_are_too_large_have_no_spread(text):
    assert on(text, a=[1e160, 2e160, -3e160], b=[1, 2, 4])[:3] == [NULL] * 3
    assert on(text, a=[1e140, 2e140, -3e140], b=[1, 2, 4])[0] is not NULL
