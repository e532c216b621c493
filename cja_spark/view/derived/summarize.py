"""Summarize: one value for all events of a session or person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.neighbours import NeighbourFunction

NUMBERS = ("max", "min", "median", "mean", "sum", "count")
VALUES = ("first", "last", "most_common", "least_common")


class Summarize(NeighbourFunction):
    """The maximum, sum, first value, … of what the events of a scope set, given to all of them.

    `max`, `min`, `median`, `mean`, `sum` and `count` are of numbers; `count_distinct` of values; `first`, `last`, `most_common`
    and `least_common` are values, and of equally common ones the one that came first.
    """

    most: ClassVar[int] = 3

    function: Literal["summarize"]
    how: Literal["max", "min", "median", "mean", "sum", "count", "count_distinct", "first", "last", "most_common", "least_common"]

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Numbers, where arithmetic is done with them."""
        return ((self.input, "number" if self.how in NUMBERS else "any"),)

    def gives(self) -> Kind:
        """A value of the input, or a number."""
        return "text" if self.how in VALUES else "number"

    def reads(self) -> Kind:
        """Numbers, or which values there are."""
        return "number" if self.how in NUMBERS else "text"
