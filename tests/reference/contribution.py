"""Contribution: which values of dimensions, or which segments, make the difference of a metric between two ranges or two segments.

The spec has no rules of its own for it: it is two tables (T1-T4, M6) of the same question, subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.reference.attribution import attributed
from tests.reference.calculated import Leaf, leaves
from tests.reference.calendar import first_instant, local
from tests.reference.ranges import back, instants
from tests.reference.table import Key, additive, bindings, credit, near, row_sums, sums
from tests.reference.values import no_value

See = Callable[[dict], dict]


def sides(ask: dict, view: dict, as_of: int) -> tuple[dict, dict]:
    """The question before and after: in another range, or of two segments."""
    compare = ask.get("compare", "previous_period")
    if isinstance(compare, list):
        before, after = ({**ask, "segments": [*ask.get("segments", ()), one]} for one in compare)
        return before, after
    return before_of(ask, compare, view, as_of), ask


def before_of(ask: dict, compare: object, view: dict, as_of: int) -> dict:
    """The question of the range that its own is compared with."""
    zone = view.get("time_zone", "UTC")
    if compare in ("previous_period", "year_ago"):
        first, end = local(ask["from"], zone).date(), local(ask["to"], zone).date()
        if compare == "previous_period":
            first, end = first - (end - first), first
        else:
            first, end = (back(day, 12, "month", view.get("calendar", "gregorian")) for day in (first, end))
        span = (first_instant(first, zone), first_instant(end, zone))
    else:
        span = instants(compare, view, as_of)
    return {**ask, "from": span[0], "to": span[1]}


def cells(seen: dict, ask: dict, view: dict, dimension: str, needed: list[Leaf]) -> dict[Key, dict]:
    """The rows of a table by one dimension, no value among them, with their sums."""
    own = {**ask, "report": "table", "dimensions": [dimension], "include_no_value": True}
    per_key: dict[Key, list[dict]] = {}
    for one in seen["masked"]:
        for key in {key for key, _ in bindings(one["event"], view, [dimension])}:
            per_key.setdefault(key, []).append(one)
    plain = [leaf for leaf in needed if attributed(view, own, leaf) is None]
    found = {key: row_sums(key, of, view, plain, [dimension]) for key, of in per_key.items()}
    credit(found, seen, own, view, needed)
    return found


def change(before: float, after: float) -> float:
    """What is more after than before; what differs by rounding alone does not."""
    same = not (before.is_integer() and after.is_integer()) and math.isclose(before, after, rel_tol=1e-11)
    return 0.0 if same else after - before


def row(kind: str, names: tuple, amounts: tuple, people: tuple, totals: tuple, adds_up: bool | None) -> dict:
    """One row, with its share of the change and what it has beyond the growth of all."""
    known = amounts[0] is not None
    whole, own = change(*totals), change(*amounts) if known else None
    share = own / whole if known and whole != 0 else None
    beyond = amounts[1] - amounts[0] * totals[1] / totals[0] if known and totals[0] != 0 else None
    return {
        "row_kind": kind, "contributor_dimension": names[0], "contributor": names[1], "amount_before": amounts[0], "amount_after": amounts[1],
        "amount_change": own, "share_of_change": share, "beyond_growth": beyond, "people_before": people[0], "people_after": people[1],
        "rows_add_up": adds_up,
    }  # fmt: skip


def contribution(ask: dict, view: dict, as_of: int, see: See) -> list[dict]:
    """The total, what is shown ranked by the size of its change, and the rest of each dimension."""
    metric, segments = ask["metric"], ask.get("by_segments", [])
    needed = leaves(view, list(dict.fromkeys([metric, "people"])))
    amount, people = needed[0], needed[-1]
    both = sides(ask, view, as_of)
    seen = [see(side) for side in both]
    whole = [sums(one["masked"], view, needed) for one in seen]
    totals = tuple(one[amount] for one in whole)
    found, others = [], []
    for place, dimension in enumerate(ask.get("dimensions", [])):
        tables = [cells(one, side, view, dimension, needed) for one, side in zip(seen, both, strict=True)]
        nothing = {amount: 0.0, people: 0.0}
        pairs = {key: [table.get(key, nothing) for table in tables] for key in {**tables[0], **tables[1]}}
        adds_up = additive(view, amount, [dimension])
        sizes = {key: abs(change(one[amount], other[amount])) for key, (one, other) in pairs.items()}
        ranks, label = near([*sizes.values()]), no_value(view, dimension)["label"]
        text = {key: label if key[0] is None else key[0] for key in pairs}
        order = sorted(pairs, key=lambda key: (ranks[sizes[key]], text[key].encode(), key[0] is not None))
        count = ask.get("rows", 10)
        for number, key in enumerate(order[:count]):
            one, other = pairs[key]
            made = row("item", (dimension, text[key]), (one[amount], other[amount]), (one[people], other[people]), totals, adds_up)
            found.append((made, place, number))
        if order[count:]:
            rest = tuple(math.fsum(pairs[key][side][amount] for key in order[count:]) if adds_up else None for side in (0, 1))
            others.append(row("other", (dimension, None), rest, (None, None), totals, adds_up))
    for number, use in enumerate(segments):
        kept = [sums(see({**side, "segments": [*side.get("segments", ()), use]})["masked"], view, needed) for side in both]
        text_of = use if isinstance(use, str) else use["label"]
        made = row("segment", (None, text_of), tuple(one[amount] for one in kept), tuple(one[people] for one in kept), totals, False)
        found.append((made, len(ask.get("dimensions", [])), number))
    place_of = near([abs(made["amount_change"]) for made, _, _ in found])
    found.sort(key=lambda one: (place_of[abs(one[0]["amount_change"])], one[0]["contributor"].encode(), one[1], one[2]))
    total = row("total", (None, None), totals, tuple(one[people] for one in whole), totals, None)
    return [total, *(made for made, _, _ in found), *others]
