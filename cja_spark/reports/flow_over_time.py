"""Rows of a flow over time: all paths, the links of most path views and the nodes at their ends, by the period of the anchor (rules W3, W4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats, Ints
from cja_spark.kernels.flow import ENTRY, EXIT
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.flow_rows import (
    FIGURES,
    KINDS,
    LINKS,
    LINKS_OVER_TIME,
    NODES,
    NODES_OVER_TIME,
    TEXTS,
    TOTAL_OVER_TIME,
    Shown,
    edges_of,
    figures_of,
    named,
    shown_items,
    whole_range,
    with_items,
)
from cja_spark.reports.flow_rows import again as again_whole
from cja_spark.reports.kind import Names
from cja_spark.view.calendar import label

if TYPE_CHECKING:
    from cja_spark.reports.flow import Flow

END_TO_END = (ENTRY, EXIT)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Link(NamedTuple):
    """A link: the column that it leaves, and the ids of both its nodes."""

    column: int
    here: int
    following: int


class Row(NamedTuple):
    """A row of one period: what a row of the whole range has, and the share of the paths of the period."""

    period: int
    texts: tuple[object, ...]
    figures: tuple[float, ...]
    share: float | None


def finish(sums: Sums, ask: Ask[Flow], names: Names) -> pa.Table:
    """All paths, the nodes, the links; where periods are asked, then again all paths, some nodes and some links of each period.

    Columns: as `flow_rows.finish`, row_kind has total_over_time, node_over_time and link_over_time too, whose percent_of_total is of all
        paths of the period; then, where periods are asked, bucket timestamp (UTC, the first instant of the period; null in rows
        of the whole range) and label string.
    """
    shown = shown_items(sums, ask, names)
    whole = whole_range(sums, ask, shown)
    if ask.report.trend is None:
        return whole
    rows, starts = [*_rows(sums, ask, shown)], edges_of(ask)
    size, view = ask.report.trend.granularity, ask.view
    moments = [EPOCH + timedelta(milliseconds=start) for start in starts]
    labels = [label(start, size, view.time_zone, view.calendar) for start in starts]
    nothing = [None] * len(whole)
    columns = [
        *([row.texts[at] for row in rows] for at in range(len(TEXTS))),
        *([row.figures[at] for row in rows] for at in range(len(FIGURES))),
        [row.share for row in rows],
    ]
    found = {
        field.name: pa.concat_arrays([*whole[field.name].chunks, pa.array(column, field.type)])
        for field, column in zip(whole.schema, columns, strict=True)
    }
    periods = [row.period for row in rows]
    bucket = pa.array([*nothing, *(moments[at] for at in periods)], pa.timestamp("us", "UTC"))
    return pa.table({**found, "bucket": bucket, "label": pa.array([*nothing, *(labels[at] for at in periods)], pa.string())})


def again(sums: Sums, ask: Ask[Flow], names: Names) -> Ask[Flow] | None:
    """The same with the items that each column shows, where one of them, or a link that is told by period, was not told apart in each task.

    Source: L2.
    """
    surer = again_whole(sums, ask, names)
    if surer is not None or ask.report.trend is None or ask.items is not None:
        return surer
    links = _most_links(sums, shown_items(sums, ask, names), ask.report.trend.links)
    told = _all_told(sums, (LINKS, LINKS_OVER_TIME, 3), {tuple(link) for link in links}) and _all_told(sums, (NODES, NODES_OVER_TIME, 2), _ends(links))
    return None if told else with_items(sums, ask, names)


def _all_told(sums: Sums, measures: tuple[int, int, int], keys: set[tuple[int, ...]]) -> bool:
    """Whether the periods of some nodes or links sum to their path views."""
    whole, by_period, width = measures
    views = {key: 0.0 for key in keys}
    for number, first, sign in ((whole, 0, 1), (by_period, 1, -1)):
        found, amounts = sums.measure(number, width + first)
        for *key, amount in zip(*(part.tolist() for part in found[first:]), amounts.tolist(), strict=True):
            if tuple(key) in views:
                views[tuple(key)] += sign * amount
    return not any(views.values())


def _ends(links: list[Link]) -> set[tuple[int, ...]]:
    """The nodes at the ends of links: their columns and ids."""
    return {(one.column + side, one[1 + side]) for one in links for side in (0, 1)}


def _rows(sums: Sums, ask: Ask[Flow], shown: dict[int, Shown]) -> Iterator[Row]:
    """All paths by period, then the nodes, then the links of most path views; each has a row for every period of the range.

    Source: W3. Decision: *other* is not told by period, nor who stays at an end.
    """
    links = _most_links(sums, shown, ask.report.trend.links if ask.report.trend else 0)
    ends = _ends(links)
    many = len(edges_of(ask))
    totals = _by_period(figures_of(sums, TOTAL_OVER_TIME, 1), many)
    yield from _of_one(("total_over_time", *[None] * (len(TEXTS) - 1)), totals, totals)
    of_nodes, of_links = figures_of(sums, NODES_OVER_TIME, 3), figures_of(sums, LINKS_OVER_TIME, 4)
    for column, here in shown.items():
        for id_ in [one for one in here.all().tolist() if (column, one) in ends]:
            yield from _of_one(("node_over_time", column, *named([id_], [here])), _by_period(of_nodes, many, column, id_), totals)
    for link in links:
        texts = ("link_over_time", link.column, *named([link.here, link.following], [shown[link.column], shown[link.column + 1]]))
        yield from _of_one(texts, _by_period(of_links, many, *link), totals)


def _most_links(sums: Sums, shown: dict[int, Shown], most: int) -> list[Link]:
    """The links of most path views between nodes that are shown; equal ones in the order of their rows."""
    keys, figures = figures_of(sums, LINKS, 3)
    ranked: list[tuple[float, int, int, int, Link]] = []
    for column in [one for one in shown if one + 1 in shown]:
        sides = (shown[column], shown[column + 1])
        told = [np.append(one.ids, [kind for kind in KINDS if KINDS[kind] != "other"]) for one in sides]
        among = (keys[0] == column) & np.isin(keys[1], told[0]) & np.isin(keys[2], told[1])
        among &= (keys[1] != keys[2]) | ~np.isin(keys[1], END_TO_END)
        places = [one.places(key[among]).tolist() for one, key in zip(sides, keys[1:], strict=True)]
        found = zip(figures[0][among].tolist(), *places, keys[1][among].tolist(), keys[2][among].tolist(), strict=True)
        ranked += [(-views, column, one, other, Link(column, here, following)) for views, one, other, here, following in found]
    return [link for *_, link in sorted(ranked)[:most]]


def _by_period(found: tuple[list[Ints], list[Floats]], many: int, *key: int) -> list[tuple[float, ...]]:
    """The figures of a node or a link in each period; 0 where it has no paths."""
    keys, figures = found
    mine = np.ones(len(keys[0]), bool)
    for own, part in zip(keys[1:], key, strict=True):
        mine &= own == part
    filled = np.zeros((len(figures), many))
    filled[:, keys[0][mine]] = [one[mine] for one in figures]
    return [*zip(*filled.tolist(), strict=True)]


def _of_one(texts: tuple[object, ...], figures: list[tuple[float, ...]], totals: list[tuple[float, ...]]) -> Iterator[Row]:
    for period, (own, of_all) in enumerate(zip(figures, totals, strict=True)):
        yield Row(period, texts, own, own[0] / of_all[0] if of_all[0] else None)
