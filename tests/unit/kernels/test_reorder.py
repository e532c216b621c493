"""Runs of values in another order against plain slices."""

import numpy as np
import pytest

from cja_spark.kernels.reorder import reordered


@pytest.mark.parametrize("kind", [np.int64, np.float64])
@pytest.mark.parametrize("seed", range(10))
def test_runs_are_copied_one_after_another(seed, kind):
    dice = np.random.default_rng(seed)
    values = dice.integers(0, 100, 50).astype(kind)
    values.flags.writeable = False  # as Arrow gives them
    begins = dice.integers(0, 50, seed)
    sizes = dice.integers(0, 51 - begins)
    expected = [value for begin, size in zip(begins, sizes, strict=True) for value in values[begin : begin + size]]
    found = reordered(values, begins, sizes)
    assert found.dtype == kind
    assert found.tolist() == expected
