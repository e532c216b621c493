"""Rule W5: what is right after the anchor, or right before it: a flow of one column."""

from __future__ import annotations

from tests.reference.flow import flow


def next_previous(seen: dict, ask: dict, view: dict, *, several: bool) -> list[dict]:
    """The total, and what stands in the one column."""
    way, column = ("starts_with", 1) if ask.get("direction", "next") == "next" else ("ends_with", -1)
    rows = flow(seen, {**ask, way: ask["anchor"], "columns": 1, "container": ask.get("container", "person")}, view, several=several)
    kept = [row for row in rows if row["row_kind"] == "total" or (row["row_kind"] == "node" and row["flow_column"] == column)]
    return [{name: cell for name, cell in row.items() if name not in ("flow_column", "next_kind", "next_item")} for row in kept]
