"""Next or previous: the value of another event of the session or person."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cja_spark.view.derived.neighbours import NeighbourFunction


class NextOrPrevious(NeighbourFunction):
    """The value that the n-th later (or earlier) event sets which sets one; events that set none have none (W5).

    Without `include_repeats` equal values in a row count as one: the n-th later value is that of the n-th later run.

    Attributes:
        direction: later or earlier.
        index: how many values away.
        include_repeats: whether equal values in a row count each.
    """

    most: ClassVar[int] = 3

    function: Literal["next_or_previous"]
    direction: Literal["next", "previous"]
    index: int = Field(default=1, ge=1)
    include_repeats: bool = False
