"""The rate game on persons drawn at random, and on all small games, equals the reference in plain Python (rule A6)."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.kernels.dividends import shares, worths
from tests.property.draws import cases
from tests.reference.rate_game import FEWEST_PERSONS, RateGame
from tests.unit.kernels.by_hand import DAY, VIEW, page, table

LOOKBACK = DAY


def drawn(chance):
    """Persons that come often by few values, so that many have the same set, and convert by chance."""
    values = "abcdefgh"[: chance.choice([1, 2, 3, 4, 8])]
    often = [chance.random() for _ in values]
    persons = []
    for _ in range(chance.choice([30, 120, 200])):
        own = [page(at * 60_000 - chance.choice([0, 0, 2 * DAY]), value) for at, value in enumerate(values) if chance.random() < often[at]]
        own += [page(chance.choice([5, 300]) * 60_000, chance.choice([None, *values]), orders=chance.choice([1, 2.5, -3])) for _ in range(chance.choice([0, 0, 1, 2]))]
        persons.append(sorted(own, key=lambda event: event[0]))
    return persons


def ours(persons, scope):
    how = {"model": "algorithmic", "game": "rate_game", "lookback": "1 days"}
    view = {"metrics": {**VIEW["metrics"], "orders": {"field": "orders", "attribution": how}}}
    rows = table(persons, "page", metrics=["orders"], view=view, person_scope=scope)
    return {None if row[1] == "No value" else row[1]: row[2] for row in rows if row[0] == "item" and row[2]}


def theirs(persons, scope):
    begin = 0 if scope == "range" else -(10**15)
    game = RateGame([
        (
            frozenset(values["page"] for t, values in own if values["page"] and t >= begin),
            any(values.get("orders") and t >= 0 for t, values in own),
        )
        for own in persons
    ])  # fmt: skip
    found = {}
    for own in persons:
        for at, (t, values) in enumerate(own):
            if values.get("orders") and t >= 0:
                some = frozenset(one["page"] for then, one in own[: at + 1] if one["page"] and t - then <= LOOKBACK)
                for value, share in (game.shares(some) if some else {None: 1}).items():
                    found[value] = found.get(value, 0.0) + float(share) * values["orders"]
    return found


@settings(max_examples=cases(250, 60), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drawn_persons_give_the_credit_of_the_reference(seed):
    chance = random.Random(seed)
    persons, scope = drawn(chance), chance.choice(["range", "all"])
    found, expected = ours(persons, scope), theirs(persons, scope)
    for value in {*found, *expected}:
        assert found.get(value, 0.0) == pytest.approx(expected.get(value, 0.0), rel=1e-9, abs=1e-9), value


def of(players, rates):
    """The reference's game in which each subset has a rate in tenths, or too few persons."""
    persons = []
    for number, rate in enumerate(rates, start=1):
        values = frozenset(at for at in range(players) if number >> at & 1)
        persons += [(values, at < (rate or 0)) for at in range(FEWEST_PERSONS if rate is not None else FEWEST_PERSONS - 1)]
    return RateGame(persons)


@pytest.mark.parametrize(("players", "rates"), [(1, (None, *range(11))), (2, (None, 0, 1, 2, 5, 10)), (3, (None, 0, 2, 7))])
def test_all_small_games_are_shared_as_the_reference_does(players, rates):
    games = list(product(rates, repeat=2**players - 1))
    own = np.array([[np.nan, *(np.nan if rate is None else rate / 10 for rate in game)] for game in games])
    found = shares(worths(own))
    assert found.sum(axis=1) == pytest.approx(np.ones(len(games)))
    everyone = frozenset(range(players))
    for game, parts in zip(games, found, strict=True):
        theirs = of(players, game)
        assert theirs.by_dividends(everyone) == theirs.by_additions(everyone)
        expected = theirs.shares(everyone)
        assert parts == pytest.approx([float(expected[at]) for at in range(players)], abs=1e-9), game


def test_games_of_twelve_players_are_shared_in_full():
    chance = np.random.default_rng(1)
    own = np.where(chance.random((3, 1 << 12)) < 0.2, chance.integers(0, 11, (3, 1 << 12)) / 10, np.nan)
    found = shares(worths(own))
    assert found.sum(axis=1) == pytest.approx(np.ones(3))
    additive = np.zeros((1, 1 << 12))
    for at in range(12):
        additive += ((np.arange(1 << 12) >> at) & 1) * (at + 1) / 78
    assert shares(worths(additive))[0] == pytest.approx([(at + 1) / 78 for at in range(12)])
