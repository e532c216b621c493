"""Derived fields that look at other events: next and previous values, depth, summaries of a session or person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.kernels.persistence import listed

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def neighbour(values: Ints, scope: Ints, steps: int, *, repeats: bool) -> Ints:
    """The value of another event that sets one, in the same scope; events that set none are passed over and have none.

    Args:
        values: what events set, 0 for nothing.
        scope: the scope of each event, ascending.
        steps: how many later set values, negative for earlier ones.
        repeats: whether equal values in a row count each.

    Shapes: values, scope int64[events] -> int64[events], 0 where there is none.
    Source: W5.
    """
    found = np.zeros(len(values), np.int64)
    at = np.flatnonzero(values != 0)
    if len(at) == 0:
        return found
    own, owners = values[at], scope[at]
    begins = np.append(True, (owners[1:] != owners[:-1]) | (repeats | (own[1:] != own[:-1])))
    run = np.cumsum(begins) - 1
    heads = np.flatnonzero(begins)
    there = run + steps
    inside = (there >= 0) & (there < len(heads))
    head = heads[np.where(inside, there, 0)]
    same = inside & (owners[head] == owners)
    found[at[same]] = own[head[same]]
    return found


def depth(values: Ints, scope: Ints) -> Floats:
    """The how-maniest event of its scope an event is that sets a value.

    Shapes: values (0 for nothing), scope (ascending) int64[events] -> float64[events], NaN where nothing is set.
    """
    set_ = values != 0
    counted = np.cumsum(set_)
    before = (counted - set_)[_starts(scope)][_number(scope)] if len(values) else counted
    return np.where(set_, counted - before, np.nan)


def summary(how: str, amounts: Floats, scope: Ints) -> Floats:
    """A figure of the numbers that a scope's events set, on all its events.

    Shapes: amounts float64[events], NaN for nothing, scope int64[events] (ascending) -> float64[events], NaN where no event of
        the scope sets one; a count is 0 there.
    """
    number = _number(scope)
    at = np.flatnonzero(~np.isnan(amounts))
    counts = np.bincount(number[at], minlength=int(number[-1]) + 1 if len(number) else 0)
    if how == "count":
        return counts.astype(np.float64)[number]
    found = np.full(len(counts), np.nan)
    some = np.flatnonzero(counts)
    if len(some):
        found[some] = _FIGURES[how](amounts[at], number[at], np.cumsum(counts[some]) - counts[some], counts[some])
    return found[number]


def distinct(values: Ints, scope: Ints) -> Floats:
    """How many different values a scope's events set, on all its events.

    Shapes: values (0 for nothing), scope (ascending) int64[events] -> float64[events].
    """
    number = _number(scope)
    at = np.flatnonzero(values != 0)
    counts = np.zeros(int(number[-1]) + 1 if len(number) else 0)
    if len(at):
        codes, owners = coded(values[at])[1], number[at]
        counts += np.bincount(owners[first_per_code(owners, codes, int(codes.max()) + 1)], minlength=len(counts))
    return counts[number]


def all_distinct(values: Ints, scope: Ints) -> tuple[Ints, Ints]:
    """All different values that a scope's events set, on all its events, in the order in which they came; one 0 where there is none.

    Shapes: values (0 for nothing), scope (ascending) int64[events] -> offsets int64[events + 1], values int64[offsets[-1]].
    Source: M1: as items of an array, and as all values that last (P1). It costs what its lists have.
    """
    number = _number(scope)
    at = np.flatnonzero(values != 0)
    if len(at):
        codes, owners = coded(values[at])[1], number[at]
        at = at[first_per_code(owners, codes, int(codes.max()) + 1)]
    counts = np.bincount(number[at], minlength=int(number[-1]) + 1 if len(number) else 0)
    end = np.cumsum(counts)
    return listed(values[at], (end - counts)[number], end[number], np.maximum(counts, 1)[number])


def common(values: Ints, scope: Ints, *, least: bool) -> Ints:
    """The value that most (or with `least` fewest) events of a scope set, on all its events; of several the first one.

    Shapes: values (0 for nothing), scope (ascending) int64[events] -> int64[events], 0 where no event sets one.
    """
    number = _number(scope)
    chosen = np.zeros(int(number[-1]) + 1 if len(number) else 0, np.int64)
    at = np.flatnonzero(values != 0)
    if len(at):
        _, codes = coded(values[at])
        order = np.lexsort((codes, number[at]))  # stable: pairs in a row, each begins with its first event
        owners, pairs = number[at][order], codes[order]
        heads = np.flatnonzero(np.append(True, (owners[1:] != owners[:-1]) | (pairs[1:] != pairs[:-1])))
        counts = np.diff(np.append(heads, len(at)))
        best = np.lexsort((order[heads], counts if least else -counts, owners[heads]))
        firsts = best[np.append(True, owners[heads][best][1:] != owners[heads][best][:-1])]
        chosen[owners[heads][firsts]] = values[at][order[heads][firsts]]
    return chosen[number]


def extreme(values: Ints, instants: Floats, scope: Ints, *, latest: bool) -> Ints:
    """The value whose instant is the earliest (or the latest) of a scope's events, on all its events; of equal ones the first.

    Shapes: values int64[events] (0 for nothing), instants float64[events] (NaN for none), scope int64[events] (ascending)
        -> int64[events], 0 where no event sets one.
    """
    number = _number(scope)
    chosen = np.zeros(int(number[-1]) + 1 if len(number) else 0, np.int64)
    at = np.flatnonzero((values != 0) & ~np.isnan(instants))
    if len(at):
        order = np.lexsort((-instants[at] if latest else instants[at], number[at]))  # stable: the first of equal ones
        owners = number[at][order]
        firsts = order[np.append(True, owners[1:] != owners[:-1])]
        chosen[number[at][firsts]] = values[at][firsts]
    return chosen[number]


def _starts(scope: Ints) -> Ints:
    return np.flatnonzero(np.append(True, scope[1:] != scope[:-1]))


def _number(scope: Ints) -> Ints:
    """Scopes counted from 0: int64[events]."""
    return np.cumsum(np.append(True, scope[1:] != scope[:-1])[: len(scope)]) - 1


def _median(amounts: Floats, owners: Ints, starts: Ints, counts: Ints) -> Floats:
    ordered = amounts[np.lexsort((amounts, owners))]
    found: Floats = (ordered[starts + (counts - 1) // 2] + ordered[starts + counts // 2]) / 2
    return found


_FIGURES = {
    "max": lambda amounts, owners, starts, counts: np.maximum.reduceat(amounts, starts),
    "min": lambda amounts, owners, starts, counts: np.minimum.reduceat(amounts, starts),
    "sum": lambda amounts, owners, starts, counts: np.add.reduceat(amounts, starts),
    "mean": lambda amounts, owners, starts, counts: np.add.reduceat(amounts, starts) / counts,
    "median": _median,
}
