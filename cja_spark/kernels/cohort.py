"""Who of a cohort is back in periods after or before (rules C2, C3)."""

from __future__ import annotations

from collections.abc import Callable
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
    """

    people: Ints
    periods: Ints


class Counts(NamedTuple):
    """How many persons of cohorts are back.

    Attributes:
        rows: int64[n], the cohort.
        after: int64[n], periods after that of inclusion; before it where less than 0; 0 are those who return in it.
        people: int64[n], how many; more than 0.
    """

    rows: Ints
    after: Ints
    people: Ints


def back(entries: Stays, rows: Ints, returns: Stays, size: int, periods: int, known: int, how: Back) -> Counts:
    """How many persons of each cohort are back after k periods.

    Args:
        entries: the periods of inclusion, all before `known`; of one person and period there may be several.
        rows: the cohort that each of them is of.
        returns: the periods of return.
        size: number of cohorts.
        periods: number of periods.
        known: number of the periods that the data is complete for.
        how: what being back is.

    Shapes: rows int64[entries] in 0..size-1; all of it O(n), but on the very period O(n · periods).
    Source: C2, C3.
    """
    if how in ("on", "latency"):
        return _on(entries, rows, returns, size, periods, known, before=how == "latency")
    last = _last_return(entries, returns) if how == "on_or_after" else _last_in_a_row(entries, returns)
    return _up_to(rows, np.minimum(last, known - 1) - entries.periods, size, periods)


def chained(entries: Stays, rows: Ints, returns: Stays, size: int, periods: int, known: int) -> Counts:
    """How many persons of each cohort a rolling share of k periods is of: those that are back in all periods before.

    Shapes: as `back`; of cohorts whose period k is known.
    Source: C3: the share is of the previous column.
    """
    last = _last_in_a_row(entries, returns) + 1
    return _up_to(rows, np.minimum(last, known - 1) - entries.periods, size, periods)


def included(entries: Stays, rows: Ints, size: int, periods: int) -> Counts:
    """How many persons are in each cohort, by their period of inclusion in place of periods after it.

    Shapes: as `back`.
    Source: C1.
    """
    return _counted(rows, entries.periods, size, periods, np.asarray)


def _up_to(rows: Ints, most: Ints, size: int, periods: int) -> Counts:
    """Counts where each entry counts after 1, 2, … `most` periods, in no period where that is less than 1.

    Shapes: rows and most int64[entries].
    """
    some = most > 0
    return _counted(rows[some], most[some], size, periods, _and_before)


def _and_before(counts: Ints) -> Ints:
    """Counts of each column and all later ones, none in the first: int64[rows, columns]."""
    found = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    found[:, 0] = 0
    return found


def _counted(rows: Ints, columns: Ints, size: int, periods: int, made: Callable[[Ints], Ints]) -> Counts:
    """How many entries lie in each cell of a grid, of which something is made, some of its rows at a time.

    Shapes: rows int64[n] in 0..size-1, columns int64[n] in 0..periods-1.
    """
    found, block = [], max(LARGEST // periods, 1)
    for low in range(0, size, block):
        wide = min(block, size - low)
        here = slice(None) if size <= block else np.flatnonzero((rows >= low) & (rows < low + wide))
        counts = np.bincount((rows[here] - low) * periods + columns[here], minlength=wide * periods)
        found.append(_filled(made(counts.reshape(wide, periods)), low, 0))
    return _joined(found)


def _on(entries: Stays, rows: Ints, returns: Stays, size: int, periods: int, known: int, *, before: bool) -> Counts:
    offsets, found = _offsets(entries, returns), []
    wide = 2 * periods - 1 if before else periods
    block = max(LARGEST // wide, 1)
    for low in range(0, size, block):
        counts = np.zeros((min(block, size - low), wide), np.int64)
        _count_on(entries.people, entries.periods, rows - low, offsets, returns.periods, known, wide - periods, counts)
        found.append(_filled(counts, low, periods - wide))
    return _joined(found)


@numba.njit(cache=True, nogil=True)
def _count_on(people, periods, rows, offsets, returns, known, before, counts):
    for at in range(len(people)):
        row = rows[at]
        if row < 0 or row >= len(counts):
            continue
        for back in range(offsets[people[at]], offsets[people[at] + 1]):
            after = returns[back] - periods[at]
            if returns[back] < known and after >= -before:
                counts[row, after + before] += 1


def _filled(counts: Ints, low: int, first: int) -> Counts:
    """The counts that are not 0 of a grid whose first row is `low`, and whose first column is `first` periods after.

    Shapes: counts int64[rows, columns].
    """
    row, column = np.nonzero(counts)
    return Counts(row + low, column + first, counts[row, column])


def _joined(parts: list[Counts]) -> Counts:
    nothing = np.zeros(0, np.int64)
    return Counts(*(np.concatenate([nothing, *some]) for some in zip(*parts, strict=True))) if parts else Counts(nothing, nothing, nothing)


def _offsets(entries: Stays, returns: Stays) -> Ints:
    """Where the returns of each person begin, of all that have an entry or a return: int64[persons + 1]."""
    persons = max(int(one.people[-1]) + 1 if len(one.people) else 0 for one in (entries, returns))
    return np.append(0, np.cumsum(np.bincount(returns.people, minlength=persons)))


def _last_return(entries: Stays, returns: Stays) -> Ints:
    """The last period of return of each entry's person, -1 of who has none: int64[entries]."""
    offsets = _offsets(entries, returns)
    ends = offsets[entries.people + 1]
    return np.where(ends > offsets[entries.people], np.append(returns.periods, -1)[ends - 1], -1)


def _last_in_a_row(entries: Stays, returns: Stays) -> Ints:
    """The last of the periods of return that follow on each entry's period without a gap, its own where none does.

    Shapes: -> int64[entries].
    """
    last = entries.periods.copy()
    _chain(entries.people, entries.periods, returns.people, returns.periods, last)
    return last


@numba.njit(cache=True, nogil=True)
def _chain(people, periods, back_people, back_periods, last):
    ends = back_periods.copy()
    for at in range(len(ends) - 2, -1, -1):
        if back_people[at + 1] == back_people[at] and back_periods[at + 1] == back_periods[at] + 1:
            ends[at] = ends[at + 1]
    back = 0
    for at in range(len(people)):
        while back < len(ends) and (
            back_people[back] < people[at] or (back_people[back] == people[at] and back_periods[back] <= periods[at])
        ):
            back += 1
        if back < len(ends) and back_people[back] == people[at] and back_periods[back] == periods[at] + 1:
            last[at] = ends[back]
