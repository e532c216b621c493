"""Nodes of a flow add up to its total, links to their nodes, periods to the range: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
Key = tuple[Hashable, ...]
OVER_TIME = "_over_time"
NAMES = ("flow_column", "item_kind", "flow_item", "next_kind", "next_item")


class Whole(NamedTuple):
    """A row that others are parts of, and how many of its path views are in no row; None where the whole is no row."""

    row: int | None
    parts: list[int]
    rest: float = 0


def flows_add_up(columns: Columns) -> bool:
    """Whether the rows are nodes and links of a flow."""
    return any(column.name == "path_views" and column.format == "count" for column in columns)


def hide_few_of_flows(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    The nodes of a column are parts of the total, the links at a node are parts of it, and the periods of a row are parts of it. As
    long as the hidden parts of something that is shown are one alone, or hold about fewer than `fewest` people, the part of the
    fewest people that is left is withheld, or the whole where none is left; parts go with their whole. In a period only some nodes and
    links have rows: what the others hold together counts as a hidden part. Of *other* people are not known; its path
    views stand for them.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    counts = [_count(row.get("path_views") if row.get("people") is None else row.get("people")) for row in rows]
    below = {at for at, count in enumerate(counts) if few(count, fewest)}
    gone, wholes, size = set(below), _wholes(rows), -1
    while size != len(gone):  # until nothing more goes
        size = len(gone)
        for whole in wholes:
            _close(gone, whole, counts, fewest)
    names = figures(columns)
    for at, row in enumerate(rows):
        mark = Below(fewest) if at in below else Withheld(fewest) if at in gone else None
        yield {name: mark if mark is not None and name in names else cell for name, cell in row.items()}


def _close(gone: set[int], whole: Whole, counts: Sequence[float], fewest: int) -> None:
    """Withhold the parts of a hidden whole, or more parts of one that is shown, until what is hidden tells nothing about few people."""
    some = [at for at in whole.parts if counts[at] > 0]
    if whole.row in gone:
        gone.update(some)
        return
    sizes = [counts[at] for at in some if at in gone]
    if not sizes and not few(whole.rest, fewest):
        return
    sizes += [whole.rest] if whole.rest > 0 else []
    left = sorted((at for at in some if at not in gone), key=lambda at: (-counts[at], -at))
    while left and _tells(sizes, fewest):
        sizes.append(counts[left[-1]])
        gone.add(left.pop())
    if whole.row is not None and _tells(sizes, fewest):
        gone.add(whole.row)


def _tells(sizes: Sequence[float], fewest: int) -> bool:
    """Whether hidden parts of these sizes tell of few people where their whole is shown."""
    return len(sizes) < 2 or sum(sizes) < fewest


def _wholes(rows: Sequence[Row]) -> list[Whole]:
    """All that has parts: in the range, in each period, and over the periods."""
    spans: dict[Cell, list[int]] = defaultdict(list)
    periods: dict[Key, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        spans[row.get("bucket")].append(at)
        if row.get("bucket") is not None:
            periods[_key(row)].append(at)
    over_time = [Whole(at, periods[_key(rows[at])]) for at in spans[None] if _key(rows[at]) in periods]
    return [whole for span in spans.values() for whole in _wholes_of(rows, span)] + over_time


def _wholes_of(rows: Sequence[Row], span: Iterable[int]) -> Iterator[Whole]:
    """The total with the nodes of each column, and each node with its links on either side, of the range or of a period."""
    total: int | None = None
    nodes: dict[Key, int] = {}
    columns: dict[int, list[int]] = defaultdict(list)
    links: tuple[dict[Key, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for at in span:
        kind = str(rows[at].get("row_kind")).removesuffix(OVER_TIME)
        if kind == "total":
            total = at
        if kind == "node":
            nodes[_node(rows[at])] = at
            columns[_column(rows[at])].append(at)
        if kind == "link":
            links[0][_node(rows[at])].append(at)
            links[1][_column(rows[at]) + 1, rows[at].get("next_kind"), rows[at].get("next_item")].append(at)
    for parts in columns.values():
        yield _whole(rows, total, parts)
    for side in links:
        for node, parts in side.items():
            yield _whole(rows, nodes.get(node), parts)


def _whole(rows: Sequence[Row], at: int | None, parts: list[int]) -> Whole:
    """A whole with its rest, which only a period has: all nodes and all links of the range are rows."""
    if at is None or rows[at].get("bucket") is None:
        return Whole(at, parts)
    return Whole(at, parts, _count(rows[at].get("path_views")) - sum(_count(rows[part].get("path_views")) for part in parts))


def _key(row: Row) -> Key:
    return (str(row.get("row_kind")).removesuffix(OVER_TIME), *(row.get(name) for name in NAMES))


def _node(row: Row) -> Key:
    return _column(row), row.get("item_kind"), row.get("flow_item")


def _column(row: Row) -> int:
    return int(_count(row.get("flow_column")))


def _count(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
