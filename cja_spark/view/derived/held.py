"""What journeys hold for a component whose derived field a report makes: which columns, of which inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.date_math import DateMath
from cja_spark.view.derived.function import Function, Held, Hold
from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.neighbours import NeighbourFunction

AtReports = NeighbourFunction | DateMath  # the functions that a report runs
END = "e"  # a second number of a component: when a date math ends
OTHERS = "qrstuvwxyz"  # numbers of the event that functions behind take besides


class Holding(Function):
    """An input as it is; of an instant the microseconds since 1970, which a double has exactly up to the year 2255."""

    most: ClassVar[int] = 1

    function: Literal["holding"]
    input: Input
    kind: Held

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Any value."""
        return ((self.input, "any"),)

    def gives(self) -> Kind:
        """What the input has."""
        return "any"


def held_columns(component: str, function: AtReports, *, metric: bool, others: Sequence[Input] = ()) -> tuple[tuple[str, Hold], ...]:
    """Stored columns of a component, each with what it holds; none where a function asks the clock alone.

    Args:
        component: its name.
        function: the function that a report runs.
        metric: whether numbers are asked where a function takes both.
        others: what functions behind it take besides.
    """
    holds = function.holds(metric=metric)
    letters = ("d" if holds and holds[0].kind == "text" else "m", END)
    besides = ((letter, Hold(one, "amount")) for letter, one in zip(OTHERS, others, strict=False))
    return tuple((f"{letter}_{component}", hold) for letter, hold in (*zip(letters, holds, strict=False), *besides))
