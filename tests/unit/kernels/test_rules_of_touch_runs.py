"""Rule A1 with `touch: runs`: touches in a row with the same value are one."""

import numpy as np
import pytest

from cja_spark.kernels.attribution import Touches
from cja_spark.kernels.touch_runs import run_heads, runs_of
from cja_spark.kernels.touch_shares import decayed, decaying_shares
from tests.unit.kernels.by_hand import DAY, GAP, VIEW, page, table
from tests.unit.kernels.test_rules_of_attribution import credited

ROW = [page(0, "a"), page(1, "a"), page(2), page(3, "a"), page(4, "b"), page(5, "a"), page(9, orders=6)]


@pytest.mark.parametrize(
    ("model", "each", "runs"),
    [
        ("linear", {"a": 4.8, "b": 1.2}, {"a": 4, "b": 2}),
        ("u_shaped", {"a": 5.6, "b": 0.4}, {"a": 4.8, "b": 1.2}),
        ("last_touch", {"a": 6}, {"a": 6}),
        ("participation", {"a": 6, "b": 6}, {"a": 6, "b": 6}),
        ("algorithmic", {"a": 3, "b": 3}, {"a": 3, "b": 3}),
    ],
)
def test_a1_touches_in_a_row_with_the_same_value_are_one(model, each, runs):
    assert credited(ROW, model=model)[1] == pytest.approx(each)
    assert credited(ROW, model=model, touch="each")[1] == pytest.approx(each)
    assert credited(ROW, model=model, touch="runs")[1] == pytest.approx(runs)


def test_a1_a_conversion_within_a_run_is_no_same_touch():
    events = [page(0, "a", orders=1), page(1, "a", orders=2), page(2, "b", orders=4)]
    assert credited(events, model="same_touch")[1] == {"a": 3, "b": 4}
    assert credited(events, model="same_touch", touch="runs")[1] == {"a": 1, None: 2, "b": 4}


def test_a1_a_run_is_of_the_window_so_a_session_begins_one_of_its_own():
    events = [page(0, "a"), page(GAP + 1, "a"), page(GAP + 2, "b", orders=2)]
    assert credited(events, model="linear", container="session", touch="runs")[1] == {"a": 1, "b": 1}
    assert credited([page(0, "a"), page(5, "a", orders=3)], model="linear", lookback="3 ms", touch="runs")[1] == {"a": 3}
    assert credited([page(0, "a"), page(9, "a"), page(12, orders=3)], model="same_touch", lookback="5 ms", touch="runs")[1] == {None: 3}
    assert credited([page(0, "a"), page(9, "a", orders=3)], model="same_touch", lookback="5 ms", touch="runs")[1] == {"a": 3}


def test_a1_a_run_that_the_window_cuts_is_as_old_as_its_first_touch_within_it():
    events = [page(0, "a"), page(10, "a"), page(20, "b"), page(30, "c"), page(35, orders=7)]
    decay = {"model": "time_decay", "half_life": "10 ms", "touch": "runs"}
    assert credited(events, **decay, lookback="25 ms")[1] == pytest.approx({"a": 1, "b": 2, "c": 4})
    assert credited(events, **decay)[1] == pytest.approx({"a": 14 / 26, "b": 56 / 13 / 2, "c": 56 / 13})
    assert credited([*events, page(36, orders=7)], **decay, lookback="25 ms")[1] == pytest.approx({"a": 1, "b": 2 + 7 / 3, "c": 4 + 14 / 3})


def test_a1_several_values_are_a_set_and_persons_have_runs_of_their_own():
    events = [page(0, sku=["x", "y"]), page(1, sku=["y", "x", "y"]), page(2, sku=["x"]), page(3, "p", orders=4)]
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "linear", "touch": "runs"}}}}
    rows = table([events, [page(0, sku=["x"]), page(1, orders=1)]], "sku", metrics=["orders"], view=view)
    assert [(row[1], row[2]) for row in rows if row[0] == "item"] == [("x", 5), ("y", 2)]


def test_a1_what_no_touch_came_before_is_no_value_also_within_a_run():
    events = [page(0, "a"), page(10, orders=5), page(11, "a"), page(12, orders=1)]
    for model in ("linear", "participation", "time_decay", "algorithmic", "u_shaped"):
        assert credited(events, model=model, lookback="2 ms", touch="runs")[1] == {None: 5, "a": 1}, model


def test_a7_runs_are_of_the_person_also_beside_days():
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": {"model": "time_decay", "half_life": "1 days", "touch": "runs", "lookback": "1 days"}}}}
    events = [page(0, "a"), page(DAY, "a"), page(2 * DAY - 1, "b"), page(2 * DAY, orders=6)]
    found = table([events], "page", "day", metrics=["orders"], view=view)
    half = 2.0 ** (-(DAY - 1) / DAY)
    assert {row[1]: row[3] for row in found if row[0] == "item" and row[3]} == pytest.approx({"a": 6 * half / (1 + half), "b": 6 / (1 + half)})


def test_a_formula_takes_runs_too():
    view = {"metrics": {**VIEW["metrics"], "it": {"calculate": "attributed(orders, linear, touch=runs)"}}}
    rows = table([ROW], "page", metrics=["it"], view=view)
    assert {row[1]: row[2] for row in rows if row[0] == "item" and row[2]} == {"a": 4, "b": 2}


def test_a1_decay_of_runs_on_many_touches_is_what_each_conversion_gives():
    chance = np.random.default_rng(7)
    t = np.sort(chance.integers(0, 200_000, 2_000))
    values, unit = chance.integers(0, 3, 2_000).astype(np.int32), np.arange(2_000) // 500
    last = np.sort(chance.integers(0, 2_000, 400))
    first = np.maximum(np.maximum(last - 37, 0), unit[last] * 500)
    heads = run_heads(values, np.arange(2_000), unit)
    low, high = runs_of(first, last, heads)
    amounts = chance.integers(1, 100, 400).astype(float)
    at = np.flatnonzero(heads)
    touches = Touches(at, t[at], unit[at], unit[at])
    ours = decayed(low, high, decaying_shares(low, high, amounts, touches, 3_000, t[first]), touches, 3_000)
    theirs = np.zeros(len(at))
    for begin, end, x in zip(first, last, amounts, strict=True):
        heard = [j for j in range(begin, end + 1) if j == begin or values[j] != values[j - 1]]
        weights = 2.0 ** (-(t[heard[-1]] - t[heard]) / 3_000)
        np.add.at(theirs, np.searchsorted(at, heard, side="right") - 1, x * weights / weights.sum())
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("value", [3, 7])
def test_a1_a_touch_with_some_of_the_values_begins_a_run(value):
    codes, touch = np.array([3, 7, value, 3, 7], np.int32), np.array([0, 0, 1, 2, 2])
    assert run_heads(codes, touch, np.zeros(3, np.int64)).tolist() == [True, True, True]


def test_runs_of_nothing_are_none():
    nothing = np.zeros(0, np.int64)
    assert run_heads(nothing.astype(np.int32), nothing, nothing).tolist() == []
    assert [part.tolist() for part in runs_of(np.array([0, 2]), np.array([-1, 1]), np.array([True, False]))] == [[0, 1], [-1, 0]]
