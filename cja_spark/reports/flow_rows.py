"""Rows of a flow: the nodes of each column, the links between columns; what a column does not show is *other* (rule W4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.flow import ENTRY, EXIT, METRIC, OTHER
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import Names
from cja_spark.view.calendar import edges

if TYPE_CHECKING:
    from cja_spark.reports.flow import Flow

FIGURES = ("path_views", "people", "sessions")
TEXTS = ("row_kind", "flow_column", "item_kind", "flow_item", "next_kind", "next_item")
NODES, LINKS, TOTAL = 0, 10, 20  # measures from here on, in the order of `FIGURES`
NODES_OVER_TIME, LINKS_OVER_TIME, TOTAL_OVER_TIME = 30, 40, 50  # the same by period, which is the first key
NOT_LEADING = 60  # path views of nodes whose links a task did not tell apart
KINDS = {OTHER: "other", METRIC: "metric", ENTRY: "entry", EXIT: "exit"}  # in the order of rows, behind items


@dataclass(frozen=True)
class Shown:
    """What a column shows: its items in their order, and their texts."""

    ids: Ints
    texts: dict[int, str | None]

    def all(self) -> Ints:
        """The items in their order, then what is no item."""
        return np.append(self.ids, [*KINDS])

    def places(self, ids: Ints) -> Ints:
        """Where ids stand among all; what is not shown stands where *other* does.

        Shapes: int64[n] -> int64[n].
        """
        known = self.all()
        order = np.argsort(known)
        near = order[np.minimum(np.searchsorted(known, ids, sorter=order), len(known) - 1)]
        return np.where(known[near] == ids, near, len(self.ids))


def finish(sums: Sums, ask: Ask[Flow], names: Names) -> pa.Table:
    """All paths, then the nodes of each column, then the links from each column to the next.

    Columns: row_kind string (total, node, link), flow_column bigint (0 is the anchor's; a link's is that of its first node), item_kind
        and next_kind string (item, other, metric, entry, exit), flow_item and next_item string (null where there is no item; the
        metric's name), doubles: path_views (additive), people and sessions (not additive, null in other), percent_of_total.
    """
    return whole_range(sums, ask, shown_items(sums, ask, names))


def shown_items(sums: Sums, ask: Ask[Flow], names: Names) -> dict[int, Shown]:
    """What each column shows."""
    shown = _most_viewed(sums, ask, names)
    return shown if ask.report.links is None else _linked(shown, sums, ask.report.links)


def _most_viewed(sums: Sums, ask: Ask[Flow], names: Names) -> dict[int, Shown]:
    """The items of most path views of each column."""
    keys, figures = figures_of(sums, NODES, 2)
    return {column: _shown(keys[1][keys[0] == column], figures[0][keys[0] == column], ask, names) for column in ask.report.places()}


def again(sums: Sums, ask: Ask[Flow], names: Names) -> Ask[Flow] | None:
    """The same with the items that each column shows, where the links of one of them were not told apart in each task; else nothing.

    Source: L2.
    """
    (columns, ids), _ = sums.measure(NOT_LEADING, 2)
    if len(ids) == 0:
        return None
    surer = with_items(sums, ask, names)
    doubtful = any(np.isin(some, ids[columns == column]).any() for column, some in (surer.items or {}).items())
    return surer if doubtful else None


def with_items(sums: Sums, ask: Ask[Flow], names: Names) -> Ask[Flow]:
    """The same with the items that each column shows."""
    return replace(ask, items={column: here.ids for column, here in _most_viewed(sums, ask, names).items()})


def edges_of(ask: Ask[Flow]) -> list[int]:
    """The first instants of the periods that a flow is told by, ms UTC; none where it is told of the whole range alone.

    Source: R. Decision: the range stays as it is, so its first and last period may be parts of one, as those of a trend.
    """
    trend, window, view = ask.report.trend, ask.window, ask.view
    return [] if trend is None else edges(window.start, window.end, trend.granularity, view.time_zone, view.calendar)


def whole_range(sums: Sums, ask: Ask[Flow], shown: dict[int, Shown]) -> pa.Table:
    """The rows of the whole range, as `finish` has them.

    Columns: see finish.
    """
    keys, figures = figures_of(sums, NODES, 2)
    total = [sums.total(TOTAL + at) for at in range(len(FIGURES))]
    rows: list[tuple[object, ...]] = [("total", None, None, None, None, None, *total)]
    for column, here in shown.items():
        mine = keys[0] == column
        rows += _pooled("node", column, [here], [keys[1][mine]], [one[mine] for one in figures])
    keys, figures = figures_of(sums, LINKS, 3)
    for column in ask.report.places()[:-1]:
        mine = keys[0] == column
        rows += _pooled("link", column, [shown[column], shown[column + 1]], [key[mine] for key in keys[1:]], [one[mine] for one in figures])
    columns = [*zip(*rows, strict=True)]
    kinds = [pa.int64() if name == "flow_column" else pa.string() for name in TEXTS]
    found = {name: pa.array(column, kind) for name, column, kind in zip(TEXTS, columns, kinds, strict=False)}
    found |= {name: pa.array(column, pa.float64()) for name, column in zip(FIGURES, columns[len(TEXTS) :], strict=True)}
    views = [one / total[0] if total[0] else None for one in columns[len(TEXTS)]]
    return pa.table({**found, "percent_of_total": pa.array(views, pa.float64())})


def figures_of(sums: Sums, measure: int, width: int) -> tuple[list[Ints], list[Floats]]:
    """The keys of all nodes or links, and their figures in the same order."""
    figures: list[Floats] = []
    keys: list[Ints] = []
    for number in range(len(FIGURES)):  # each has a cell of every key
        found, amounts = sums.measure(measure + number, width)
        order = np.lexsort(found)
        keys = [key[order] for key in found]
        figures.append(amounts[order])
    return keys, figures


def _shown(ids: Ints, views: Floats, ask: Ask[Flow], names: Names) -> Shown:
    """The items of most path views; equal ones by the bytes of their texts. Only those that may be shown are named."""
    items = np.flatnonzero(~np.isin(ids, [*KINDS]))
    items = items[np.argsort(-views[items], kind="stable")]
    if len(items) > (most := ask.report.items):
        items = items[views[items] >= views[items[most - 1]]]
    known, nothing = names(ask.report.dimension, ids[items]), ask.view.no_value_of(ask.report.dimension)
    texts = {int(ids[at]): known.get(int(ids[at]), nothing) for at in items.tolist()}
    order = sorted(items.tolist(), key=lambda at: (-views[at], texts[int(ids[at])].encode(), int(ids[at])))[: ask.report.items]
    return Shown(ids[order], {**texts, METRIC: ask.report.anchor().metric})


def _linked(shown: dict[int, Shown], sums: Sums, most: int) -> dict[int, Shown]:
    """What columns show where only the links of most path views say it; equal ones by column, then by the bytes of their texts.

    Decision: column 0 stays as it is, and links between what is still shown are all rows, so that each column adds up (W4).
    """
    keys, figures = figures_of(sums, LINKS, 3)
    ranked: list[tuple[float, int, bytes, bytes, int, int]] = []
    for column, here in shown.items():
        if column + 1 not in shown:
            continue
        following = shown[column + 1]
        among = (keys[0] == column) & np.isin(keys[1], here.ids) & np.isin(keys[2], following.ids)
        for one, other, views in zip(keys[1][among].tolist(), keys[2][among].tolist(), figures[0][among].tolist(), strict=True):
            ranked.append((-views, column, _bytes(here, one), _bytes(following, other), one, other))
    kept = {(column + side, ends[side]) for _, column, _, _, *ends in sorted(ranked)[:most] for side in (0, 1)}
    return {
        column: Shown(here.ids[[column == 0 or (column, one) in kept for one in here.ids.tolist()]], here.texts) for column, here in shown.items()
    }


def _bytes(shown: Shown, one: int) -> bytes:
    return (shown.texts[one] or "").encode()


def _pooled(kind: str, column: int, shown: list[Shown], keys: list[Ints], figures: list[Floats]) -> list[tuple[object, ...]]:
    """Rows of the nodes of a column, or of the links between two, in the order of their nodes."""
    nodes = [one.all() for one in shown]
    joint = np.zeros(len(keys[0]), np.int64)
    for one, key, known in zip(shown, keys, nodes, strict=True):
        joint = joint * len(known) + one.places(key)
    found, first, codes = np.unique(joint, return_index=True, return_inverse=True)
    views = np.bincount(codes, weights=figures[0], minlength=len(found))
    rows: list[tuple[object, ...]] = []
    for at, place in enumerate(found.tolist()):
        sides = divmod(place, len(nodes[1])) if len(shown) > 1 else (place,)
        ids = [int(known[side]) for known, side in zip(nodes, sides, strict=True)]
        units = [None if OTHER in ids else float(one[first[at]]) for one in figures[1:]]
        rows.append((kind, column, *named(ids, shown), float(views[at]), *units))
    return rows


def named(key: list[int], shown: list[Shown]) -> tuple[str | None, ...]:
    """What the nodes are, and their texts; nothing of the next one where there is none."""
    sides = [(KINDS.get(one, "item"), here.texts.get(one)) for one, here in zip(key, shown, strict=True)]
    return (*sides[0], *(sides[1] if len(sides) > 1 else (None, None)))
