"""Rule N: which behaviours come before an outcome more often than chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from tests.reference.metrics import carries, own, own_before_persistence
from tests.reference.order import in_range

Z = 1.959964
STRATA = (1, 2, 4, 8, 16)  # the most events of a window of each stratum but the last
DECIMALS = 9
FIGURES = (
    "counted_units", "outcome_units", "outcome_rate", "unexposed_units", "unexposed_outcomes", "unexposed_rate",
    "crude_ratio", "adjusted_ratio", "ratio_lower", "ratio_upper",
)  # fmt: skip


def stratum(length: int) -> int:
    """1, 2, 3-4, 5-8, 9-16, 17+ events."""
    return sum(length > most for most in STRATA)


def units(seen: dict, ask: dict, view: dict) -> list[dict]:
    """Each unit's window, as positions: its masked range events before the first that carries the outcome, or all of them."""
    found: dict[tuple, dict] = {}
    for person, journey in seen["journeys"].items():
        for at, event in enumerate(journey):
            if not seen["mask"][person][at] or not in_range(event, ask):
                continue
            key = (person, seen["sessions"][person][at] if ask.get("container", "session") == "session" else None)
            unit = found.setdefault(key, {"person": person, "window": [], "outcome": False})
            unit["outcome"] = unit["outcome"] or carries(event, view, ask["outcome"])
            if not unit["outcome"]:
                unit["window"].append(at)
    return [*found.values()]


def behaviours(unit: dict, seen: dict, ask: dict, view: dict, kept_by: Callable) -> set[str]:
    """What a unit did in its window: the values that its events set, or the segments that keep one of them."""
    journey, session_of = seen["journeys"][unit["person"]], seen["sessions"][unit["person"]]
    if ask.get("by_segments"):
        names = {use if isinstance(use, str) else use["label"]: use for use in ask["by_segments"]}
        return {name for name, use in names.items() if kept_by(use, journey, session_of, ask, view) & {*unit["window"]}}
    return {value for at in unit["window"] for value in own(own_before_persistence(journey[at]), view, ask["dimension"])}


def counts(value: str, some: list[dict]) -> list[tuple[int, int, int, int]]:
    """Per stratum: exposed units, those of them with the outcome, the other units, those of them with it."""
    found = []
    for number in range(len(STRATA) + 1):
        own_units = [unit for unit in some if stratum(len(unit["window"])) == number]
        with_it = [unit["outcome"] for unit in own_units if value in unit["did"]]
        without = [unit["outcome"] for unit in own_units if value not in unit["did"]]
        found.append((len(with_it), sum(with_it), len(without), sum(without)))
    return found


def adjusted(strata: list[tuple[int, int, int, int]]) -> tuple[float, float, float] | None:
    """The ratio of Mantel and Haenszel with the bounds of Greenland and Robins; none where a sum is 0."""
    above = below = spread = Fraction(0)
    for n1, y1, n0, y0 in strata:
        if n1 + n0:
            n = n1 + n0
            above += Fraction(y1 * n0, n)
            below += Fraction(y0 * n1, n)
            spread += Fraction((y1 + y0) * n1 * n0 - y1 * y0 * n, n * n)
    if not above or not below:
        return None
    ratio, error = float(above / below), math.sqrt(spread / (above * below))
    return ratio, math.exp(math.log(ratio) - Z * error), math.exp(math.log(ratio) + Z * error)


def divided(part: float, whole: float) -> float | None:
    """x/0 = null."""
    return part / whole if whole else None


def figures(value: str, some: list[dict]) -> dict:
    """The columns of a behaviour."""
    strata = counts(value, some)
    n1, y1, n0, y0 = (float(sum(column)) for column in zip(*strata, strict=True))
    crude = (y1 / n1) / (y0 / n0) if y1 and y0 else None
    row = (n1, y1, divided(y1, n1), n0, y0, divided(y0, n0), crude, *(adjusted(strata) or (None,) * 3))
    people = len({unit["person"] for unit in some if value in unit["did"]})
    return {"indicator_count": 1.0, "people": float(people), **dict(zip(FIGURES, row, strict=True))}


def only(kind: str, **known: float | None) -> dict:
    """A row that only counts."""
    return {"row_kind": kind, "indicator": None, "indicator_count": None, "people": None, **dict.fromkeys(FIGURES), **known}


def rank(row: dict, sign: float) -> tuple:
    """By a bound, ties by exposed units, then value bytes."""
    bound = 0.0 if sign == 0 else sign * round(row["ratio_lower" if sign < 0 else "ratio_upper"], DECIMALS)
    return bound, -row["counted_units"], row["indicator"].encode()


def indicators(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """The total, what leads to the outcome, what protects from it, what has no ratio, the rest, and the units without a window."""
    every = units(seen, ask, view)
    some, empty = [unit for unit in every if unit["window"]], [unit for unit in every if not unit["window"]]
    for unit in some:
        unit["did"] = behaviours(unit, seen, ask, view, kept_by)
    known = {value: figures(value, some) for value in {value for unit in some for value in unit["did"]}}
    lists: dict[str, list[dict]] = {"leads_to": [], "protects": [], "undefined": []}
    for value, row in known.items():
        if row["counted_units"] >= ask.get("min_support", 30):
            ratio = row["adjusted_ratio"]
            kind = "undefined" if ratio is None else "leads_to" if round(ratio, DECIMALS) >= 1 else "protects"
            lists[kind].append({"row_kind": kind, "indicator": value, **row})
    with_outcome = float(sum(unit["outcome"] for unit in some))
    total = {
        "indicator_count": float(len(known)), "people": float(len({unit["person"] for unit in some})), "counted_units": float(len(some)),
        "outcome_units": with_outcome, "outcome_rate": divided(with_outcome, len(some)),
    }  # fmt: skip
    rows = [only("total", **total)]
    for kind, sign in (("leads_to", -1.0), ("protects", 1.0), ("undefined", 0.0)):
        rows += sorted(lists[kind], key=lambda row: rank(row, sign))[: ask.get("rows", 20)]
    shown = {row["indicator"] for row in rows}
    rest = [row for value, row in known.items() if value not in shown]
    if rest:
        rows.append(only("other", **{name: sum(row[name] for row in rest) for name in ("indicator_count", "counted_units", "outcome_units")}))
    first = float(len(empty))
    return [*rows, only("left_out", people=float(len({unit["person"] for unit in empty})), counted_units=first, outcome_units=first)]
