"""Cells of a flow: the figures of all paths, of each node and of each link, over the range (rules W1-W3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Ints
from cja_spark.kernels.flow import Anchored
from cja_spark.kernels.flow_walk import ALL, Walked, anchored, walked
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.flow_rows import LINKS, NODES, NOT_LEADING, TOTAL

if TYPE_CHECKING:
    from cja_spark.reports.flow import Flow

Numbers = npt.NDArray[np.int32]
FEW, MOST = 6, 100  # values per item that is shown: so few all have their links counted, and so many at most
DEVIATIONS = 6  # of a count that chance alone spreads: a value that leads everywhere has hardly ever less in a task


class Whose(NamedTuple):
    """Whose paths are, and when.

    Attributes:
        people: int64[paths], ascending.
        sessions: int64[paths], that of each anchor, ascending.
        t: int64[paths], the time of each anchor, ms UTC.
    """

    people: Ints
    sessions: Ints
    t: Ints


def add_all(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose) -> dict[int, Walked]:
    """Add the figures of all paths, of each node and of each link; the links of each side, with its nodes where all are told apart.

    Links of all values may be as many as events. Where there are many values and nobody knows which are shown, links are counted of
    those that lead here, and of *other*; the path views of the rest are named, by which the driver knows whether to ask again.

    Source: L2.
    """
    items, shown_items = seen.ask.items, seen.ask.report.items
    nodes = items is not None or len(paths.steps.ids) <= FEW * shown_items
    if not nodes:
        items = _leading(cells, add_nodes(cells, seen, paths, whose), shown_items)
    units, ids = (whose.people, whose.sessions), paths.ids()
    if nodes:
        _add_anchors(cells, paths, whose, _shown_on(items, paths, range(1)))
    walks = {}
    for side, columns in _sides(seen.ask.report):
        shown = _shown_on(items, paths, range(0, side * (columns + 1), side))
        walks[side] = walked(paths, side, columns, *units, shown, nodes=nodes)
        add_walked(cells, walks[side], side, ids, (NODES, LINKS))
    return walks


def add_views(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose) -> None:
    """Add the paths of each node."""
    add_nodes(cells, seen, paths, whose, told=1)


def add_nodes(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose, told: int = 3) -> dict[int, tuple[Ints, Ints]]:
    """Add the first figures of all paths and of each node; per column the ids of what stands in it, and their path views."""
    ids, found = paths.ids(), {0: _add_anchors(cells, paths, whose, ALL, told)}
    for side, most in _sides(seen.ask.report):
        walk = walked(paths, side, most, whose.people, whose.sessions, ALL, links=False)
        add_walked(cells, walk._replace(figures=walk.figures[:, :told]), side, ids, (NODES, LINKS))
        for column in range(most):
            mine = walk.column == column
            found[side * (column + 1)] = ids[walk.number[mine]], walk.figures[mine, 0]
    return found


def _leading(cells: Cells, nodes: Mapping[int, tuple[Ints, Ints]], items: int) -> dict[int, Ints]:
    """The nodes of each column that may be among the first so many of all tasks; add the path views of the others."""
    leading = {}
    for column, (ids, views) in nodes.items():
        order = np.argsort(-views, kind="stable")
        last = views[order[min(items, len(order)) - 1]] if len(order) else 0
        most = min(int(np.count_nonzero(views >= last - DEVIATIONS * np.sqrt(last))), MOST * items)
        leading[column], rest = ids[order[:most]], order[most:]
        cells.add(NOT_LEADING, views[rest], column, ids[rest])
    return leading


def _add_anchors(cells: Cells, paths: Anchored, whose: Whose, shown: Numbers, told: int = 3) -> tuple[Ints, Ints]:
    """Add the first figures of all paths and of the nodes of the anchors' column; the ids of these and their path views."""
    ids, figures = paths.ids(), anchored(paths, whose.people, whose.sessions, shown)
    (own,) = figures[:-1, 0].nonzero()
    add_figures(cells, TOTAL, figures[-1:, :told])
    add_figures(cells, NODES, figures[own, :told], 0, ids[own])
    return ids[own], figures[own, 0]


def add_walked(cells: Cells, found: Walked, side: int, ids: Ints, measures: tuple[int, int], *first: Ints) -> None:
    """Add the figures of the nodes and of the links on one side; `first` is what keys begin with."""
    place, node = side * (found.column + 1), found.before < 0
    add_figures(cells, measures[0], found.figures[node], *(key[node] for key in first), place[node], ids[found.number[node]])
    link = ~node
    two = [ids[one[link]] for one in (found.before, found.number)][::side]
    add_figures(cells, measures[1], found.figures[link], *(key[link] for key in first), np.minimum(place, place - side)[link], *two)


def _sides(report: Flow) -> Iterator[tuple[int, int]]:
    """The sides of the anchor that have columns, and how many: 1 after it, -1 before it."""
    for side, most in ((-1, -min(report.places())), (1, max(report.places()))):
        if most:
            yield side, most


def _shown_on(items: Mapping[int, Ints] | None, paths: Anchored, columns: Iterable[int]) -> Numbers:
    """What each number is counted as in some columns."""
    return ALL if items is None else paths.numbers_shown(items[column] for column in columns)


def add_figures(cells: Cells, measure: int, figures: npt.NDArray[np.int64], *keys: Ints | int) -> None:
    """Add figures, each column a measure of its own.

    Shapes: figures int64[n, 1 or 3], keys int64[n].
    """
    for number, counts in enumerate(figures.T):
        cells.add(measure + number, counts.astype(np.float64), *keys)
