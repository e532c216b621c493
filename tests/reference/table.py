"""Rules T1-T4, M6: metrics by the values of dimensions, with totals of their own and the rest as *other*."""

from __future__ import annotations

import math

from tests.reference.attribution import attributed, credits, valued
from tests.reference.calculated import Leaf, Rows, columns, leaves
from tests.reference.metrics import ALL_OF, TYPES, amount, amount_nodes, nodes, path, spec_of
from tests.reference.row_filter import hidden_in, makes_row
from tests.reference.values import filled, no_value
from tests.reference.variants import by_unit, controls

Key = tuple[str | None, ...]


def kept(masked: list[dict], leaf: Leaf) -> list[dict]:
    """The masked events that a column's own segments keep; rows of summary data are of their own metrics alone."""
    return [one for one in masked if leaf.segments <= one["in"] and ("summary" not in one or leaf.metric in one["summary"])]


def sums(masked: list[dict], view: dict, needed: list[Leaf]) -> dict[Leaf, float | None]:
    """T1: a cell over some masked events, each counted once."""
    found: dict[Leaf, float | None] = {}
    for leaf in needed:
        some = kept(masked, leaf)
        if leaf.distinct:
            values = {key for one in some for key, _ in bindings(one["event"], view, [leaf.distinct])}
            found[leaf] = float(len(values - {(None,)}))
        elif leaf.per:
            plain = leaf._replace(per="")
            found[leaf] = math.fsum(sums(own, view, [plain])[plain] ** 2 for own in by_unit(some, leaf.per))
        elif leaf.metric == "people":
            found[leaf] = float(len({one["person"] for one in some}))
        elif leaf.metric == "sessions":
            found[leaf] = float(len({(one["person"], one["session"]) for one in some}))
        elif leaf.metric in TYPES:
            found[leaf] = float(len({(one["person"], one["session"]) for one in some if one["event"][leaf.metric]}))
        else:
            found[leaf] = math.fsum(amount(one["event"], view, leaf.metric) for one in some)
    return found


def bindings(event: dict, view: dict, dimensions: list[str]) -> list[tuple[Key, dict[str, int | None]]]:
    """All ways to choose one item of each array: the dimensions' values and, per array, the item's index.

    An event without items gives none; an item without items of its own gives one whose inner index is None.
    """
    chains = {name: path(view, "dimensions", name) for name in dimensions}
    arrays = sorted({array for chain in chains.values() for array in chain}, key=len)
    parents = {array: chain[at - 1] if at else None for chain in chains.values() for at, array in enumerate(chain)}
    chosen: list[dict[str, int | None]] = [{}]
    for array in arrays:
        chosen = [{**items, array: at} for items in chosen for at in choices(event, view, array, parents[array], items)]
    return [(tuple(known(event, view, name, chains[name], items) for name in dimensions), items) for items in chosen]


def known(event: dict, view: dict, name: str, chain: tuple[str, ...], items: dict) -> str | None:
    """The value of a dimension under a choice of items; no value may be one, but for what persists: that was before (O8)."""
    value = value_at(event, name, chain, items)
    return value if spec_of(view, "dimensions", name).get("persistence") else filled(value, view, name)


def choices(event: dict, view: dict, array: str, parent: str | None, items: dict) -> list[int | None]:
    """Indices of an array's items under the chosen outer item; all components of the array count."""
    if parent is not None and items[parent] is None:
        return [None]
    found: set[int] = set()
    for kind in ("dimensions", "metrics"):
        for name in view.get(kind, {}):
            chain = path(view, kind, name)
            if array not in chain:
                continue
            depth = chain.index(array) + 1
            for at, _ in nodes(event.get(name), depth):
                if all(items[outer] == at[level] for level, outer in enumerate(chain[: depth - 1])):
                    found.add(at[depth - 1])
    return sorted(found) or ([None] if parent is not None or array.startswith(ALL_OF) else [])


def value_at(event: dict, name: str, chain: tuple[str, ...], items: dict) -> str | None:
    """A dimension's value on the chosen items; a shorter or missing list is null there."""
    for at, value in nodes(event.get(name), len(chain)):
        if all(items[array] == at[level] for level, array in enumerate(chain)):
            return value
    return None


def agrees(at: tuple[int, ...], chain: tuple[str, ...], items: dict[str, int | None]) -> bool:
    """Whether an amount's item is not another one than those chosen."""
    return all(array not in items or items[array] == at[level] for level, array in enumerate(chain))


def event_cells(event: dict, view: dict, dimensions: list[str], metric: str) -> dict[Key, float]:
    """M6: each amount goes in full, once, to every distinct combination of values it can be paired with."""
    ways = bindings(event, view, dimensions)
    chain = path(view, "metrics", metric)
    found: dict[Key, list[float]] = {}
    for at, value in amount_nodes(event, view, metric):
        for key in {key for key, items in ways if agrees(at, chain, items)}:
            found.setdefault(key, []).append(value)
    return {key: math.fsum(values) for key, values in found.items()}


def additive(view: dict, leaf: Leaf, dimensions: list[str]) -> bool:
    """T2: rows add up, unless distinct things are counted or an amount can go to several rows."""
    if leaf.distinct or leaf.per or leaf.metric in ("people", "sessions", *TYPES):
        return False
    if "summary" in spec_of(view, "metrics", leaf.metric):
        return True
    how = attributed(view, {"report": "table", "dimensions": dimensions}, leaf)
    if how is not None:
        arrays = [array for name in dimensions for array in path(view, "dimensions", name)]
        one = len(valued({"dimensions": dimensions})) == 1  # its own values are credited, of which an event outside arrays has one
        single = not [array for array in arrays if not (one and array.startswith(ALL_OF))]
        return how["model"] == "algorithmic" or (how["model"] != "participation" and single)
    chain = path(view, "metrics", leaf.metric)
    return all(array in chain for name in dimensions for array in path(view, "dimensions", name))


def laid(seen: dict, ask: dict, view: dict, needed: list[Leaf], whole: dict | None = None) -> tuple[dict[Key, dict], dict, dict]:
    """The sums of each row, of the table and of all events; `whole` is a grand total that formulas read instead of its own."""
    dimensions = ask.get("dimensions", [])
    every_row = not hidden_in(ask, view) and not ask.get("filter")
    per_key: dict[Key, list[tuple[dict, list]]] = {}
    counted = []
    masked = [*seen["masked"], *seen["rows"]]
    for one in masked:
        keys = {key for key, _ in bindings(one["event"], view, dimensions)}
        keys = {key for key in keys if makes_row(key, dimensions, ask, view)}
        if keys or every_row or not dimensions:
            counted.append(one)
        for key in keys:
            per_key.setdefault(key, []).append(one)
    totals = sums(counted, view, needed)
    everything = sums(masked, view, needed) if whole is None else whole
    if not dimensions:
        return {}, totals, totals
    plain = [leaf for leaf in needed if attributed(view, ask, leaf) is None]
    cells = {key: row_sums(key, of, view, plain, dimensions) for key, of in per_key.items()}
    touched = credit(cells, seen, ask, view, needed)
    if not every_row:  # items whose values are no rows, and what lies on them is not in the total
        totals |= {
            leaf: math.fsum(cell[leaf] for cell in cells.values())
            for leaf in needed
            if additive(view, leaf, dimensions) and leaf not in touched
        }
        totals |= touched
        for leaf in needed:
            plain = leaf._replace(per="")
            if leaf.per and additive(view, plain, dimensions):
                units = by_unit(kept(counted, leaf), leaf.per)
                totals[leaf] = math.fsum(on_rows(own, view, plain, dimensions, [*cells]) ** 2 for own in units)
        for leaf in needed:
            if leaf.distinct:
                pairs = {
                    pair for one in kept(seen["masked"], leaf)
                    for pair, _ in bindings(one["event"], view, [*dimensions, leaf.distinct])
                }
                told = {pair for pair in pairs if pair[-1] is not None and makes_row(pair[:-1], dimensions, ask, view)}
                totals[leaf] = float(len({pair[-1] for pair in told}))
    return cells, totals, everything


def table(seen: dict, ask: dict, view: dict, whole: dict | None = None, totals_only: bool = False) -> list[dict] | dict:
    """A total row, the items, and *other* when rows are left; `whole` is a grand total that formulas read instead of its own."""
    dimensions = ask.get("dimensions", [])
    metrics = ask.get("metrics", ["events", "people", "sessions"])
    sort = ask.get("sort") or metrics[0]
    needed = leaves(view, [*metrics, sort])
    cells, totals, everything = laid(seen, ask, view, needed, whole)
    if totals_only:
        return totals
    if not dimensions:
        return [{"row_kind": "total", **columns(view, metrics, Rows([totals], [False], totals))[0]}]
    items, rest = ranked(cells, everything, view, ask, sort)
    found = [totals, everything, *(cells[key] for key, _ in items)]
    if rest:
        found.append({
            leaf: math.fsum(cells[key][leaf] for key in rest) if additive(view, leaf, dimensions) else None
            for leaf in needed
        })  # fmt: skip
    shown = [2 <= at < 2 + len(items) for at in range(len(found))]
    against = controls(cells, [None, None, *(key for key, _ in items), *([None] if rest else [])], ask, view)
    total, grand, *figures = columns(view, metrics, Rows(found, shown, everything, against))
    texts = [*(text for _, text in items), *([(None,) * len(dimensions)] if rest else [])]
    kinds = ["item"] * len(items) + ["other"] * bool(rest)
    return [
        {"row_kind": "total", **dict.fromkeys(dimensions), **total},
        *([{"row_kind": "grand_total", **dict.fromkeys(dimensions), **grand}] if differ(total, grand, [*figures, total, grand]) else []),
        *(
            {"row_kind": kind, **dict(zip(dimensions, text, strict=True)), **own}
            for kind, text, own in zip(kinds, texts, figures, strict=True)
        ),
    ]


def credit(cells: dict[Key, dict], seen: dict, ask: dict, view: dict, needed: list[Leaf]) -> dict[Leaf, float]:
    """A: add what rows are credited with to the cells; returns per metric what goes to rows, each touch once."""
    on_rows, dimensions = {}, ask["dimensions"]

    def combinations(event: dict) -> set[Key]:
        return {key for key, _ in bindings(event, view, valued(ask))}

    def is_row(key: Key) -> bool:
        return makes_row(key, dimensions, ask, view)

    for leaf in needed:
        how = attributed(view, ask, leaf)
        if how is None:
            continue
        found, on_rows[leaf] = credits(seen, ask, view, leaf, how, combinations, is_row)
        for key, given in found.items():
            if given != 0 and is_row(key):
                cells.setdefault(key, {})[leaf] = given
    for cell in cells.values():
        for leaf in needed:
            cell.setdefault(leaf, 0.0)
    return on_rows


def differ(total: dict, grand: dict, rows: list[dict]) -> bool:
    """T3: whether what has no value makes the grand total another one; only then it is a row. M3: sums differ in the last digits."""
    for name, one in total.items():
        other, most = grand[name], max(abs(row[name] or 0) for row in rows)
        if (one is None) != (other is None) or (one is not None and abs(one - other) > max(1e-9 * abs(one), 1e-12 * most)):
            return True
    return False


def row_sums(key: Key, masked: list[dict], view: dict, needed: list[Leaf], dimensions: list[str]) -> dict:
    """The sums of one row."""
    found = sums(masked, view, [leaf for leaf in needed if leaf.metric in ("people", "sessions", *TYPES)])
    for leaf in needed:
        if leaf.per:
            plain = leaf._replace(per="")
            units = by_unit(kept(masked, leaf), leaf.per)
            found[leaf] = math.fsum(row_sums(key, own, view, [plain], dimensions)[plain] ** 2 for own in units)
        elif leaf.distinct:
            some = kept(masked, leaf)
            pairs = {pair for one in some for pair, _ in bindings(one["event"], view, [*dimensions, leaf.distinct])}
            found[leaf] = float(len({pair for pair in pairs if pair[:-1] == key and pair[-1] is not None}))
        elif leaf not in found:
            some = kept(masked, leaf)
            found[leaf] = math.fsum(event_cells(one["event"], view, dimensions, leaf.metric).get(key, 0.0) for one in some)
    return found


def on_rows(masked: list[dict], view: dict, leaf: Leaf, dimensions: list[str], keys: list[Key]) -> float:
    """What some events give to all rows."""
    return math.fsum(
        event_cells(one["event"], view, dimensions, leaf.metric).get(key, 0.0) for one in masked for key in keys
    )


def ranked(cells: dict[Key, dict], everything: dict, view: dict, ask: dict, sort: str) -> tuple[list, list[Key]]:
    """T4: by metric descending, then by the bytes of the values: the rows shown, each with its texts, and the rest.

    What rows are sorted by is told with all rows, those beyond the last one shown included.
    """
    labels = [no_value(view, name)["label"] for name in ask["dimensions"]]
    texts = {key: tuple(label if value is None else value for label, value in zip(labels, key, strict=True)) for key in cells}
    keys = list(cells)
    by = columns(view, [sort], Rows([cells[key] for key in keys], [True] * len(keys), everything, controls(cells, keys, ask, view))) if keys else []
    amounts = {key: one[sort] for key, one in zip(keys, by, strict=True)}

    place = near(list(amounts.values()))

    def rank(key: Key) -> tuple:
        bytes_ = [text.encode("utf-8") for text in texts[key]]
        return (place[amounts[key]], bytes_, [value is not None for value in key])

    order = sorted(keys, key=rank)
    count = ask.get("rows", 50)
    return [(key, texts[key]) for key in order[:count]], order[count:]


def near(amounts: list[float | None]) -> dict[float | None, int]:
    """The place of each amount, the largest first; amounts side by side that differ by rounding alone share one."""
    known = sorted({amount for amount in amounts if amount is not None}, reverse=True)
    largest = max(map(abs, known), default=0.0)
    places: dict[float | None, int] = {None: len(known) + 1}
    for at, one in enumerate(known):
        before = known[at - 1] if at else None
        same = before is not None and not (before.is_integer() and one.is_integer()) and (
            before - one <= max(1e-11 * max(abs(before), abs(one)), 1e-14 * largest)
        )
        places[one] = places[before] if same else at
    return places
