"""Functions of experiments on variants drawn at random equal the reference in plain Python; and what the published formulas say."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cja_spark.view.formula.evaluate import Sheet, column
from cja_spark.view.formula.known import FUNCTIONS
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import Measure, measures_of
from tests.property.draws import cases
from tests.property.formulas import EXPERIMENTS
from tests.reference.calculated import Leaf, Rows, columns

VALUES = ((0.0, 1.0), (0.0, 0.0, 0.0, 1.0, 5.0), (0.0, 12.5, 99.9, 1e6), (-3.0, 2.0, 0.5), (7.0,), (0.0,), (1e8, 1e8 + 1))


def variant(chance):
    """The sums of a variant: what its people have, also as squares; None where there is no such row."""
    some = chance.choice(VALUES)
    units = [chance.choice(some) for _ in range(chance.choice([0, 1, 2, 3, 10, 200]))]
    many = chance.choice([1, 1, 1_000])  # as many times each
    return (float(many * len(units)), many * math.fsum(units), many * math.fsum(x * x for x in units))


def measures(arm):
    return {Measure("people"): arm[0], Measure("a"): arm[1], Measure("a", squared_per="people"): arm[2]}


def sums_of(arm):
    return {Leaf("people"): arm[0], Leaf("a"): arm[1], Leaf("a", per="people"): arm[2]}


def ours(text, arms, control):
    formulas, nothing = {"it": parse(text)}, {Measure("a"): math.nan}
    assert {*measures_of("it", formulas)} <= {*measures(arms[0])}
    sums = {one: np.array([measures(arm)[one] for arm in arms]) for one in measures(arms[0])}
    against = {one: np.full(len(arms), (measures(control) if control else nothing).get(one, math.nan)) for one in sums}
    sheet = Sheet(sums, measures(arms[0]), np.array([False, *[True] * (len(arms) - 1)]), {"A": against})
    return column("it", formulas, sheet).tolist()


def theirs(text, arms, control):
    view = {"metrics": {"a": "a", "it": {"calculate": text}}}
    sums, shown = [sums_of(arm) for arm in arms], [False, *[True] * (len(arms) - 1)]
    against = [sums_of(control) if control else None] * len(arms)
    return [row["it"] for row in columns(view, ["it"], Rows(sums, shown, sums[0], lambda _: against))]


def formula(chance):
    """A function of experiments on `a` per person."""
    name = chance.choice(EXPERIMENTS)
    kinds = {one.name for one in FUNCTIONS[name].parameters}
    control = ", control='A'" if "control" in kinds else ""
    threshold = chance.choice(["", ", threshold=0.9", ", threshold=1 - 0.05 / 3"]) if "threshold" in kinds else ""
    found = f"{name}(a, people{control}{threshold})"
    return f"total({found})" if FUNCTIONS[name].over == "row" and chance.random() < 0.3 else found


@settings(max_examples=cases(6_000, 1_500), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drawn_experiments_equal_the_reference(seed):
    chance = random.Random(seed)
    text = formula(chance)
    arms = [variant(chance) for _ in range(5)]
    control = chance.choice([None, *arms[1:], *arms[1:]])
    for at, (one, other) in enumerate(zip(ours(text, arms, control), theirs(text, arms, control), strict=True)):
        said = (text, at, arms, control)
        assert math.isnan(one) == (other is None), said
        if other is not None:  # what is small beside what it is the difference of has no more digits
            scale = max(1.0, *(abs(x) for arm in (arms[at], control or arms[at]) for x in arm[1:2])) if "upper" in text or "lower" in text else 1.0
            assert one == pytest.approx(other, rel=1e-7, abs=1e-9 * scale), said
