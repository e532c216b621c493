"""Rules A1 to A5 and A7 on the product's kernels and finish: what each value is credited with."""

import datetime as dt

import numpy as np
import pytest
from pydantic import ValidationError

from cja_spark.kernels.attribution import Touches, distinct_values, participating, windows
from cja_spark.kernels.touch_shares import decayed, decaying_shares, even_shares, shaped_shares, spread
from cja_spark.view.spec import View
from tests.unit.kernels.by_hand import DAY, GAP, VIEW, page, table

PLENTY = 100_000


def credited(*persons, by="page", asked=None, **how):
    """The total and what each value is credited with; `None` is no value."""
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}}
    rows = table(list(persons), by, metrics=["orders"], view=view, **(asked or {}))
    items = {None if row[1] == "No value" else row[1]: row[2] for row in rows if row[0] == "item" and row[2]}
    return rows[0][2], items


@pytest.mark.parametrize(
    ("model", "one", "two", "four"),
    [
        ("last_touch", {"a": 8}, {"b": 8}, {"d": 8}), ("first_touch", {"a": 8}, {"a": 8}, {"a": 8}),
        ("linear", {"a": 8}, {"a": 4, "b": 4}, {"a": 2, "b": 2, "c": 2, "d": 2}),
        ("participation", {"a": 8}, {"a": 8, "b": 8}, {"a": 8, "b": 8, "c": 8, "d": 8}),
        ("u_shaped", {"a": 8}, {"a": 4, "b": 4}, {"a": 3.2, "b": 0.8, "c": 0.8, "d": 3.2}),
        ("j_shaped", {"a": 8}, {"a": 2, "b": 6}, {"a": 1.6, "b": 0.8, "c": 0.8, "d": 4.8}),
        ("inverse_j", {"a": 8}, {"a": 6, "b": 2}, {"a": 4.8, "b": 0.8, "c": 0.8, "d": 1.6}),
        ("algorithmic", {"a": 8}, {"a": 4, "b": 4}, {"a": 2, "b": 2, "c": 2, "d": 2}),
        ("same_touch", {None: 8}, {None: 8}, {None: 8}),
    ],
)
def test_a3_models_of_one_two_and_four_touches(model, one, two, four):
    for count, expected in ((0, {None: 8}), (1, one), (2, two), (4, four)):
        events = [page(at, "abcd"[at]) for at in range(count)]
        total, found = credited([*events, page(9, orders=8)], model=model)
        assert total == 8
        assert found == pytest.approx(expected), count


def test_a3_a_custom_shape_without_ends_halves_two_touches():
    events = [page(0, "a"), page(1, "b"), page(2, "c"), page(3, orders=9)]
    middle = {"first": 0, "middle": 5, "last": 0}
    assert credited(events, model="custom", weights=middle)[1] == {"b": 9}
    assert credited([events[0], *events[2:]], model="custom", weights=middle)[1] == {"a": 4.5, "c": 4.5}


def test_a3_decay_halves_with_each_half_life_before_the_last_touch():
    events = [page(0, "a"), page(10, "b"), page(20, "c"), page(500, orders=7)]
    assert credited(events, model="time_decay", half_life="10 ms")[1] == pytest.approx({"a": 1, "b": 2, "c": 4})


def test_a3_decay_over_ten_years_by_the_minute_is_the_last_touch():
    years = {"range": {"from": dt.date(2025, 1, 1), "to": dt.date(2036, 1, 1)}}
    events = [page(0, "a"), page(3650 * DAY, "b"), page(3651 * DAY, orders=5)]
    _, found = credited(events, model="time_decay", half_life="1 minute", lookback="none", asked=years)
    assert found == {"b": 5}


def test_a1_the_conversion_itself_is_a_touch_and_what_comes_after_at_its_time_is_none():
    events = [page(0, "a"), page(5, "b", orders=3), page(5, "c")]
    assert credited(events, model="last_touch")[1] == {"b": 3}
    assert credited(events, model="same_touch")[1] == {"b": 3}
    assert credited([page(5, orders=3), page(5, "c")], model="last_touch")[1] == {None: 3}


@pytest.mark.parametrize(("gap", "value"), [(DAY - 1, "a"), (DAY, "a"), (DAY + 1, None)])
def test_a2_a_touch_is_as_old_as_the_lookback_at_most_also_before_the_range(gap, value):
    assert credited([page(0, "a"), page(gap, orders=2)], lookback="1 days")[1] == {value: 2}
    assert credited([page(-gap, "a"), page(0, orders=2)], lookback="1 days")[1] == {value: 2}


def test_a2_without_a_lookback_touches_begin_with_the_session_or_the_person_scope():
    events = [page(0, "a"), page(GAP + 1, "b"), page(GAP + 2, orders=2)]
    assert credited(events, model="linear", container="session")[1] == {"b": 2}
    assert credited(events, model="linear", lookback="none")[1] == {"a": 1, "b": 1}
    before = [page(-DAY, "a"), page(0, orders=2)]
    assert credited(before, lookback="none")[1] == {None: 2}
    assert credited(before, lookback="none", asked={"person_scope": "all"})[1] == {"a": 2}


def test_a2_conversions_do_not_cut_each_other_and_may_be_negative():
    events = [page(0, "a"), page(1, orders=5), page(2, "b"), page(3, orders=-2)]
    assert credited(events, model="linear") == (3, {"a": 4, "b": -1})


def test_a4_several_values_of_a_touch_have_its_full_credit_and_the_total_counts_once():
    events = [page(0, sku=["s", "t", "s"]), page(1, sku=["u"]), page(2, orders=6)]
    assert credited(events, by="sku", model="linear") == (6, {"s": 3, "t": 3, "u": 3})
    assert credited(events, by="sku", model="participation") == (6, {"s": 6, "t": 6, "u": 6})


def test_a5_without_no_value_the_total_is_of_conversions_that_a_value_came_before():
    persons = [page(0, "a"), page(1, orders=5)], [page(0, orders=3)]
    assert credited(*persons) == (8, {"a": 5, None: 3})
    assert credited(*persons, asked={"include_no_value": False}) == (5, {"a": 5})


def test_a6_equal_parts_go_to_the_distinct_values_and_sum_to_the_amount():
    events = [page(0, "a"), page(1, "b"), page(2, "a"), page(3, orders=6), page(4, "c"), page(5, orders=9)]
    assert credited(events, model="algorithmic") == (15, {"a": 6, "b": 6, "c": 3})
    items = [page(0, sku=["s", "t", "s"]), page(1, sku=["t"]), page(2, orders=6)]
    assert credited(items, by="sku", model="algorithmic") == (6, {"s": 3, "t": 3})


def test_values_of_the_range_are_rows_also_without_credit():
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {}}}}
    rows = table([[page(0, "a"), page(1, "b", orders=5), page(2)]], "page", metrics=["orders"], view=view)
    assert rows == [("total", None, 5), ("item", "b", 5), ("item", "No value", 0), ("item", "a", 0)]


def test_a7_a_segment_hides_conversions_and_no_touch():
    events = [page(0, "a"), page(1, "b", orders=5), page(2, "c", orders=7)]
    not_c = {"where": {"dimension": "page", "does_not_equal": "c"}}
    only_b = {"where": {"dimension": "page", "equals": "b"}}
    assert credited(events, model="first_touch", asked={"segments": [not_c]}) == (5, {"a": 5})
    assert credited(events, model="first_touch", asked={"segments": [only_b]}) == (5, {"a": 5})


def test_other_reports_and_totals_count_the_metric_as_it_is():
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {}}}}
    assert table([[page(0, "a"), page(1, orders=5)]], metrics=["orders"], view=view) == [("total", 5)]


def random_runs(seed, touches=PLENTY, conversions=PLENTY // 4, lasts=4_000_000):
    """Touches and conversions of some persons, and the touches of each conversion."""
    chance = np.random.default_rng(seed)
    at = np.sort(chance.choice(2 * (touches + conversions), touches + conversions, replace=False))
    converts = np.zeros(len(at), bool)
    converts[chance.choice(len(at), conversions, replace=False)] = True
    unit = np.sort(chance.integers(0, 7, len(at)))
    some = [Touches(at[which], 1000 * at[which], unit[which], unit[which]) for which in (~converts, converts)]
    first, last = windows(*some, some[0].t + lasts, -1, in_session=False)
    return some[0], first, last, chance.integers(1, 100, conversions).astype(float)


@pytest.mark.parametrize("give", [even_shares, lambda *args: shaped_shares(*args, (20, 20, 60))], ids=["linear", "shape"])
def test_credit_sums_to_what_was_given_on_a_hundred_thousand_touches(give):
    touches, first, last, amounts = random_runs(1)
    credit = spread(first, last, give(first, last, amounts), len(touches.at))
    assert credit.sum() == pytest.approx(amounts[first <= last].sum(), rel=1e-12)
    assert (last - first).max() > 1000


@pytest.mark.parametrize("lasts", [4_000_000, 100_000])
def test_decay_on_many_touches_is_what_each_conversion_gives(lasts):
    touches, first, last, amounts = random_runs(2, 3000, 700, lasts)
    expected = np.zeros(len(touches.at))
    for low, high, x in zip(first, last, amounts, strict=True):
        weights = 2.0 ** (-(touches.t[high] - touches.t[low : high + 1]) / 50_000)
        expected[low : high + 1] += x * weights / weights.sum() if low <= high else 0
    shares = decaying_shares(first, last, amounts, touches, 50_000)
    assert decayed(first, last, shares, touches, 50_000) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_participation_on_many_touches_is_what_each_conversion_gives():
    touches, first, last, amounts = random_runs(3, 3000, 700)
    values = np.random.default_rng(4).integers(0, 20, len(touches.at))
    following = np.full(len(values), np.iinfo(np.int64).max)
    for at, value in enumerate(values):
        later = [k for k in range(at + 1, len(values)) if values[k] == value and touches.unit[k] == touches.unit[at]][:1]
        following[at] = later[0] if later else following[at]
    credit = participating(first, last, amounts, np.arange(len(values)), following)
    found = np.bincount(values, credit, minlength=20)
    expected = np.zeros(20)
    for low, high, x in zip(first, last, amounts, strict=True):
        expected[np.unique(values[low : high + 1])] += x
    assert found == pytest.approx(expected)


def test_a6_values_of_touches_that_left_the_window_are_no_distinct_ones():
    touches, first, last, _ = random_runs(5, 300, 100, 20_000)
    codes = np.random.default_rng(6).integers(0, 9, len(touches.at)).astype(np.int32)
    found = distinct_values(first, last, np.arange(len(codes)), codes, 9)
    assert found.tolist() == [len(set(codes[low : high + 1].tolist())) for low, high in zip(first, last, strict=True)]
    assert 1 < found.max() < 9


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"model": "last"}, "last_touch"),
        ({"model": "linear", "half_life": "7 days"}, "half_life: a time above nothing, for model: time_decay alone"),
        ({"model": "time_decay", "half_life": "0 days"}, "half_life: a time above nothing"),
        ({"model": "custom"}, "weights: model: custom needs them"),
        ({"model": "linear", "weights": {"first": 1, "middle": 1, "last": 1}}, "no other model takes them"),
        ({"model": "custom", "weights": {"first": 0, "middle": 0, "last": 0}}, "one of first, middle, last must be above 0"),
        ({"lookback": "ever"}, "'ever' is no duration"),
        ({"model": "linear", "game": "rate_game"}, "game: for model: algorithmic alone"),
        ({"model": "algorithmic", "game": "rate"}, "rate_game"),
    ],
)
def test_what_makes_no_attribution_is_refused(how, said):
    with pytest.raises(ValidationError, match=said):
        View.model_validate({"name": "v", "metrics": {"orders": {"field": "orders", "attribution": how}}})


def rate_game(*persons, **asked):
    return credited(*persons, model="algorithmic", game="rate_game", **asked)


def group(count, converting, *values):
    """Persons who come by the same values, some of whom convert by one order."""
    seen = [page(at, value) for at, value in enumerate(values)]
    return [[*seen, page(9, orders=1)] if at < converting else seen for at in range(count)]


# v(a) = .4, v(ab) = .8. v(b) = .1 of ten persons: dividends .4, .1, .3. Nine persons are none: dividends .4, 0, .4.
@pytest.mark.parametrize(("count", "a", "b"), [(10, 0.55, 0.25), (9, 0.6, 0.2)])
def test_a6_a_rate_is_of_ten_persons_or_more(count, a, b):
    total, found = rate_game(*group(10, 4, "a"), *group(count, 1, "b"), *group(10, 8, "a", "b"))
    assert (total, found) == (13, pytest.approx({"a": 4 + 8 * a / 0.8, "b": 1 + 8 * b / 0.8}))


def test_a6_a_set_of_few_persons_is_worth_its_best_part_and_a_value_that_adds_nothing_has_nothing():
    total, found = rate_game(*group(10, 4, "a"), *group(10, 2, "b"), *group(5, 5, "b", "a"))
    # v(ab) = .4 of a: dividends .4, .2, -.2: a has .3, b has .1.
    assert (total, found) == (11, pytest.approx({"a": 4 + 5 * 0.75, "b": 2 + 5 * 0.25}))
    assert rate_game(*group(10, 9, "a"), *group(10, 0, "b"), *group(10, 3, "b", "a"))[1] == pytest.approx({"a": 12})


def test_a6_without_any_rate_the_parts_are_equal():
    assert rate_game(*group(9, 9, "a", "b")) == (9, pytest.approx({"a": 4.5, "b": 4.5}))


def test_a6_rates_are_of_what_persons_did_since_the_person_scope_began_and_no_segment_changes_them():
    persons = [*group(10, 4, "a"), *group(10, 1, "b"), *group(10, 8, "a", "b")]
    everything = rate_game(*persons)
    before = [[page(-DAY, "c"), *own] for own in persons]
    assert rate_game(*before, lookback="1 hour") == everything
    double = [*persons, [page(0, "a"), page(1, "b"), page(2, orders=2)]]
    only_two = {"where": {"metric": "orders", "at_least": 2}}
    both = 9 / 11 - 0.5  # the dividend, of all who convert
    found = rate_game(*double, asked={"segments": [only_two]})
    assert found == (2, pytest.approx({"a": 2 * (0.4 + both / 2) / (9 / 11), "b": 2 * (0.1 + both / 2) / (9 / 11)}))


@pytest.mark.parametrize(("values", "equally"), [("abcdefghijkl", 0), ("abcdefghijklm", 1)])
def test_a6_more_than_twelve_values_are_shared_equally_and_counted(values, equally):
    persons = [*group(10, 10, "a"), [*(page(at, one) for at, one in enumerate(values)), page(20, orders=78)]]
    total, found = rate_game(*persons)
    assert total == 88
    assert found == ({one: 6 + 10 * (one == "a") for one in values} if equally else {"a": 88})


def combined(person, how, **asked):
    """Credit by page and product."""
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}}
    total, *rows = table([person], "page", "sku", metrics=["orders"], view=view, **asked)
    return total[3], {row[1:3]: row[3] for row in rows if row[0] == "item" and row[3]}


ITEMS = [page(0, "a", sku=["s", "t"]), page(1, "b", sku=["s"]), page(2, sku=["u"], orders=12)]
PAIRS = [("a", "s"), ("a", "t"), ("b", "s"), ("No value", "u")]


@pytest.mark.parametrize(
    ("model", "credit", "with_pages"),
    [
        ("linear", (4, 4, 4, 4), 8), ("last_touch", (0, 0, 0, 12), 0), ("participation", (12, 12, 12, 12), 12),
        ("algorithmic", (3, 3, 3, 3), 9), ("u_shaped", (4.8, 4.8, 2.4, 4.8), 7.2), ("same_touch", (0, 0, 0, 12), 0),
    ],
)
def test_a4_combinations_of_values_are_credited_and_each_touch_counts_once_in_the_total(model, credit, with_pages):
    expected = {pair: x for pair, x in zip(PAIRS, credit, strict=True) if x}
    assert combined(ITEMS, {"model": model}) == (12, pytest.approx(expected))
    del expected["No value", "u"]
    if expected:
        hidden = combined(ITEMS, {"model": model}, include_no_value=["sku"])
        assert hidden == (pytest.approx(with_pages), pytest.approx(expected))


def test_a6_combinations_are_the_players_of_a_rate_game():
    game = {"model": "algorithmic", "game": "rate_game"}
    assert combined(ITEMS, game) == (12, pytest.approx(dict.fromkeys(PAIRS, 3)))
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": game}}}
    first, second = page(0, "a", sku=["s"]), page(1, "b", sku=["t"])
    order = page(2, "b", sku=["t"], orders=1)
    persons = [*[[first]] * 10, *[[second]] * 7, *[[second, order]] * 3, *[[first, second]] * 5, *[[first, second, order]] * 5]
    # v(as) = 0, v(bt) = .3, v(both) = .5: dividends 0, .3, .2
    rows = table(persons, "page", "sku", metrics=["orders"], view=view, include_no_value=False)
    assert rows == [("total", None, None, 8), ("item", "b", "t", pytest.approx(7)), ("item", "a", "s", pytest.approx(1))]


def test_a5_a_conversion_without_any_value_goes_to_no_value_in_all_dimensions():
    assert combined([page(0, orders=3)], {"model": "linear"}) == (3, {("No value", "No value"): 3})


def test_a4_t2_of_values_of_items_that_last_unbound_no_other_is_summed():
    view = {
        "dimensions": {"sku": {"field": "items[].sku", "persistence": {"expiration": "person"}}},
        "metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "last_touch"}}},
    }
    rows = table([[page(0, sku=["a", "b", "c"]), page(1, orders=60)]], "sku", metrics=["orders"], rows=1, view=view)
    assert [row[-1] for row in rows] == [60, 60, None]
