"""Chance that only a row's own numbers and the seed decide: the same data whatever the partitioning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as F

_UNIT = 1 << 40


def chance(name: str, seed: int, *keys: str) -> Column:
    """A number in [0, 1) of a row: a hash of a name, the seed and some of its columns."""
    return F.pmod(F.xxhash64(F.lit(name), F.lit(seed).cast("bigint"), *keys), F.lit(_UNIT)) / _UNIT


def pick(values: Sequence[str] | Sequence[int], draw: Column) -> Column:
    """One of some values, all equally likely; a value that is named twice is twice as likely."""
    return listed(values, F.floor(draw * len(values)))


def listed(values: Sequence[str] | Sequence[int], index: Column) -> Column:
    """The value at an index from 0; a literal list costs a row one look, a chain of comparisons a page of Java."""
    return F.element_at(F.lit(np.array(values)), index.cast("int") + 1)


def weighted(weights: Mapping[str, int]) -> list[str]:
    """Values to pick from, each as often as its weight says."""
    return [value for value, weight in weights.items() for _ in range(weight)]


def skewed(draw: Column, count: int) -> Column:
    """A rank in 0..count-1 after Zipf's law: the share of a rank falls as its inverse."""
    return F.floor(F.pow(F.lit(float(count + 1)), draw) - 1).cast("int")
