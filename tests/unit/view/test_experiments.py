"""Functions of experiments: the published formulas, the variance that was derived, and what the bounds promise, by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cja_spark.view.formula.experiments import RHO2, Arm, boundary, variance_of_difference
from cja_spark.view.formula.known import FUNCTIONS

EXPERIMENTS, LOOKS, FROM = 400, 2_000, 100  # what is asymptotic is asked from so many units on
AT_MOST = 0.05


def computed(name, *given):
    with np.errstate(all="ignore"):
        return FUNCTIONS[name].compute(*given)


def arm(units):
    """A variant of units that have these amounts."""
    return Arm(np.array([math.fsum(units)]), np.array([math.fsum(x * x for x in units)]), np.array([float(len(units))]))


def looks(amounts, chosen=None):
    """The sums of experiments after each unit: float64[experiments, units]."""
    kept = np.ones(amounts.shape) if chosen is None else chosen.astype(float)
    return Arm(np.cumsum(amounts * kept, 1), np.cumsum(amounts**2 * kept, 1), np.cumsum(kept, 1))


def share_ever(outside):
    """The share of experiments that are wrong at some look."""
    return float(np.mean(np.any(outside[:, FROM:], axis=1)))


KINDS = {
    "rate": lambda chance, size: (chance.random(size) < 0.1).astype(float), "amount": lambda chance, size: chance.exponential(20.0, size),
    "rare amount": lambda chance, size: (chance.random(size) < 0.3) * chance.gamma(2.0, 5.0, size),
}  # fmt: skip
MEANS = {"rate": 0.1, "amount": 20.0, "rare amount": 3.0}


def test_a_sample_variance_is_divided_by_one_less():
    assert computed("sample_variance", arm([1, 2, 3])).tolist() == [1]
    assert computed("sample_variance", arm([0.1] * 10)).tolist() == [0]
    assert np.isnan([computed("sample_variance", arm(units))[0] for units in ([], [5])]).all()


def test_a_lift_is_relative_to_the_control():
    assert computed("lift", arm([3, 5]), arm([2, 2, 2])).tolist() == [1]
    assert computed("lift", arm([-3]), arm([-2])).tolist() == [0.5]
    assert not np.isfinite(computed("lift", arm([1]), arm([0]))[0])


def test_the_bounds_are_as_published():
    n, alpha = 1_000.0, 0.05
    published = math.sqrt(2 * (n * RHO2 + 1) / (n**2 * RHO2) * math.log(math.sqrt(n * RHO2 + 1) / alpha))
    assert boundary(np.array([n]), alpha)[0] == pytest.approx(published)
    units = [1] * 100 + [0] * 900
    lower, upper = (computed(f"confidence_{side}", arm(units), 0.95)[0] for side in ("lower", "upper"))
    assert (upper - 0.1) == pytest.approx(0.1 - lower) == pytest.approx(published * math.sqrt(0.1 * 0.9 * 1_000 / 999))


def test_the_variance_of_a_difference_is_that_of_the_influence_function():
    chance = np.random.default_rng(1)
    for _ in range(200):
        own, control = (chance.normal(chance.uniform(-3, 9), chance.uniform(0.1, 4), chance.integers(2, 60)) for _ in range(2))
        both = len(own) + len(control)
        f = np.concatenate([own * both / len(own), -control * both / len(control)])
        assert np.mean(f) == pytest.approx(own.mean() - control.mean())
        sampled = sum((np.var(one, ddof=1) - np.var(one)) * both / len(one) for one in (own, control))  # n - 1 in the place of n
        published = sum((np.var(one, ddof=1) + one.mean() ** 2) * both / len(one) for one in (own, control)) - np.mean(f) ** 2
        assert variance_of_difference(arm(own), arm(control))[0] == pytest.approx(np.var(f) + sampled) == pytest.approx(published)


@pytest.mark.parametrize("kind", KINDS)
def test_the_difference_weighted_by_known_shares_varies_by_it(kind):
    chance, share, n = np.random.default_rng(2), 0.3, 500
    amounts = KINDS[kind](chance, (4_000, n))
    own = chance.random(amounts.shape) < share
    estimates = np.mean(np.where(own, amounts / share, -amounts / (1 - share)), axis=1)
    variances = variance_of_difference(looks_at_last(amounts, own), looks_at_last(amounts, ~own))
    assert np.mean(estimates) == pytest.approx(0, abs=4 * estimates.std() / math.sqrt(4_000))
    assert np.var(estimates) * n == pytest.approx(np.mean(variances), rel=0.08)


def looks_at_last(amounts, chosen):
    found = looks(amounts, chosen)
    return Arm(found.sums[:, -1], found.squares[:, -1], found.units[:, -1])


@pytest.mark.parametrize("kind", KINDS)
def test_who_looks_after_each_unit_finds_the_mean_inside_its_bounds(kind):
    there = looks(KINDS[kind](np.random.default_rng(3), (EXPERIMENTS, LOOKS)))
    lower, upper = (computed(f"confidence_{side}", there, 0.95) for side in ("lower", "upper"))
    assert share_ever((lower > MEANS[kind]) | (upper < MEANS[kind])) <= AT_MOST
    with np.errstate(invalid="ignore"):
        of_one_look = 1.96 * np.sqrt(there.variance / there.units)
    assert share_ever(np.abs(there.mean - MEANS[kind]) > of_one_look) > 3 * AT_MOST


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_who_looks_after_each_unit_is_not_sure_of_a_difference_that_is_none(kind, share):
    chance = np.random.default_rng(4)
    amounts = KINDS[kind](chance, (EXPERIMENTS, LOOKS))
    own = chance.random(amounts.shape) < share
    arms = looks(amounts, own), looks(amounts, ~own)
    sure = computed("confidence", *arms)
    assert share_ever(sure > 0.95) <= AT_MOST
    assert np.nanmin(sure) >= 0
    lower, upper = (computed(f"difference_{side}", *arms, 0.95) for side in ("lower", "upper"))
    np.testing.assert_array_equal((sure > 0.95)[:, FROM:], ((lower > 0) | (upper < 0))[:, FROM:])


def test_a_difference_is_inside_its_bounds_and_becomes_sure():
    chance = np.random.default_rng(5)
    own = chance.random((EXPERIMENTS, LOOKS)) < 0.5
    amounts = (chance.random(own.shape) < np.where(own, 0.2, 0.1)).astype(float)
    arms = looks(amounts, own), looks(amounts, ~own)
    lower, upper = (computed(f"difference_{side}", *arms, 0.95) for side in ("lower", "upper"))
    assert share_ever((lower > 0.1) | (upper < 0.1)) <= AT_MOST
    assert np.mean(computed("confidence", *arms)[:, -1] > 0.95) > 0.9


def test_a_higher_threshold_has_wider_bounds():
    own, control = arm([1] * 30 + [0] * 70), arm([1] * 20 + [0] * 80)
    widths = [computed("difference_upper", own, control, one)[0] - computed("difference_lower", own, control, one)[0] for one in (0.8, 0.95, 0.99)]
    assert widths == sorted(widths)


def test_what_rounding_leaves_of_no_variance_is_none():
    for value in (0.1, 0.7, 1e6 + 0.3):
        for count in (2, 3, 7, 1_000):
            assert computed("sample_variance", arm([value] * count)).tolist() == [0]
