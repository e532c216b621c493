"""Dividends: how a game of sets of players shares among the players of a set what it is worth (rule A6)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NOTHING = 1e-9  # parts below are what rounding leaves of 0


def worths(own: Floats) -> Floats:
    """What each subset is worth: its own share, else the largest one of its subsets, else 0; the empty set is worth 0.

    Shapes: own float64[games, 2^players], NaN where a subset has no share of its own -> the same shape. Bit a of a
        column's number says whether player a is in the subset.
    Source: A6.
    """
    largest = np.where(np.isnan(own), -np.inf, own)
    largest[:, 0] = -np.inf
    for with_, without in _pairs(largest):
        np.maximum(with_, without, out=with_)
    found = np.where(np.isnan(own), np.where(np.isfinite(largest), largest, 0.0), own)
    found[:, 0] = 0.0
    return found


def shares(worth: Floats) -> Floats:
    """The part of each player of the whole set: equal parts of the dividends, none below 0, normalised.

    Shapes: worth float64[games, 2^players] -> float64[games, players]; rows sum to 1.
    Source: A6: Harsanyi dividends; equal parts where all are 0.
    """
    players = int(worth.shape[1]).bit_length() - 1
    dividends = worth.copy()
    for with_, without in _pairs(dividends):
        with_ -= without
    numbers = np.arange(worth.shape[1])
    sizes = sum((numbers >> at) & 1 for at in range(players))
    each = dividends / np.maximum(sizes, 1)
    parts = np.stack([each[:, (numbers >> at) & 1 == 1].sum(axis=1) for at in range(players)], axis=1)
    parts = np.where(parts > NOTHING, parts, 0.0)
    whole = parts.sum(axis=1, keepdims=True)
    return np.asarray(np.where(whole > 0, parts / np.where(whole > 0, whole, 1.0), 1.0 / players), np.float64)


def _pairs(of_subsets: Floats) -> list[tuple[Floats, Floats]]:
    """Per player the subsets with it, and the same ones without it, as views."""
    games, subsets = of_subsets.shape
    found = []
    for at in range(int(subsets).bit_length() - 1):
        halves = of_subsets.reshape(games, -1, 2, 1 << at)
        found.append((halves[:, :, 1], halves[:, :, 0]))
    return found
