"""Who of a cohort is back in periods after or before (rules C2, C3)."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numba
import numpy as np

from cja_spark.journeys.batch import Ints

Back = Literal["on", "on_or_after", "rolling", "latency"]
LARGEST = 4_000_000  # counts that are held at once


class Stays(NamedTuple):
    """Periods of persons, ascending by person, then by period.

    Attributes:
        people: int64[n], whose.
        periods: int64[n], counted from 0.
        rows: int64[n], the cohort that the person is in by it, where periods are those of inclusion.
    """

    people: Ints
    periods: Ints
    rows: Ints


class Counts(NamedTuple):
    """How many persons of cohorts are back.

    Attributes:
        rows: int64[n], the cohort.
        after: int64[n], periods after that of inclusion; before it where less than 0.
        people: int64[n], how many; more than 0.
    """

    rows: Ints
    after: Ints
    people: Ints


def back(entries: Stays, returns: Stays, size: int, periods: int, known: int, how: Back) -> Counts:
    """How many persons of each cohort are back after k periods.

    Args:
        entries: the periods of inclusion, all before `known`; of one person and period there may be several rows.
        returns: the periods of return.
        size: number of cohorts.
        periods: number of periods.
        known: number of the periods that the data is complete for.
        how: what being back is.

    Shapes: see `Stays` and `Counts`; all of it O(n log n), but on the very period O(n · periods).
    Source: C2, C3.
    """
    if how in ("on", "latency"):
        return _on(entries, returns, size, periods, known, before=how == "latency")
    last = _last_return(entries, returns) if how == "on_or_after" else _last_in_a_row(entries, returns, periods)
    return _up_to(entries, np.minimum(last, known - 1) - entries.periods, periods)


def chained(entries: Stays, returns: Stays, periods: int, known: int) -> Counts:
    """How many persons of each cohort a rolling share of k periods is of: those that are back in all periods before.

    Shapes: as `back`; of cohorts whose period k is known.
    Source: C3: the share is of the previous column.
    """
    last = _last_in_a_row(entries, returns, periods) + 1
    return _up_to(entries, np.minimum(last, known - 1) - entries.periods, periods)


def _up_to(entries: Stays, most: Ints, periods: int) -> Counts:
    """Counts where each entry counts after 1, 2, … `most` periods, in no period where that is less than 1.

    Shapes: most int64[entries].
    """
    some = most > 0
    rows, inverse = np.unique(entries.rows[some], return_inverse=True)
    found: list[Counts] = []
    block = max(LARGEST // periods, 1)
    for low in range(0, len(rows), block):
        here = (inverse >= low) & (inverse < low + block)
        wide = min(block, len(rows) - low)
        lasting = np.bincount((inverse[here] - low) * periods + most[some][here], minlength=wide * periods).reshape(wide, periods)
        found.append(_filled(np.cumsum(lasting[:, ::-1], axis=1)[:, ::-1][:, 1:], rows[low : low + wide], 1))
    return _joined(found)


def _on(entries: Stays, returns: Stays, size: int, periods: int, known: int, *, before: bool) -> Counts:
    offsets = np.searchsorted(returns.people, np.arange(int(entries.people[-1]) + 2 if len(entries.people) else 1))
    found: list[Counts] = []
    wide = 2 * periods - 1 if before else periods
    block = max(LARGEST // wide, 1)
    for low in range(0, size, block):
        counts = np.zeros((min(block, size - low), wide), np.int64)
        _count_on(entries.people, entries.periods, entries.rows - low, offsets, returns.periods, known, wide - periods, counts)
        found.append(_filled(counts, np.arange(low, low + len(counts)), periods - wide))
    return _joined(found)


@numba.njit(cache=True, nogil=True)
def _count_on(people, periods, rows, offsets, returns, known, before, counts):
    for at in range(len(people)):
        row = rows[at]
        if row < 0 or row >= len(counts):
            continue
        for back in range(offsets[people[at]], offsets[people[at] + 1]):
            after = returns[back] - periods[at]
            if returns[back] < known and after != 0 and after >= -before:
                counts[row, after + before] += 1


def _filled(counts: Ints, rows: Ints, first: int) -> Counts:
    """The counts that are not 0 of a grid whose first column is `first` periods after.

    Shapes: counts int64[rows, columns], rows int64[rows].
    """
    row, column = np.nonzero(counts)
    return Counts(rows[row], column + first, counts[row, column])


def _joined(parts: list[Counts]) -> Counts:
    nothing = np.zeros(0, np.int64)
    return Counts(*(np.concatenate([nothing, *some]) for some in zip(*parts, strict=True))) if parts else Counts(nothing, nothing, nothing)


def _last_return(entries: Stays, returns: Stays) -> Ints:
    """The last period of return of each entry's person, -1 of who has none: int64[entries]."""
    ends = np.searchsorted(returns.people, entries.people, side="right")
    found = np.append(returns.periods, -1)[ends - 1]
    mine = np.append(returns.people, -1)[ends - 1] == entries.people
    return np.where(mine, found, -1)


def _last_in_a_row(entries: Stays, returns: Stays, periods: int) -> Ints:
    """The last of the periods of return that follow on each entry's period without a gap, its own where none does.

    Shapes: -> int64[entries].
    """
    keys = returns.people * periods + returns.periods
    wanted = entries.people * periods + entries.periods + 1
    places = np.searchsorted(keys, wanted)
    breaks = np.flatnonzero(np.append((np.diff(keys) != 1) | (np.diff(returns.people) != 0), True))  # the last of each row
    follows = (np.append(keys, -1)[places] == wanted) & (entries.periods + 1 < periods)
    ends = breaks[np.minimum(np.searchsorted(breaks, places), len(breaks) - 1)]
    return np.where(follows, np.append(returns.periods, 0)[ends], entries.periods)
