"""Formulas as text: what is parsed, and what is refused at which character."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cja_spark.configuration import spec_of
from cja_spark.errors import ConfigurationError
from cja_spark.view.formula.nodes import Attributed, Call, Distinct, GrandTotal, Name, Node, Number, Segmented
from cja_spark.view.formula.parse import DEEPEST, MOST_OPERATIONS, parse
from cja_spark.view.formula.tokens import LONGEST
from cja_spark.view.formula.uses import Component, Measure, components_of, measures_of, names_in
from cja_spark.view.formula.written import attribution_text
from cja_spark.view.spec import View


def said(node: Node) -> str:  # noqa: PLR0911
    """A tree with all its parentheses."""
    match node:
        case Number():
            return f"{node.value:g}"
        case Name():
            return node.name
        case Call():
            return f"{node.function}({','.join(map(said, node.given))})"
        case Segmented():
            return f"{said(node.of)}[{','.join(one.name for one in node.segments)}]"
        case Distinct():
            return f"distinct({node.dimension.name})"
        case GrandTotal():
            return f"total({said(node.of)})"
    return f"{said(node.of)}:{node.how.model}"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "add(a,multiply(b,c))"),
        ("a * b + c", "add(multiply(a,b),c)"),
        ("a - b - c", "subtract(subtract(a,b),c)"),
        ("a / b * c", "multiply(divide(a,b),c)"),
        ("a / (b * c)", "divide(a,multiply(b,c))"),
        ("-a * b", "multiply(negate(a),b)"),
        ("a - -b", "subtract(a,negate(b))"),
        ("-a[x]", "negate(a[x])"),
        ("a + b > c * 2", "greater_than(add(a,b),multiply(c,2))"),
        ("(a < b) == (b <= c)", "equal(less_than(a,b),less_or_equal(b,c))"),
        ("a != 1.5e2", "not_equal(a,150)"),
        ("a >= .5", "greater_or_equal(a,0.5)"),
        ("(a / b)[x, y]", "divide(a,b)[x,y]"),
        ("a[x][y] + mean(a)[z]", "add(a[x][y],mean(a,0)[z])"),
        ("Mean(a, TRUE)", "mean(a,1)"),
        ("mean(include_zeros=true, metric=a)", "mean(a,1)"),
        ("round(a)", "round(a,0)"),
        ("round(a, digits=-(1 + 1))", "round(a,-2)"),
        ("percentile(a, k=100 * pi() / 2)", "percentile(a,157.08,0)"),
        ("IF(a, otherwise=b)", "if(a,0,b)"),
        ("and(a, b, c)", "and(a,b,c)"),
        ("total(a / b)", "total(divide(a,b))"),
        ("mean", "mean"),
        ("attributed(a[x], linear)", "a[x]:linear"),
        ("attributed(a)", "a:last_touch"),
        ("mean(count_distinct(page)[x])", "mean(distinct(page)[x],0)"),
        (" \n a\n+ b ", "add(a,b)"),
    ],
)
def test_q_a_formula_is_read_by_precedence_and_by_parameters(text, tree):
    assert said(parse(text)) == tree


def test_an_attribution_has_the_settings_of_a_view():
    node = parse("attributed(a, custom, container=session, lookback='2 weeks', first=1, middle=0, last=2.5)")
    assert isinstance(node, Attributed)
    assert (node.how.container, node.how.lookback) == ("session", timedelta(days=14))
    assert (node.how.weights.first, node.how.weights.middle, node.how.weights.last) == (1, 0, 2.5)
    assert parse("attributed(a, time_decay, half_life='1 hour', lookback=none)").how.lookback == "none"
    assert parse("attributed(a, linear, touch=runs)").how.touch == "runs"
    assert attribution_text(parse("attributed(a, linear, touch=runs, lookback=none)").how) == "linear, lookback=none, touch=runs"


FAULTS = [
    ("", 1, "a metric, a number or a function is expected, and the formula ends"),
    ("orders /", 9, "is expected, and the formula ends"),
    ("orders / / a", 10, "'/' is here"),
    ("orders sessions", 8, "an operator or the end of the formula is expected, and 'sessions' is here"),
    ("(orders", 8, "')' is expected, and the formula ends. Between the braces of YAML a formula with commas or brackets needs quotes."),
    ("orders)", 7, "')' is here"),
    ("orders ÷ 2", 8, "'÷' is not known here. Did you mean /?"),
    ("orders ^ 2", 8, "Did you mean power(x, y)?"),
    ("orders @ 2", 8, "'@' is not known here."),
    ("orders = 2", 8, "'=' is here"),
    ("1 < orders < 3", 12, "two values are compared at a time; write and(a < b, b < c)."),
    ("1e999", 1, "1e999 is too large a number."),
    ("'text'", 1, "a formula is a number, not a text."),
    ("orders + 'text", 10, "the text that begins with ' does not end."),
    ("2 * meen(orders)", 5, "no function named 'meen'. Did you mean 'mean'?"),
    ("sqrt(orders)", 1, "Did you mean 'square_root'?"),
    ("max(orders)", 1, "Did you mean 'row_max' or 'column_max'?"),
    ("negate(orders)", 1, "no function named 'negate'."),
    ("orders (2)", 1, "no function named 'orders'."),
    ("mean()", 1, "'metric' is missing: mean(metric, include_zeros=false)."),
    ("mean(orders, true, 2)", 20, "mean takes 2 arguments at most: mean(metric, include_zeros=false)."),
    ("row_count(orders)", 11, "row_count takes 0 arguments at most: row_count()."),
    ("row_max()", 1, "row_max takes one value or more: row_max(x, …)."),
    ("row_max(x=orders)", 9, "row_max takes values without names."),
    ("mean(orders, zeros=true)", 14, "mean has no argument 'zeros'."),
    ("mean(orders, metric=orders)", 14, "'metric' is given twice."),
    ("mean(orders, 1)", 14, "'include_zeros' of mean is true or false."),
    ("mean(orders, yes)", 14, "'include_zeros' of mean is true or false."),
    ("mean(3 + 4)", 8, "'metric' of mean is a metric, not a number."),
    ("mean(row_count())", 6, "'metric' of mean is a metric, not a number."),
    ("round(orders, sessions)", 15, "'digits' of round is a number, the same on every row, not a metric."),
    ("round(orders, row_count())", 15, "'digits' of round is a number"),
    ("round(orders, 1.5)", 15, "'digits' of round is a whole number, not 1.5."),
    ("round(orders, 301)", 15, "'digits' of round lies between -300 and 300, not 301."),
    ("round(orders, 1 / 0)", 19, "what is divided by is 0, which gives no value on any row."),
    ("cdf_t(price, 0)", 14, "'degrees' of cdf_t is above 0, not 0."),
    ("cdf_t(price, degrees=-2)", 22, "'degrees' of cdf_t is above 0, not -2."),
    ("t_test(z_score(orders), 1 - 1, 2)", 27, "'degrees' of t_test is above 0, not 0."),
    ("orders / 0", 10, "what is divided by is 0, which gives no value on any row."),
    ("orders / (2 - 2)", 13, "what is divided by is 0, which gives no value on any row."),
    ("modulo(orders, 0)", 16, "'y' of modulo is 0, which gives no value on any row."),
    ("orders + square_root(-4)", 10, "square_root of -4 has no value, on no row."),
    ("orders * ln(0)", 10, "ln of 0 has no value, on no row."),
    ("log10(-1) * orders", 1, "log10 of -1 has no value, on no row."),
    ("row_max(orders, power(-8, 1 / 3))", 17, "power of -8, 0.333333 has no value, on no row."),
    ("arc_cosine(2)", 1, "arc_cosine of 2 has no value, on no row."),
    ("exponent(1000) * orders", 1, "exponent of 1000 has no value, on no row."),
    ("1e308 * 10 * orders", 7, "multiply of 1e+308, 10 has no value, on no row."),
    ("cumulative(2.5, orders)", 12, "'n' of cumulative is a whole number, not 2.5."),
    ("quartile(orders, 5)", 18, "'quarter' of quartile is 0, 1, 2, 3 or 4, not 5."),
    ("z_test(orders, 3)", 16, "'tails' of z_test is 1 or 2, not 3."),
    ("power(orders, 'x')", 15, "'y' of power is no text."),
    ("orders + 'x'", 10, "what an operator takes is no text."),
    ("5[mobile]", 2, "segments belong to a metric."),
    ("row_count()[mobile]", 12, "segments belong to a metric."),
    ("orders[]", 8, "the name of a segment is expected, and ']' is here."),
    ("orders[a b]", 10, "',' or ']' is expected, and 'b' is here."),
    ("mean(orders sessions)", 13, "',' or ')' is expected, and 'sessions' is here."),
    ("total(3)", 7, "total is of a metric, not of a number."),
    ("total(orders, sessions)", 1, "total takes one formula: total(orders)."),
    ("total(1 + mean(orders))", 11, "mean runs over rows, and a total has none."),
    ("count_distinct(orders + 1)", 1, "count_distinct takes one dimension, by its name: count_distinct(page)."),
    ("approximate_count_distinct(page)", 1, "Did you mean 'count_distinct'?"),
    ("round(orders, count_distinct(page))", 15, "'digits' of round is a number"),
    ("lift(orders, people)", 1, "'control' is missing: lift(metric, normalizing, control)."),
    ("lift(orders, people, control=A)", 30, "'control' of lift is a value of the table's dimension, in quotes: control='A'."),
    ("lift(orders, people, 1)", 22, "'control' of lift is a value of the table's dimension, in quotes"),
    ("lift(orders, people, control=' ')", 30, "'control' of lift is a value of the table's dimension, in quotes"),
    ("lift(orders, people, contrl='A')", 22, "lift has no argument 'contrl'. Did you mean 'control'?"),
    ("lift(orders, visitors, control='A')", 14, "'normalizing' of lift is people, sessions or events: the units that the experiment is made of."),
    ("lift(orders, session, control='A')", 14, "Did you mean 'sessions'?"),
    ("lift(orders, first_time_sessions, 'A')", 14, "'normalizing' of lift is people, sessions or events"),
    ("lift(orders, people[x], control='A')", 20, "all of them; put the segment around the function"),
    ("lift(orders + 1, people, control='A')", 13, "'metric' of lift is one metric, by its name, in segments or not."),
    ("lift(2, people, control='A')", 6, "'metric' of lift is one metric, by its name"),
    ("lift(total(orders), people, control='A')", 6, "'metric' of lift is one metric, by its name"),
    ("lift(attributed(orders, linear), people, control='A')", 6, "'metric' of lift is one metric, by its name"),
    ("total(confidence(orders, people, control='A'))", 7, "confidence runs over rows, and a total has none."),
    ("confidence(orders, people, control='A', threshold=0.9)", 41, "confidence has no argument 'threshold'."),
    ("confidence_lower(orders, people, control='A')", 34, "confidence_lower is of each row by itself; difference_lower is of its difference from a control."),
    ("confidence_upper(orders, people, threshold=95)", 44, "'threshold' of confidence_upper lies between 0 and 1, such as 0.95 for 95 %, not 95."),
    ("difference_lower(orders, people, 'A', 0)", 39, "'threshold' of difference_lower lies between 0 and 1"),
    ("difference_lower(orders, people, 'A', orders)", 39, "'threshold' of difference_lower is a number, the same on every row, not a metric."),
    ("sample_variance(orders, people, control='A')", 33, "sample_variance is of each row by itself; it takes no control."),
    ("mean('A')", 6, "'metric' of mean is no text."),
    ("attributed()", 1, "attributed begins with a metric"),
    ("attributed(orders + 1)", 19, "attribution belongs to one metric, by its name."),
    ("attributed(orders, linera)", 20, "no model named 'linera'. Did you mean 'linear'?"),
    ("attributed(orders, 3)", 20, "'model' is a word."),
    ("attributed(orders, linear, session)", 28, "after the model comes a name"),
    ("attributed(orders, linear, contaner=session)", 28, "attributed has no argument 'contaner'. Did you mean 'container'?"),
    ("attributed(orders, container=visit)", 30, "no container named 'visit'."),
    ("attributed(orders, linear, model=linear)", 28, "'model' is given twice."),
    ("attributed(orders, touch=run)", 26, "no touch named 'run'. Did you mean 'runs'?"),
    ("attributed(orders, lookback=14)", 29, "'lookback' is a time in quotes, such as '14 days'."),
    ("attributed(orders, lookback='soon')", 29, "'soon' is no duration."),
    ("attributed(orders, half_life='1 day')", 1, "half_life: a time above nothing, for model: time_decay alone."),
    ("attributed(orders, linear, game=rate_game)", 1, "game: for model: algorithmic alone."),
    ("attributed(orders, algorithmic, game=rate_gam)", 38, "no game named 'rate_gam'. Did you mean 'rate_game'?"),
    ("attributed(orders, lookback='1201 months')", 29, "1,200 months at most"),
    ("attributed(orders, custom)", 20, "first, middle, last say what touches weigh: model custom needs one of them or more"),
    ("attributed(orders, custom, first=1, middle=2, last=-1)", 52, "greater than or equal to 0"),
    ("attributed(orders, custom, first=1, middle=2, last=orders)", 52, "'last' is a number."),
]


@pytest.mark.parametrize(
    "text",
    ["cdf_t(price, 0.5)", "cdf_t(price, row_count() - 1)", "t_test(2, orders - 1, 2)", "cdf_t(price, total(orders))", "orders / sessions",
     "percentile(orders, -1)", "modulo(orders, sessions)", "orders * 0", "0 / orders", "if(0, 1 / 2)", "cumulative(-1, orders)"],
)  # fmt: skip
def test_what_has_a_value_on_some_rows_is_no_fault(text):
    assert parse(text)


@pytest.mark.parametrize(("text", "at", "why"), FAULTS, ids=[text for text, *_ in FAULTS])
def test_what_is_wrong_is_told_with_its_character(text, at, why):
    with pytest.raises(ValueError, match=r"^character ") as caught:
        parse(text)
    place, message = str(caught.value).split(f" of '{text}': ", 1)
    assert (place, why in message) == (f"character {at}", True), str(caught.value)


def test_a_formula_of_several_lines_is_faulty_in_one_of_them():
    with pytest.raises(ValueError, match=r"^line 3, character 5: a metric, a number or a function is expected, and '\)' is here"):
        parse("orders\n  + 1\n  + )\n")


def test_a_formula_has_so_many_operations_so_deep_and_so_long():
    many = " + ".join(["a"] * (MOST_OPERATIONS + 1))
    assert names_in(many) == ("a",)
    with pytest.raises(ValueError, match=f"a formula has {MOST_OPERATIONS} operations at most"):
        parse(f"{many} + a")
    deep = DEEPEST - 1
    assert said(parse("(" * deep + "a" + ")" * deep)) == "a"
    with pytest.raises(ValueError, match=f"nested {DEEPEST} deep at most"):
        parse("(" * (deep + 1) + "a" + ")" * (deep + 1))
    with pytest.raises(ValueError, match=f"at most {LONGEST:,}"):
        parse("a" + " " * LONGEST)


def test_a_fault_is_a_fault_of_the_view_at_its_metric():
    with pytest.raises(ConfigurationError, match=r"metrics.rate.calculate: character 8 of 'orders \^ 2': '\^' is not known"):
        spec_of(View, {"name": "shop", "metrics": {"orders": "orders", "rate": {"calculate": "orders ^ 2"}}}, "view")


def test_words_of_functions_are_no_metrics():
    assert names_in("mean(a, include_zeros=true) + attributed(b[x], first_touch, container=session, lookback=none)") == ("a", "b")


def test_names_are_told_with_their_places_and_what_they_must_be():
    found = list(components_of(parse("total(a[x]) + attributed(b, linear)[y]")))
    assert found == [
        Component("segment", "x", 9), Component("metric", "a", 7, "totalled"),
        Component("segment", "y", 37), Component("metric", "b", 26, "attributed"),
    ]  # fmt: skip


def test_what_is_summed_is_each_metric_once_with_the_segments_around_it_in_any_order():
    formulas = {
        "rate": parse("a / b[x]"), "both": parse("rate[y, x] + rate[x][y] + a"), "credit": parse("attributed(a[y], linear)[x] + total(a)"),
    }  # fmt: skip
    assert measures_of("both", formulas) == (Measure("a", ("x", "y")), Measure("b", ("x", "y")), Measure("a"))
    credit, total = measures_of("credit", formulas)
    assert (credit.metric, credit.segments, credit.attribution.model, total) == ("a", ("x", "y"), "linear", Measure("a"))
    assert measures_of("a", formulas) == (Measure("a"),)


def test_metrics_that_double_each_other_are_walked_once():
    formulas = {f"m{at}": parse(f"m{at + 1} + m{at + 1}") for at in range(60)}
    assert measures_of("m0", formulas) == (Measure("m60"),)
