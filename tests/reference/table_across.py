"""A dimension on the columns of a table: each column is the table of what has its value; rules T1-T4 for rows and columns alike."""

from __future__ import annotations

import math

from tests.reference.calculated import Rows, columns, leaves
from tests.reference.calendar import edges, label
from tests.reference.row_filter import hidden_in
from tests.reference.standard import CLOCKS, TIMES
from tests.reference.table import additive, differ, laid, ranked
from tests.reference.variants import controls

CALENDAR = ("hour", "day", "week", "month", "quarter", "year")
NAMES = (
    "AM", "PM", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Weekday", "Weekend", "January", "February",
    "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def table_across(seen: dict, ask: dict, view: dict) -> list[dict]:
    """Each row in total, per value on the columns, and of the rest of these."""
    across, dimensions, metrics = ask["across"], ask["dimensions"], ask.get("metrics", ["events", "people", "sessions"])
    sort = ask.get("sort") or metrics[0]
    needed = leaves(view, [*metrics, sort])
    hidden = hidden_in(ask, view)
    plain = {name: value for name, value in ask.items() if name not in ("across", "columns_shown")}
    plain["include_no_value"] = [name for name in dimensions if name not in hidden]
    beside = {**plain, "dimensions": [*dimensions, across], "include_no_value": [*plain["include_no_value"], across]}
    alone = {**plain, "dimensions": [across], "include_no_value": True, "filter": []}

    rows, totals, everything = laid(seen, plain, view, needed)
    cells, _, _ = laid(seen, beside, view, needed)
    tops = column_totals(seen, cells, beside, alone, view, needed, every_row=not hidden and not ask.get("filter"))
    items, rest = ranked(rows, everything, view, plain, sort)
    heads, left = shown_columns(seen, tops, everything, {**alone, "rows": ask.get("columns_shown")}, view, sort)

    nothing = dict.fromkeys(needed, 0.0)
    cells = {**cells, **{both: nothing for key, _ in items for head, _ in heads if (both := (*key, head)) not in cells}}
    kept_rows, kept_columns = {key for key, _ in items}, {head for head, _ in heads}

    def summed(some: list[dict], named: list[str]) -> dict:
        return {leaf: math.fsum(one[leaf] for one in some) if additive(view, leaf, named) else None for leaf in needed}

    def column(of: list[dict], keys: list, ask_of: dict, sums: dict) -> list[dict]:
        inside = [2 <= at < 2 + len(items) for at in range(len(of))]
        return columns(view, metrics, Rows(of, inside, everything, controls(sums, keys, ask_of, view)))

    def framed(total: dict, of_items: list[dict], other: dict) -> list[dict]:
        return [total, everything, *of_items, *([other] if rest else [])]

    keys = [key for key, _ in items]
    ends = [None] * bool(rest)
    found = [
        ("total", None, column(framed(totals, [rows[key] for key in keys], summed([rows[key] for key in rest], dimensions)), [None, None, *keys, *ends], plain, rows))
    ]
    for head, text in heads:
        own = [cells[(*key, head)] for key in keys]
        other = summed([one for key, one in cells.items() if key[-1] == head and key[:-1] not in kept_rows], beside["dimensions"])
        found.append(("item", text, column(framed(tops[head], own, other), [None, None, *((*key, head) for key in keys), *ends], beside, cells)))
    if left:
        own = [summed([one for key, one in cells.items() if key[:-1] == row and key[-1] not in kept_columns], beside["dimensions"]) for row in keys]
        other = summed([one for key, one in cells.items() if key[:-1] not in kept_rows and key[-1] not in kept_columns], beside["dimensions"])
        top = summed([tops[head] for head in left], [across])
        found.append(("other", None, column(framed(top, own, other), [None] * (2 + len(keys) + bool(rest)), beside, cells)))

    names = [(None,) * len(dimensions)] * 2 + [text for _, text in items] + [(None,) * len(dimensions)]
    kinds = ["total", "grand_total", *["item"] * len(items), *["other"] * bool(rest)]
    apart = differ(found[0][2][0], found[0][2][1], found[0][2])
    return [
        {"row_kind": kind, **dict(zip(dimensions, names[at], strict=True)), "column_kind": head, across: text, **figures[at]}
        for at, kind in enumerate(kinds)
        for head, text, figures in found
        if kind != "grand_total" or (head == "total" and apart)
    ]


def column_totals(seen: dict, cells: dict, beside: dict, alone: dict, view: dict, needed: list, *, every_row: bool) -> dict:
    """T3: of all rows the table by the columns alone; of some the total of the rows that have the column's value."""
    if every_row:
        return {key[0]: one for key, one in laid(seen, alone, view, needed)[0].items()}
    found = {}
    for head in {key[-1] for key in cells}:
        of_it = {"dimension": beside["dimensions"][-1], **({"exists": False} if head is None else {"equals": head})}
        found[head] = laid(seen, {**beside, "filter": [*beside.get("filter", ()), of_it]}, view, needed)[1]
    return found


def shown_columns(seen: dict, tops: dict, everything: dict, alone: dict, view: dict, sort: str) -> tuple[list, list]:
    """The values that are columns, each with its text, and the rest: ranked as rows are; times in their order, the last ones."""
    [across] = alone["dimensions"]
    if across not in TIMES:
        items, rest = ranked({(head,): one for head, one in tops.items()}, everything, view, {**alone, "rows": alone["rows"] or 5}, sort)
        return [(key[0], text[0]) for key, text in items], [key[0] for key in rest]
    zone, calendar = view.get("time_zone", "UTC"), view.get("calendar", "gregorian")
    first = {}
    for one in seen["masked"]:
        at = one["event"]["t"]
        first[one["event"][across]] = min(first.get(one["event"][across], at), at)
    if across in CALENDAR:
        for edge in edges(alone["from"], alone["to"], across, zone, calendar):
            tops.setdefault(label(edge, across, zone, calendar), dict.fromkeys(everything, 0.0))
            first[label(edge, across, zone, calendar)] = edge
    order = sorted(tops, key=lambda text: first[text] if across in CALENDAR or across in CLOCKS else place_of(text))
    count = alone["rows"] or 100
    return [(text, text) for text in order[-count:]], order[:-count]


def place_of(text: str) -> int:
    """The place of a part of time among its like."""
    return NAMES.index(text) if text in NAMES else int(text.lstrip("MQ"))
