"""Depth: the how-maniest event of the session or person sets a field."""

from __future__ import annotations

from typing import ClassVar, Literal

from cja_spark.view.derived.input import Kind
from cja_spark.view.derived.neighbours import NeighbourFunction


class Depth(NeighbourFunction):
    """1 on the first event that sets the input, 2 on the second, …; none on events that do not."""

    most: ClassVar[int] = 3

    function: Literal["depth"]

    def gives(self) -> Kind:
        """A whole number."""
        return "number"
