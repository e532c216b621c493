"""conf/ajo on random rows: every metric, by every dimension, is what the reference reads in the nested JSON."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.golden.optimizer_project import Loaded
from tests.property.optimizer_rows import files
from tests.property.product import equal
from tests.property.test_optimizer_laws import ASKS, ordered
from tests.reference.optimizer import answered, loaded

MOST = 30 if os.environ.get("CJA_DRAW") == "all" else 3


def numbers(rows):
    """Whole numbers as fractions, since a sum of doubles and a count are compared."""
    return [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("optimizer")


@given(seed=st.integers(0, 10_000), size=st.sampled_from([5, 60]))
@settings(max_examples=MOST, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_metric_by_every_dimension_is_what_the_reference_counts(spark, place, seed, size):
    lines = files(seed, size)
    told, rows = Loaded(spark, place(), lines, ASKS), loaded(lines)
    assert sum(told.receipt.loaded[name] for name in told.receipt.loaded if name not in ("entities", "devices")) == len(rows)
    answers = told.answers()
    for name, ask in ASKS.items():
        assert equal(numbers(ordered(answers[name], ask)), numbers(ordered(answered(rows, ask), ask))), name
