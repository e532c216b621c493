"""Cells of a flow over time: all paths, the links that may be of most path views and the nodes at their ends, by period (rule W3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """What is told by period on one side: nodes, and links between them; entry, exit and the metric are told always, *other* never.

    Attributes:
        nodes: int64[nodes] per column outwards from the anchors', the numbers of values.
        links: int64[links], those that are told, packed; None where all between the nodes are.
    """

    nodes: Sequence[Ints]
    links: Ints | None = None

    def has(self, found: Walked, other: int, width: int) -> Bools:
        """Which nodes and links are told, where *other* stands for all values but the nodes: bool[n]."""
        told = (found.before != other) & (found.number != other)
        if self.links is not None:
            told &= (found.before < 0) | np.isin(_packed(found, width), self.links)
        return np.asarray(told, bool)


def add_over_time(cells: Cells, seen: Seen[Flow], paths: Anchored, whose: Whose, walks: Mapping[int, Walked]) -> None:
    """Add the figures of all paths by the period of the anchor, and those of the links that lead here and of the nodes at their ends.

    Where it is known which items are shown, these are all links between them, and all of the nodes. Where it is not, the driver asks
    again if a link that it tells, or a node at its ends, did not lead in each task: then its periods do not sum to its path views.

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
    ids, other, columns = paths.ids(), int(paths.reserved()[3]), seen.ask.report.columns
    told = _known(seen.ask.items, walks, paths, columns) if seen.ask.items is not None else _leading(walks, paths, columns, _links_told(seen))
    anchors = np.concatenate([one.nodes[0] for one in told.values()])
    own = anchored_by_period(paths, whose.people, whose.sessions, _shown(paths, [anchors]), periods)
    kept = own.number != other
    add_figures(cells, NODES_OVER_TIME, own.figures[kept], own.period[kept], 0, ids[own.number[kept]])
    for side, one in told.items():
        by_period = walked(paths, side, columns, whose.people, whose.sessions, _shown(paths, one.nodes), periods=periods)
        kept = one.has(by_period, other, len(ids))
        by_period = Walked(*(part[kept] for part in by_period))
        add_walked(cells, by_period, side, ids, (NODES_OVER_TIME, LINKS_OVER_TIME), by_period.period)


def _links_told(seen: Seen[Flow]) -> int:
    return seen.ask.report.trend.links if seen.ask.report.trend else 0


def _known(items: Mapping[int, Ints], sides: Iterable[int], paths: Anchored, columns: int) -> dict[int, Told]:
    """The items that are shown, and all links between them."""
    numbers = {column: np.flatnonzero(np.isin(paths.steps.ids, some)) for column, some in items.items()}
    return {side: Told([numbers[side * column] for column in range(columns + 1)]) for side in sides}


def _leading(walks: Mapping[int, Walked], paths: Anchored, columns: int, most: int) -> dict[int, Told]:
    """The links of each side that may be among the first so many of all tasks, and the nodes at their ends."""
    may = {side: np.flatnonzero(_may_be_told(found, paths)) for side, found in walks.items()}
    ranked = np.sort(np.concatenate([found.figures[may[side], 0] for side, found in walks.items()]))[::-1]
    least = 0.0
    if len(ranked):
        last = ranked[min(most, len(ranked)) - 1]
        least = max(last - DEVIATIONS * np.sqrt(last), ranked[min(most * MOST_LINKS, len(ranked)) - 1])
    told = {}
    for side, found in walks.items():
        links = Walked(*(part[may[side][found.figures[may[side], 0] >= least]] for part in found))
        nodes = [np.append(links.before[links.column == column], links.number[links.column + 1 == column]) for column in range(columns + 1)]
        told[side] = Told(nodes, _packed(links, len(paths.ids())))
    return told


def _may_be_told(found: Walked, paths: Anchored) -> Bools:
    """Whether each is a link that may have a row of its own: neither of *other* nor from end to end."""
    *_, other = paths.reserved().tolist()
    through = (found.before == found.number) & np.isin(found.number, paths.reserved()[:2])
    return np.asarray((found.before >= 0) & (found.before != other) & (found.number != other) & ~through, bool)


def _shown(paths: Anchored, nodes: Sequence[Ints]) -> Numbers:
    """What each number is counted as in each column: itself where it is one of some nodes, else *other*: int32[columns, numbers]."""
    return paths.numbers_shown(paths.steps.ids[own[own < len(paths.steps.ids)]] for own in nodes)


def _packed(links: Walked, width: int) -> Ints:
    """One number of each link."""
    return (links.column * (width + 1) + links.before + 1) * width + links.number
