"""Rules G1, C1, M3: amounts compared with numbers, those with decimals to nine of them."""

import numpy as np
import pytest

from cja_spark.kernels.amounts import compared
from cja_spark.view.comparison import Comparison

NEARLY = sum([1 / 6] * 6)  # in this order less than 1
LARGE = 4612583703.0  # whole, and another number where it is multiplied by 10^9 and divided again


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"at_least": 1}, [False, True, True, False]), ({"at_most": 1}, [True, True, False, False]),
        ({"more_than": 1}, [False, False, True, False]), ({"less_than": 1}, [True, False, False, False]),
        ({"equals": 1}, [False, True, False, False]), ({"does_not_equal": 1}, [True, False, True, True]),
        ({"at_least": 0, "less_than": 2}, [True, True, False, False]),
    ],
)
def test_amounts_meet_all_comparisons(asked, met):
    assert compared(np.array([0.0, 1.0, 2.0, np.nan]), Comparison.model_validate(asked)).tolist() == met


def test_what_is_1_but_for_the_order_of_adding_is_1():
    assert NEARLY < 1
    amounts = np.array([NEARLY, 1 - 2e-9, LARGE])
    assert compared(amounts, Comparison(at_least=1.0)).tolist() == [True, False, True]
    assert compared(amounts, Comparison(less_than=1.0)).tolist() == [False, True, False]
    assert compared(amounts, Comparison(equals=LARGE)).tolist() == [False, False, True]


def test_counts_stay_what_they_are():
    assert compared(np.array([0, 1, 2]), Comparison(at_least=1.0)).tolist() == [False, True, True]
