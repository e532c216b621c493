"""Formulas drawn at random, on columns drawn at random, equal the reference in plain Python."""

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
from tests.property.formulas import Draw
from tests.reference.calculated import Leaf, Rows, columns

NAMES = ("a", "b", "c", "d")
WHOLE = ("a", "b")
VALUES = {"a": (0, 0, 1, 2, 3, 7, -4), "b": (0, 1, 1, 5, 12), "c": (0.0, 0.5, 3.25, -2.75, 1e6, None), "d": (0, 10, 10, 10)}


def drawn(chance):
    """Formulas of two metrics, the second made of the first; and rows: a total, some that are shown, *other*."""
    draw = Draw(chance, NAMES, WHOLE)
    texts = {"first": draw.formula(), "second": f"first + {draw.formula()}"}
    count = chance.choice([0, 1, 2, 3, 5, 9, 17])
    rows = [{name: chance.choice(VALUES[name]) for name in NAMES} for _ in range(count + 2)]
    return texts, rows, [False, *[True] * count, False]


def ours(texts, rows, shown):
    formulas = {name: parse(text) for name, text in texts.items()}
    sums = {Measure(name): np.array([row[name] for row in rows], float) for name in NAMES}
    totals = {Measure(name): float(rows[0][name] or 0) for name in NAMES}
    assert {one for name in texts for one in measures_of(name, formulas)} <= sums.keys()
    found = {name: column(name, formulas, Sheet(sums, totals, np.array(shown))) for name in texts}
    return [{name: None if math.isnan(found[name][at]) else float(found[name][at]) for name in texts} for at in range(len(rows))]


def theirs(texts, rows, shown):
    view = {"metrics": {**dict.fromkeys(NAMES, "field"), **{name: {"calculate": text} for name, text in texts.items()}}}
    sums = [{Leaf(name): value for name, value in row.items()} for row in rows]
    grand = {Leaf(name): rows[0][name] or 0.0 for name in NAMES}
    return columns(view, list(texts), Rows(sums, shown, grand))


@settings(max_examples=cases(6_000, 2_000), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_drawn_formulas_equal_the_reference(seed):
    texts, rows, shown = drawn(random.Random(seed))
    expected = theirs(texts, rows, shown)
    for at, row in enumerate(ours(texts, rows, shown)):
        for name, value in row.items():
            assert value == (None if expected[at][name] is None else pytest.approx(expected[at][name], rel=1e-7, abs=1e-7)), (at, texts, rows)


def test_what_is_drawn_has_every_function():
    formulas = " ".join(" ".join(drawn(random.Random(seed))[0].values()) for seed in range(4_000)).lower()
    assert [name for name, one in FUNCTIONS.items() if f"{name}(" not in formulas and one.group != "Experiments"] == []
