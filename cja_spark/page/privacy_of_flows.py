"""Nodes of a flow add up to its total and links to their nodes: what gives a hidden one away is hidden with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from cja_spark.page.content import Cell, ColumnSpec
from cja_spark.page.privacy import Below, SafeCell, Withheld, few, figures

Row = Mapping[str, Cell]
Columns = tuple[ColumnSpec, ...]
Node = tuple[int, str, str]


def flows_add_up(columns: Columns) -> bool:
    """Whether the rows are nodes and links of a flow."""
    return any(column.name == "path_views" and column.format == "count" for column in columns)


def hide_few_of_flows(rows: Sequence[Row], columns: Columns, fewest: int) -> Iterator[dict[str, SafeCell]]:
    """Give the rows with what is about 1 to `fewest` - 1 people hidden, and what could be computed from the rest.

    The nodes of a column are parts of the total, the links at a node are parts of it. As long as the hidden parts of something
    that is shown are one alone, or hold about fewer than `fewest` people, the part of the fewest people that is left is withheld; a
    link goes with its node. Of *other* people are not known; its path views stand for them.

    Source: spec publishing, S4. Decision: docs/decisions/page-charts.md.
    """
    counts = {at: _count(row.get("path_views") if row.get("people") is None else row.get("people")) for at, row in enumerate(rows)}
    below = {at for at, count in counts.items() if few(count, fewest)}
    links = {at: _ends(row) for at, row in enumerate(rows) if row.get("row_kind") == "link"}
    nodes = {_node(row, ""): at for at, row in enumerate(rows) if row.get("row_kind") == "node"}
    gone = set(below)
    size = -1
    while size != len(gone):  # 1. parts of each whole, 2. links of hidden nodes, until nothing more goes
        size = len(gone)
        for column in {node[0] for node in nodes}:
            _add_parts(gone, [at for node, at in nodes.items() if node[0] == column], counts, fewest)
        gone |= {at for at, ends in links.items() if counts[at] > 0 and any(nodes.get(end) in gone for end in ends)}
        for side in (0, 1):
            for node in {ends[side] for ends in links.values()}:
                if nodes.get(node) not in gone:
                    _add_parts(gone, [at for at, ends in links.items() if ends[side] == node], counts, fewest)
    names = figures(columns)
    for at, row in enumerate(rows):
        mark = Below(fewest) if at in below else Withheld(fewest) if at in gone else None
        yield {name: mark if mark is not None and name in names else cell for name, cell in row.items()}


def _add_parts(gone: set[int], parts: Iterable[int], counts: Mapping[int, float], fewest: int) -> None:
    """Withhold more parts of one whole, until what is hidden tells nothing about few people."""
    hidden = [at for at in parts if at in gone]
    left = sorted((at for at in parts if at not in gone and counts[at] > 0), key=lambda at: (counts[at], at))
    while hidden and left and (len(hidden) < 2 or sum(counts[at] for at in hidden) < fewest):
        hidden.append(left.pop(0))
        gone.add(hidden[-1])


def _ends(row: Row) -> tuple[Node, Node]:
    """Both nodes of a link."""
    here, (column, kind, item) = _node(row, ""), _node(row, "next_")
    return here, (column + 1, kind, item)


def _node(row: Row, side: str) -> Node:
    kind, item = ("next_kind", "next_item") if side else ("item_kind", "flow_item")
    return int(_count(row.get("flow_column"))), str(row.get(kind)), str(row.get(item))


def _count(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float | Decimal) else 0.0
