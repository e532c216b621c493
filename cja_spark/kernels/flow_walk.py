"""The walk of a flow: the nodes and links of all paths on one side of their anchors (rules W1-W3)."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.counting import coded, units_per_code
from cja_spark.kernels.flow import Anchored
from cja_spark.kernels.tally import EMPTY, FIGURES, ROOM, _add_one, _count, _with_room, figures_of, tallied

Numbers = npt.NDArray[np.int32]
ALL = np.zeros((0, 0), np.int32)  # each number is counted as itself


class Walked(NamedTuple):
    """What stands in the columns of one side of the anchor.

    Attributes:
        period: int64[n], the period of the anchors; 0 where periods are not told apart.
        column: int64[n], counted from 0, which is beside the anchor, outwards.
        before: int64[n], the number in the column nearer to the anchor that a link is between; -1 of a node.
        number: int64[n], the number in this column.
        figures: int64[n, 3], the paths, the people and the sessions of each.
    """

    period: Ints
    column: Ints
    before: Ints
    number: Ints
    figures: npt.NDArray[np.int64]


def anchored(paths: Anchored, people: Ints, sessions: Ints, shown: Numbers) -> npt.NDArray[np.int64]:
    """The figures of each number in the column of the anchors, and of all paths as a last row.

    Shapes: people, sessions int64[paths] ascending, shown as in `walked` -> int64[numbers + 1, 3].
    """
    figures = figures_of(len(paths.ids()) + 1)
    _count_anchors(figures, paths.own, paths.begins, people, sessions, shown)
    return figures[:, :FIGURES].astype(np.int64)


class Anchors(NamedTuple):
    """What stands in the column of the anchors, by period.

    Attributes:
        period: int64[n].
        number: int64[n].
        figures: int64[n, 3], the paths, the people and the sessions of each.
    """

    period: Ints
    number: Ints
    figures: npt.NDArray[np.int64]


def paths_by_period(periods: Ints, people: Ints, sessions: Ints) -> tuple[Ints, npt.NDArray[np.int64]]:
    """The periods that have paths, and their paths, people and sessions.

    Shapes: periods, people, sessions int64[paths], the last two ascending -> int64[n], int64[n, 3].
    """
    found, codes = coded(periods)
    return found, _figures_per_code(codes, people, sessions, len(found))


def anchored_by_period(paths: Anchored, people: Ints, sessions: Ints, shown: Numbers, periods: Ints) -> Anchors:
    """The figures of each number in the column of the anchors, by the period of each path.

    Shapes: people, sessions int64[paths] ascending, periods int64[paths], shown as in `walked`.
    """
    owner, width = np.repeat(np.arange(len(paths.at)), np.diff(paths.begins)), len(paths.ids())
    keys, codes = coded(periods[owner] * width + (shown[0, paths.own] if len(shown) else paths.own))
    period, number = np.divmod(keys, width)
    return Anchors(period, number, _figures_per_code(codes, people[owner], sessions[owner], len(keys)))


def _figures_per_code(codes: Numbers, people: Ints, sessions: Ints, size: int) -> npt.NDArray[np.int64]:
    figures = [np.bincount(codes, minlength=size), *(units_per_code(codes, units, size) for units in (people, sessions))]
    return np.stack(figures, axis=1).astype(np.int64)


def walked(
    paths: Anchored, side: int, columns: int, people: Ints, sessions: Ints, shown: Numbers, *, nodes: bool = True, links: bool = True,
    periods: Ints | None = None,
) -> Walked:
    """Walk along each path: count each value of a step, and its links with the values of the step nearer to the anchor.

    Args:
        paths: the paths.
        side: 1 for what comes after the anchor, -1 for what comes before it.
        columns: how many columns.
        people: whose each path is.
        sessions: the session of each anchor.
        shown: the number that each number is counted as, per column from that of the anchors outwards; of no column where
            each is counted as itself.
        nodes: whether nodes are counted, or links alone.
        links: whether links are counted, or nodes alone.
        periods: the period of each path, where figures are told by it.

    Shapes: people, sessions int64[paths] ascending, shown int32[columns + 1 or 0, numbers], periods int64[paths] from 0.
    Source: W1, W3: who is through stays at the exit, and at the entry before the anchor.
    """
    width = len(paths.ids()) + 1  # behind all numbers one more, which nodes come from
    end = int(paths.reserved()[1 if side > 0 else 0])
    numbers = np.concatenate([paths.own, paths.steps.codes, np.array([end], np.int32)])
    steps = (paths.steps.offsets, paths.steps.units, len(paths.own))
    anchors = (paths.begins, paths.units, paths.after if side > 0 else paths.before, side)
    units = (people, sessions, np.zeros(len(paths.at), np.int64) if periods is None else periods)
    through = figures_of(columns * (1 if periods is None else int(periods.max(initial=0)) + 1))
    wanted = 2 * columns if paths.single() else 0
    keys, figures, at, filled = np.full(ROOM, EMPTY, np.int64), figures_of(ROOM), 0, 0
    while at < len(paths.at):
        at, filled, more = _walk(at, filled, keys, figures, through, numbers, steps, anchors, units, (width, columns), wanted, shown, (nodes, links))
        if at < len(paths.at):
            keys, figures = _with_room(keys, figures, filled + more)
    keys, of_keys = tallied(keys, figures)
    place, pair = np.divmod(keys, width * width)
    before, number = np.divmod(pair, width)
    found = (place, np.where(before == width - 1, -1, before), number, of_keys)
    return _with_through(found, through[:, :FIGURES].astype(np.int64), end, columns, (nodes, links))


def _with_through(
    found: tuple[Ints, Ints, Ints, npt.NDArray[np.int64]], through: npt.NDArray[np.int64], end: int, columns: int, counted: tuple[bool, bool]
) -> Walked:
    """With the ends as nodes, and links from end to end: of all that stood at the end in the column before."""
    place, before, number, figures = found
    some = np.flatnonzero(through[:, 0])
    nodes = some if counted[0] else some[:0]
    after = some[some % columns + 1 < columns] if counted[1] else some[:0]
    period, column = np.divmod(np.concatenate([place, nodes, after + 1]), columns)
    return Walked(
        period,
        column,
        np.concatenate([before, np.full(len(nodes), -1), np.full(len(after), end)]),
        np.concatenate([number, np.full(len(nodes) + len(after), end)]),
        np.concatenate([figures, through[nodes], through[after]]),
    )


@numba.njit(cache=True, nogil=True)
def _count_anchors(figures, own, begins, people, sessions, shown):
    for path in range(len(people)):
        _add_one(figures, len(figures) - 1, people[path], sessions[path])
        for at in range(begins[path], begins[path + 1]):
            _add_one(figures, _as_shown(shown, 0, own[at]), people[path], sessions[path])


@numba.njit(cache=True, nogil=True)
def _as_shown(shown, column, number):
    """What a number is counted as in a column, the anchors' being 0."""
    return shown[column, number] if len(shown) else number


@numba.njit(cache=True, nogil=True)
def _walk(begin, filled, keys, figures, through, numbers, steps, anchors, units, sizes, most, shown, counted):
    """Walk from a path on, as long as there is room; the path to go on with, how many keys there are, how many it may add."""
    offsets, owners, shift = steps
    begins, unit, first, side = anchors
    people, sessions, periods = units
    width, columns = sizes
    for path in range(begin, len(unit)):
        wanted = most or _most_keys(path, columns, steps, anchors)
        if 2 * (filled + wanted) > len(keys):
            return path, filled, wanted
        step, person, session = first[path], people[path], sessions[path]
        low, high = begins[path], begins[path + 1]
        own = periods[path] * columns
        for column in range(columns):
            inside = _of_unit(step, owners, unit[path])
            here = shift + offsets[step] if inside else len(numbers) - 1
            until = shift + offsets[step + 1] if inside else len(numbers)
            if counted[1]:
                filled += _count_links(keys, figures, own, column, width, numbers, low, high, here, until, person, session, shown)
            if not inside:
                _count_through(through, own + column, own + columns, person, session)
                break
            if counted[0]:
                filled += _count_nodes(keys, figures, own, column, width, width - 1, numbers, here, until, person, session, shown)
            low, high = here, until
            step += side
    return len(unit), filled, 0


@numba.njit(cache=True, nogil=True)
def _count_links(keys, figures, own, column, width, numbers, low, high, here, until, person, session, shown):
    added = 0
    for near in range(low, high):
        before = _as_shown(shown, column, numbers[near])
        added += _count_nodes(keys, figures, own, column, width, before, numbers, here, until, person, session, shown)
    return added


@numba.njit(cache=True, nogil=True)
def _count_nodes(keys, figures, own, column, width, before, numbers, here, until, person, session, shown):
    added, base = 0, ((own + column) * width + before) * width
    for at in range(here, until):
        added += _count(keys, figures, base + _as_shown(shown, column + 1, numbers[at]), person, session)
    return added


@numba.njit(cache=True, nogil=True)
def _count_through(through, place, end, person, session):
    for rest in range(place, end):
        _add_one(through, rest, person, session)


@numba.njit(cache=True, nogil=True)
def _of_unit(step, owners, unit):
    return 0 <= step < len(owners) and owners[step] == unit


@numba.njit(cache=True, nogil=True)
def _most_keys(path, columns, steps, anchors):
    """How many nodes and links a path has beside its ends."""
    offsets, owners, _ = steps
    begins, unit, first, side = anchors
    step, near, most = first[path], begins[path + 1] - begins[path], 0
    for _ in range(columns):
        if not _of_unit(step, owners, unit[path]):
            return most + near
        here = offsets[step + 1] - offsets[step]
        most += here * (near + 1)
        near = here
        step += side
    return most
