"""Wilson's interval: between which shares the true one lies, as 95 of 100 such intervals do."""

from __future__ import annotations

import numpy as np

from cja_spark.journeys.batch import Floats

Z = 1.959964


def wilson(successes: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Lower and upper bounds of shares; NaN where there is no trial.

    Shapes: successes float64[n], trials float64[n] -> float64[n], float64[n].
    Source: B4; Wilson 1927. None and all are exactly 0 and 1 at their own end, where the formula leaves rounding.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share, square = successes / trials, Z * Z / trials
        middle = share + square / 2
        half = Z * np.sqrt(share * (1 - share) / trials + square / (4 * trials))
        lower, upper = (middle - half) / (1 + square), (middle + half) / (1 + square)
    lower[(successes == 0) & (trials > 0)] = 0
    upper[(successes == trials) & (trials > 0)] = 1
    return lower, upper
