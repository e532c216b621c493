"""Rule H: how many persons, sessions or events have how much of a metric."""

from __future__ import annotations

from itertools import pairwise

from tests.reference.calculated import leaves
from tests.reference.metrics import carries
from tests.reference.table import sums


def histogram(seen: dict, ask: dict, view: dict) -> list[dict]:
    """The total, below, each bucket, above: what it holds, how many units, their share."""
    metric, count = ask["metric"], ask.get("count", "people")
    [leaf] = leaves(view, [metric])
    units: dict[object, list[dict]] = {}
    for number, one in enumerate(seen["masked"]):
        if count != "events" or carries(one["event"], view, metric):
            unit = {"people": one["person"], "sessions": (one["person"], one["session"]), "events": number}[count]
            units.setdefault(unit, []).append(one)
    amounts = [round(sums(own, view, [leaf])[leaf], 9) for own in units.values()]
    start, size, buckets = (float(ask.get(name, usual)) for name, usual in (("start", 1), ("size", 1), ("buckets", 10)))
    edges = [round(start + size * at, 9) for at in range(int(buckets) + 1)]
    parts = [("below", f"< {edges[0]:.12g}", None, edges[0])]
    parts += [("bucket", name(low, size), low, high) for low, high in pairwise(edges)]
    parts.append(("above", f">= {edges[-1]:.12g}", edges[-1], None))
    whose = [own[0]["person"] for own in units.values()]
    rows = [("total", None, None, None, len(amounts), len({*whose}))]
    for kind, text, low, high in parts:
        inside = [
            (person, one) for person, one in zip(whose, amounts, strict=True) if (low is None or one >= low) and (high is None or one < high)
        ]
        rows.append((kind, text, low, high, len(inside), len({person for person, _ in inside})))
    return [
        {"row_kind": kind, "amount_range": text, "at_least": low, "less_than": high, count: float(many),
         **({} if count == "people" else {"people": float(persons)}), "percent_of_total": many / len(amounts) if amounts else None}
        for kind, text, low, high, many, persons in rows
    ]  # fmt: skip


def name(low: float, size: float) -> str:
    """Whole numbers from and to, both in it; else its two ends."""
    if low % 1 or size % 1:
        return f"{low:.12g} to < {low + size:.12g}"
    return f"{low:.12g}" if size == 1 else f"{low:.12g}-{low + size - 1:.12g}"
