"""Squares: what each unit, a person, a session or an event, has under a code, squared and summed per code."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.counting import coded

Codes = npt.NDArray[np.int32]


def paired(codes: Codes, units: Ints, size: int) -> tuple[Codes, Ints]:
    """Number the distinct pairs of a code and a unit by first appearance.

    Shapes: codes int32[n] in 0..size-1, units int64[n] from 0 -> int32[n], each one's pair; int64[pairs], the code of each
        pair. O(n) whatever the order.
    """
    pairs, numbers = coded(units * size + codes)
    return numbers, pairs % size


def squares_per_code(amounts: Floats, codes: Ints, size: int) -> Floats:
    """Sum of the squares of what units have, per code.

    Shapes: amounts float64[pairs], codes int64[pairs] in 0..size-1 -> float64[size].
    Source: the second moment of an experiment's metric. Doubles: its relative error grows with the number of pairs, far
        below 1e-9 for a billion of them.
    """
    return np.bincount(codes, weights=amounts * amounts, minlength=size).astype(np.float64)
