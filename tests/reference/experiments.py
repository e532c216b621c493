"""Functions of experiments (rule Q): from how many units there are, the sum of a metric over them, and of its squares.

Written as the papers write it: the variance of the difference is that of the influence function f, by its mean and the mean of
its squares over all units of both arms. None is null.
"""

from __future__ import annotations

import math

RHO2 = 10**-2.8
AGAINST = ("lift", "confidence", "difference_lower", "difference_upper", "control_units")
WITHOUT_SQUARES = ("lift", "control_units")
ALONE = ("confidence_lower", "confidence_upper", "sample_variance")
FUNCTIONS = (*AGAINST, *ALONE)
Arm = tuple[float | None, float | None, float | None]  # units, sum, sum of squares


def computed(name: str, own: Arm, control: Arm | None, threshold: float) -> float | None:
    """A function of one row; null where something is missing or has no value."""
    arms = [own] if name in ALONE else [own, control]
    if name == "control_units":
        return None if control is None else control[0]
    needs_squares = name not in WITHOUT_SQUARES
    for arm in arms:
        if arm is None or arm[0] is None or arm[1] is None or arm[0] <= 0 or (needs_squares and (arm[2] is None or arm[0] < 2)):
            return None
    try:
        found = {
            "lift": lambda: mean(own) / mean(control) - 1,
            "sample_variance": lambda: variance(own),
            "confidence": lambda: confidence(own, control),
            "confidence_lower": lambda: mean(own) - half_width(variance(own), own[0], 1 - threshold),
            "confidence_upper": lambda: mean(own) + half_width(variance(own), own[0], 1 - threshold),
            "difference_lower": lambda: difference(own, control, threshold, -1),
            "difference_upper": lambda: difference(own, control, threshold, 1),
        }[name]()
    except ZeroDivisionError:
        return None
    return found if math.isfinite(found) else None


def mean(arm: Arm) -> float:
    return arm[1] / arm[0]


def variance(arm: Arm) -> float:
    """Σx²/(N-1) - (Σx)²/(N(N-1)); what rounding leaves of nothing is nothing."""
    units, total, squares = arm
    found = squares / (units - 1) - total**2 / (units * (units - 1))
    return 0.0 if abs(found) * (units - 1) <= 1e-12 * squares else max(found, 0.0)


def half_width(variance_of_unit: float, units: float, alpha: float) -> float:
    """arXiv 2103.06476, the asymptotic confidence sequence of a mean."""
    scale = 2 * (units * RHO2 + 1) / (units**2 * RHO2)
    return math.sqrt(variance_of_unit * scale * math.log(math.sqrt(units * RHO2 + 1) / alpha))


def variance_of_f(own: Arm, control: Arm) -> float:
    """f is Y N/N₁ on units of the variant and -Y N/N₀ on those of the control: the mean of f² less the square of its mean."""
    units = own[0] + control[0]
    second = (variance(own) + mean(own) ** 2) * units / own[0] + (variance(control) + mean(control) ** 2) * units / control[0]
    return second - (mean(own) - mean(control)) ** 2


def difference(own: Arm, control: Arm, threshold: float, side: int) -> float:
    return mean(own) - mean(control) + side * half_width(max(variance_of_f(own, control), 0.0), own[0] + control[0], 1 - threshold)


def confidence(own: Arm, control: Arm) -> float:
    """1 - p, by the test statistic z = Δ/σ_p."""
    units = own[0] + control[0]
    z = (mean(own) - mean(control)) / math.sqrt(variance_of_f(own, control) / units)
    scaled = units * RHO2
    return 1 - min(1.0, math.sqrt(scaled + 1) * math.exp(-scaled * z**2 / (2 * (scaled + 1))))
