"""Cells and their sums."""

import numpy as np
import pyarrow as pa

from cja_spark.reports.cells import Cells, Sums


def test_fractions_are_summed_in_the_order_of_the_cells():
    dice = np.random.default_rng(1)
    batches, expected = [], dict.fromkeys(range(40), 0.0)
    for _ in range(200):
        amounts = dice.random(40) * 10.0 ** dice.integers(0, 12, 40)
        cells = Cells()
        cells.add(0, amounts, np.arange(40))
        batches += cells.batches(0)
        for key, amount in enumerate(amounts.tolist()):
            expected[key] += amount
    found = Sums(pa.Table.from_batches(batches)).by_key(0)
    assert found == {(key,): amount for key, amount in expected.items()}
