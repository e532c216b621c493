"""Combinations of sets as bits of a number: who is in all of some, and the order in which they are told (rule V)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cja_spark.journeys.batch import Floats

AND = " & "


def with_supersets(only: Floats, sets: int) -> Floats:
    """How many are in all sets of each combination: the sum over those that have the same sets and more.

    Shapes: float64[2^sets] -> float64[2^sets].
    Source: V. A set after another takes over what has it.
    """
    in_all = only.copy()
    masks = np.arange(len(only))
    for number in range(sets):
        without = masks[masks >> number & 1 == 0]
        in_all[without] += in_all[without | 1 << number]
    return in_all


def told(in_all: Floats, sets: int) -> tuple[list[int], list[int]]:
    """Each set alone in its order, then combinations that some are in: the largest first, of as many the one of fewer sets.

    Shapes: float64[2^sets] -> numbers of combinations, twice.
    """
    several = [mask for mask in range(len(in_all)) if mask.bit_count() > 1 and in_all[mask]]
    several.sort(key=lambda mask: (-in_all[mask], mask.bit_count(), [number for number in range(sets) if mask >> number & 1]))
    return [1 << number for number in range(sets)], several


def names_in(mask: int, called: Sequence[str]) -> str | None:
    """What the sets of a combination are called; None of none."""
    return AND.join(name for number, name in enumerate(called) if mask >> number & 1) or None
