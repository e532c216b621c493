"""Functions of experiments: variants against a control, with inference that is valid at any time (rule Q).

A variant is seen through three sums over its units, which are people, sessions or events: how many there are, N, the sum of
the metric over them, and the sum of its squares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cja_spark.view.formula.functions import Floats, Function, Parameter

WITHOUT_SQUARES = ("lift", "control_units")  # functions that need no sum of squares
CONTAINERS = ("people", "sessions", "events")  # what a unit may be, the widest first
RHO2 = 10**-2.8  # tunes at how many units bounds are tightest; Customer Journey Analytics has one for all experiments
ROUNDING = 1e-12  # what may be left of a variance of 0, as a share of the mean square


@dataclass(frozen=True, eq=False)
class Arm:
    """A variant's sums, float64[rows] each; NaN where a row has none.

    Attributes:
        sums: of the metric.
        squares: of the squares of what each unit has of it.
        units: how many units there are.
    """

    sums: Floats
    squares: Floats
    units: Floats

    @property
    def mean(self) -> Floats:
        """The metric per unit."""
        return self.sums / self.units

    @property
    def variance(self) -> Floats:
        """The sample variance; null below two units: 0 / 0.

        Source: Σx²/(N-1) - (Σx)²/(N(N-1)). Decision: what rounding leaves of 0 is 0.
        """
        spread = self.squares - self.sums * self.mean
        spread = np.where(np.abs(spread) <= ROUNDING * self.squares, 0.0, np.maximum(spread, 0.0))
        return np.asarray(spread / (self.units - 1), np.float64)


def boundary(units: Floats, alpha: float) -> Floats:
    """How many standard deviations of one unit a mean is known to, at any time.

    Shapes: units float64[rows] -> float64[rows].
    Source: Waudby-Smith et al., Time-uniform central limit theory and asymptotic confidence sequences, arXiv 2103.06476:
        sqrt(2 (Nρ² + 1) / (N²ρ²) ln(sqrt(Nρ² + 1) / α)).
    """
    scaled = units * RHO2
    return np.sqrt(2 * (scaled + 1) / (units * scaled) * np.log(np.sqrt(scaled + 1) / alpha))


def variance_of_difference(own: Arm, control: Arm) -> Floats:
    """The variance, of one unit of both arms, of the difference of their means.

    The difference is the mean of f = Y·1{own}/π₁ - Y·1{control}/π₀, inverse propensity weights with π = N/(N₁ + N₀). So
    its variance is the mean of f² without the square of its mean: (σ₁² + μ₁²)/π₁ + (σ₀² + μ₀²)/π₀ - (μ₁ - μ₀)². The same
    as a sum of what is never negative, so that nothing cancels: σ₁²/π₁ + σ₀²/π₀ + (π₀μ₁ + π₁μ₀)²/(π₀π₁).

    Shapes: float64[rows] each -> float64[rows].
    """
    both = own.units + control.units
    share, rest = own.units / both, control.units / both
    shift = rest * own.mean + share * control.mean
    return np.asarray(own.variance / share + control.variance / rest + shift**2 / (share * rest), np.float64)


def _lift(own: Arm, control: Arm) -> Floats:
    return (own.mean - control.mean) / control.mean


def _confidence(own: Arm, control: Arm) -> Floats:
    """1 - p, where p is the α at which 0 is a bound of the difference: sqrt(Nρ²+1) exp(-Nρ²z²/(2(Nρ²+1))), 1 at most."""
    units = own.units + control.units
    squared_z = units * (own.mean - control.mean) ** 2 / variance_of_difference(own, control)
    scaled = units * RHO2
    p = np.sqrt(scaled + 1) * np.exp(-scaled * squared_z / (2 * (scaled + 1)))
    return np.asarray(1.0 - np.minimum(p, 1.0), np.float64)


def _around(arm: Arm, threshold: float, side: int) -> Floats:
    return arm.mean + side * np.sqrt(arm.variance) * boundary(arm.units, 1 - threshold)


def _apart(own: Arm, control: Arm, threshold: float, side: int) -> Floats:
    width = np.sqrt(variance_of_difference(own, control)) * boundary(own.units + control.units, 1 - threshold)
    return own.mean - control.mean + side * width


def _below(arm: Arm, threshold: float) -> Floats:
    return _around(arm, threshold, -1)


def _above(arm: Arm, threshold: float) -> Floats:
    return _around(arm, threshold, 1)


def _least_apart(own: Arm, control: Arm, threshold: float) -> Floats:
    return _apart(own, control, threshold, -1)


def _most_apart(own: Arm, control: Arm, threshold: float) -> Floats:
    return _apart(own, control, threshold, 1)


def _units_of_control(own: Arm, control: Arm) -> Floats:
    return control.units


def _variance(arm: Arm) -> Floats:
    return arm.variance


def _share(number: float) -> str | None:
    return None if 0 < number < 1 else "lies between 0 and 1, such as 0.95 for 95 %"


PER = (Parameter("metric", "measured"), Parameter("normalizing", "container"))
CONTROL = Parameter("control", "text")
THRESHOLD = Parameter("threshold", "number", 0.95, _share)
AGAINST = (*PER, CONTROL)


def _of_row(name: str, parameters: tuple[Parameter, ...], compute: Callable[..., Floats], says: str) -> Function:
    return Function(name, "row", parameters, compute, says, "Experiments")


def _against(name: str, parameters: tuple[Parameter, ...], compute: Callable[..., Floats], says: str) -> Function:
    return Function(name, "place", parameters, compute, says, "Experiments")


EXPERIMENTS = (
    _against("lift", AGAINST, _lift, "by which share the metric per unit is above the control's"),
    _against("confidence", AGAINST, _confidence, "how sure it is, at any time, that variant and control differ: 1 - p"),
    _of_row("confidence_lower", (*PER, THRESHOLD), _below, "the lower bound of the variant's own metric per unit, valid at any time"),
    _of_row("confidence_upper", (*PER, THRESHOLD), _above, "the upper bound"),
    _against("difference_lower", (*AGAINST, THRESHOLD), _least_apart, "the lower bound of the difference from the control's metric per unit"),
    _against("difference_upper", (*AGAINST, THRESHOLD), _most_apart, "the upper bound"),
    _against("control_units", AGAINST, _units_of_control, "how many units the control has"),
    _of_row("sample_variance", PER, _variance, "the variance of the metric over units, divided by N - 1"),
)
