"""What a function of a formula is: its parameters, what it runs over, and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Kind = Literal["value", "metric", "number", "flag", "measured", "container", "text"]
Over = Literal["row", "table", "place", "order"]
Check = Callable[[float], str | None]


@dataclass(frozen=True)
class Parameter:
    """What a function takes.

    Attributes:
        name: its name, for `name=…` and messages.
        kind: `value` any formula; `metric` one that has a value per row; `number` one without metrics; `flag` true or
            false; `measured` one metric by its name, in segments or not; `container` people, sessions or events; `text` a
            text in quotes.
        default: what is taken where nothing is given; None where something must be.
        check: what is wrong with a number, if anything is; with a `value` that is the same on every row.
        many: whether more may follow.
    """

    name: str
    kind: Kind = "value"
    default: float | None = None
    check: Check | None = None
    many: bool = False


@dataclass(frozen=True)
class Function:
    """A function of formulas.

    Attributes:
        name: its name, small letters.
        over: `row` gives each row its own; `table` all rows one value, computed over the rows that are shown; `place`
            each shown row its place among them, and the other rows nothing; `order` the same by the order of rows.
        parameters: what it takes.
        compute: numbers as float, all else as float64[rows]; NaN is null.
        says: what it gives, in a few words.
        group: under which heading the guide has it.
        takes_null: whether it says itself what null gives; else null gives null.
    """

    name: str
    over: Over
    parameters: tuple[Parameter, ...]
    compute: Callable[..., Any]
    says: str
    group: Literal["Basic", "Logic", "Mathematics", "Statistics", "Regressions", "Experiments"]
    takes_null: bool = False

    def signature(self) -> str:
        """How it is written: ``mean(metric, include_zeros=false)``."""
        return f"{self.name}({', '.join(map(_written, self.parameters))})"


def _written(parameter: Parameter) -> str:
    if parameter.many:
        return f"{parameter.name}, …"
    if parameter.default is None:
        return parameter.name
    default = ("false", "true")[int(parameter.default)] if parameter.kind == "flag" else f"{parameter.default:g}"
    return f"{parameter.name}={default}"


def whole(number: float) -> str | None:
    """Refuse a fraction."""
    return None if number == int(number) else "is a whole number"


def not_0(number: float) -> str | None:
    """Refuse a divisor that gives no value."""
    return None if number else "is 0, which gives no value on any row"


METRIC = Parameter("metric", "metric")
INCLUDE_ZEROS = Parameter("include_zeros", "flag", 0.0)
X, Y = Parameter("x"), Parameter("y")
