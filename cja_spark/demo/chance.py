"""Chance that only a row's own numbers and the seed decide: the same data whatever the partitioning."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

_UNIT = 1 << 40


def chance(name: str, seed: int, *keys: str) -> Column:
    """A number in [0, 1) of a row: a hash of a name, the seed and some of its columns."""
    return F.pmod(F.xxhash64(F.lit(name), F.lit(seed), *keys), F.lit(_UNIT)) / _UNIT


def pick(values: Sequence[str], draw: Column) -> Column:
    """One of some values, all equally likely."""
    return F.element_at(F.array(*[F.lit(value) for value in values]), (draw * len(values)).cast("int") + 1)


def skewed(draw: Column, count: int) -> Column:
    """A rank in 0..count-1 after Zipf's law: the share of a rank falls as its inverse."""
    return F.floor(F.pow(F.lit(float(count + 1)), draw) - 1).cast("int")


def weighted(weights: Sequence[float], draw: Column) -> Column:
    """An index drawn by weight, through its cumulated shares."""
    total, reached, edges = sum(weights), 0.0, []
    for weight in weights:
        reached += weight / total
        edges.append(reached)
    shares = F.array(*[F.lit(edge) for edge in edges[:-1]])
    return F.size(F.filter(shares, lambda edge: edge <= draw))
