"""Segments as rows of a table: each is the total, or the table, of what one more segment keeps; rows may overlap."""

from __future__ import annotations

from tests.reference.calculated import Rows, columns, leaves
from tests.reference.table import near, sums, table


def table_by_segments(seen: dict, of_segments: list[dict], ask: dict, view: dict) -> list[dict]:
    """The total, then the segments in their order, or by the metric that rows are sorted by; each with its own rows."""
    metrics, sort, dimensions = ask.get("metrics", ["events", "people", "sessions"]), ask.get("sort"), ask.get("dimensions", [])
    plain = {**ask, "by_segments": []}
    texts = [use if isinstance(use, str) else use["label"] for use in ask["by_segments"]]
    needed = leaves(view, [*metrics, *([sort] if sort else [metrics[0]])])
    everything = sums([*seen["masked"], *seen["rows"]], view, needed)
    order = [*range(len(texts))]
    own = [totals(part, plain, view) for part in of_segments]
    if sort:
        by = [one[sort] for one in columns(view, [sort], Rows(own, [True] * len(own), everything))]
        place = near(by)
        order.sort(key=lambda at: place[by[at]])
    if not dimensions:
        found = [everything, *(own[at] for at in order)]
        figures = columns(view, metrics, Rows(found, [at > 0 for at in range(len(found))], everything))
        names = [None, *(texts[at] for at in order)]
        return [
            {"row_kind": "item" if at else "total", "in_segment": name, **row} for at, (name, row) in enumerate(zip(names, figures, strict=True))
        ]
    rows = [{"row_kind": row["row_kind"], "in_segment": None, **row} for row in table(seen, plain, view) if row["row_kind"] in ("total", "grand_total")]
    for at in order:
        for row in table(of_segments[at], plain, view, everything):
            kind = "segment" if row["row_kind"] == "total" else row["row_kind"]
            if kind != "grand_total":
                rows.append({**{"row_kind": kind, "in_segment": texts[at]}, **row, "row_kind": kind})
    return rows


def totals(seen: dict, ask: dict, view: dict) -> dict:
    """The sums of a table's total row."""
    return table(seen, ask, view, totals_only=True)
