"""Deduplicate: of the values of a session or person one stays."""

from __future__ import annotations

from typing import ClassVar, Literal

from cja_spark.spec import Name
from cja_spark.view.derived.neighbours import NeighbourFunction


class Deduplicate(NeighbourFunction):
    """The first or last value that is set stays, the others are not set; with `id` one per value of that dimension (M4).

    An event without an id is no repetition.

    Attributes:
        id: a dimension each of whose values has its own first one.
        keep: which of the values stays.
    """

    most: ClassVar[int] = 5

    function: Literal["deduplicate"]
    id: Name | None = None
    keep: Literal["first", "last"] = "first"
