"""Summarize: one value for all events of a session or person, or for all values of one event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from cja_spark.view.derived.input import Input, Kind
from cja_spark.view.derived.neighbours import NeighbourFunction

NUMBERS = ("max", "min", "median", "mean", "sum", "count")
VALUES = ("first", "last", "most_common", "least_common", "earliest", "latest")
How = Literal[
    "max", "min", "median", "mean", "sum", "count", "count_distinct", "first", "last", "most_common", "least_common", "earliest", "latest",
    "distinct",
]  # fmt: skip


class Summarize(NeighbourFunction):
    """The maximum, sum, first value, … of what the events of a scope set, given to all of them.

    `max`, `min`, `median`, `mean`, `sum` and `count` are of numbers; `count_distinct` of values; `first`, `last`, `most_common`
    and `least_common` are values, and of equally common ones the one that came first; `earliest` and `latest` are dates, as they
    are written, and of equal ones the one that came first. `distinct` is all different values: an event has several.

    With `scope: event` it is of the values that one event has in an array, and the event has it once.

    Attributes:
        how: what is made of the values.
    """

    most: ClassVar[int] = 3

    function: Literal["summarize"]
    scope: Literal["event", "session", "person"] = "session"  # type: ignore[assignment]  # narrower than the setting that it inherits
    how: How

    @property
    def of_events(self) -> bool:
        """Whether it asks one event alone."""
        return self.scope == "event"

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Numbers, where arithmetic is done with them, and dates, where they are compared."""
        return ((self.input, "number" if self.how in NUMBERS else "time" if self.how in ("earliest", "latest") else "any"),)

    def gives(self) -> Kind:
        """A value of the input, or a number."""
        return "text" if self.how in VALUES or self.gives_list else "number"

    @property
    def gives_list(self) -> bool:
        """Whether it keeps all different values."""
        return self.how == "distinct"
