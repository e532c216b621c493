"""Cells of a flow over time: all paths, the links that may be of most path views and the nodes at their ends, by period (rule W3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import slots_of
from cja_spark.kernels.flow import Anchored
from cja_spark.kernels.flow_walk import Walked, anchored_by_period, paths_by_period, walked
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.flow_cells import DEVIATIONS, Whose, add_figures, add_walked
from cja_spark.reports.flow_rows import LINKS_OVER_TIME, NODES_OVER_TIME, TOTAL_OVER_TIME, edges_of

if TYPE_CHECKING:
    from cja_spark.reports.flow import Flow

Numbers = npt.NDArray[np.int32]
MOST_LINKS = 20  # per link that is told: so many have their periods told apart in a task at most


class Told(NamedTuple):
    """The links of one side whose periods are told.

    Attributes:
        column: int64[links], that of the node nearer to the anchor, counted outwards from the anchors' column, which is 0.
        near: int64[links], the number of that node.
        far: int64[links], the number of the other node.
    """

    column: Ints
    near: Ints
    far: Ints

    def nodes(self, column: int) -> Ints:
        """The numbers of the nodes of a column."""
        return np.append(self.near[self.column == column], self.far[self.column + 1 == column])

    def has(self, found: Walked, width: int) -> Bools:
        """Which nodes and links are told: bool[n]."""
        links = np.isin(_packed(found.column, found.before, found.number, width), _packed(self.column, self.near, self.far, width))
        ends = np.isin(_packed(found.column, -1, found.number, width), _packed(self.column, -1, self.far, width))
        ends |= np.isin(_packed(found.column + 1, -1, found.number, width), _packed(self.column, -1, self.near, width))
        return np.where(found.before < 0, ends, links)


def add_over_time(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose, walks: Mapping[int, Walked]) -> None:
    """Add the figures of all paths by the period of the anchor, and those of the links that lead here and of the nodes at their ends.

    Where it is known which items are shown, these are all links between them. Where it is not, the driver asks again if a link
    that it tells did not lead in each task: then its periods do not sum to its path views.

    Args:
        cells: where they are added.
        seen: the journeys and what is asked.
        paths: the paths.
        whose: whose they are, and when.
        walks: what was found on each side over the whole range.

    Source: L2, W3.
    """
    periods = slots_of(whose.t, np.array(edges_of(seen.ask), np.int64)).astype(np.int64)
    found, figures = paths_by_period(periods, whose.people, whose.sessions)
    add_figures(cells, TOTAL_OVER_TIME, figures, found)
    most = None if seen.ask.items is not None or seen.ask.report.trend is None else seen.ask.report.trend.links
    told, ids = _leading(walks, paths, most), paths.ids()
    anchors = np.concatenate([one.nodes(0) for one in told.values()])
    own = anchored_by_period(paths, whose.people, whose.sessions, _shown(paths, [anchors]), periods)
    kept = np.isin(own.number, anchors)
    add_figures(cells, NODES_OVER_TIME, own.figures[kept], own.period[kept], 0, ids[own.number[kept]])
    for side, links in told.items():
        columns = seen.ask.report.columns
        shown = _shown(paths, [links.nodes(column) for column in range(columns + 1)])
        by_period = walked(paths, side, columns, whose.people, whose.sessions, shown, periods=periods)
        by_period = Walked(*(part[links.has(by_period, len(ids))] for part in by_period))
        add_walked(cells, by_period, side, ids, (NODES_OVER_TIME, LINKS_OVER_TIME), by_period.period)


def _leading(walks: Mapping[int, Walked], paths: Anchored, most: int | None) -> dict[int, Told]:
    """The links of each side that may be among the first so many of all tasks; without a number all of them, but for those of *other* (W4)."""
    may = {side: np.flatnonzero(_may_be_told(found, paths)) for side, found in walks.items()}
    views = np.concatenate([found.figures[may[side], 0] for side, found in walks.items()])
    least = 0.0
    if most is not None and len(views):
        ranked = np.sort(views)[::-1]
        last = ranked[min(most, len(ranked)) - 1]
        least = max(last - DEVIATIONS * np.sqrt(last), ranked[min(most * MOST_LINKS, len(ranked)) - 1])
    told = {}
    for side, found in walks.items():
        links = may[side][found.figures[may[side], 0] >= least]
        told[side] = Told(found.column[links], found.before[links], found.number[links])
    return told


def _may_be_told(found: Walked, paths: Anchored) -> Bools:
    """Whether each is a link that may have a row of its own: neither of *other* nor from end to end."""
    *_, other = paths.reserved().tolist()
    through = (found.before == found.number) & np.isin(found.number, paths.reserved()[:2])
    return np.asarray((found.before >= 0) & (found.before != other) & (found.number != other) & ~through, bool)


def _shown(paths: Anchored, nodes: list[Ints]) -> Numbers:
    """What each number is counted as in each column: itself where it is one of some nodes, else *other*: int32[columns, numbers]."""
    return paths.numbers_shown(paths.steps.ids[own[own < len(paths.steps.ids)]] for own in nodes)


def _packed(column: Ints, before: Ints | int, number: Ints, width: int) -> Ints:
    """One number of a link, or of a node, which nothing is before."""
    return (column * (width + 1) + before + 1) * width + number
