"""CJA 6.4, attribution panel: one metric by the values of one dimension under several models, and which touches came before (A1-A8)."""

from __future__ import annotations

import math
from itertools import combinations

from tests.reference.attribution import credits, filled, touches, values_of, weights
from tests.reference.calculated import Leaf
from tests.reference.metrics import ALL_OF, amount, carries, path
from tests.reference.order import DAY

DEFAULT = ("last_touch", "first_touch", "linear")
DAYS = (1, 2, 4, 8, 15, 31, 61, 91)  # where buckets of days begin
MOST = 10
BESIDE = ("credited_item", "in_sets", "set_mask", "amount_range", "conversion_events", "last_touch_events", "people", "only_people")


def models_of(ask: dict) -> dict[str, dict]:
    """What each model is called, and how it credits: what it does not say itself, the report says."""
    written = ask.get("models", DEFAULT)
    named = written if isinstance(written, dict) else dict(zip(written, written, strict=True))
    of_report = {name: ask[name] for name in ("container", "lookback", "touch") if ask.get(name) is not None}
    found = {}
    for name, one in named.items():
        own = {"model": one} if isinstance(one, str) else one
        found[name] = filled({**of_report, **{key: value for key, value in own.items() if key != "label"}})
    return found


def window_of(ask: dict) -> dict:
    """The touches that are counted: those of the report's own settings."""
    return filled({name: ask[name] for name in ("container", "lookback", "touch") if ask.get(name) is not None})


def all_hows(ask: dict) -> list[dict]:
    """Everything that says how far back touches are looked for; nothing of another kind of report."""
    return [*models_of(ask).values(), window_of(ask)] if ask["report"] == "attribution" else []


def conversions(seen: dict, ask: dict, view: dict, how: dict) -> list[dict]:
    """Each conversion with its touches: whose it is, and the values of each touch, the oldest first (A1, A2)."""
    found, as_table = [], {**ask, "dimensions": [ask["dimension"]]}
    for person, journey in seen["journeys"].items():
        values = [values_of(event, as_table, view, lambda event: set()) for event in journey]
        for at, event in enumerate(journey):
            if seen["mask"][person][at] and ask["from"] <= event["t"] < ask["to"] and carries(event, view, ask["metric"]):
                some = touches(at, values, journey, seen["sessions"][person], how, view, ask)
                some = [j for j in some if j == at] if how["model"] == "same_touch" else some
                found.append({
                    "person": person, "touches": [{value for (value,) in values[j]} for j in some],
                    "ms": event["t"] - journey[some[0]]["t"] if some else None,
                    "weights": weights(some, journey, how) if some and how["model"] not in ("participation", "algorithmic", "time_decay") else [1.0] * len(some),
                })  # fmt: skip
    return found


def persons(some: list[dict]) -> float:
    """How many people conversions are of."""
    return float(len({one["person"] for one in some}))


def touched(value: str, one: dict) -> bool:
    """Whether a conversion has a touch of a value."""
    return any(value in values for values in one["touches"])


def giving(some: list[dict]) -> list[dict]:
    """The conversions with those of their touches that they give something to."""
    return [{**one, "touches": [values for values, weight in zip(one["touches"], one["weights"], strict=True) if weight > 0]} for one in some]


def behind(seen: dict, ask: dict, view: dict) -> dict[str, dict[str | None, float]]:
    """Per model the people whose conversions give a part to each value, and those of conversions that none took (null)."""
    found = {}
    for name, how in models_of(ask).items():
        some = conversions(seen, ask, view, how)
        gave = giving(some)
        values = {value for one in gave for own in one["touches"] for value in own}
        found[name] = {value: persons([one for one in gave if touched(value, one)]) for value in values}
        found[name][None] = persons([one for one in some if not one["touches"]])
    return found


def row(kind: str, names: list[str], **known: object) -> dict:
    """One row; what is not said of it is null."""
    return {"row_kind": kind, **dict.fromkeys((*BESIDE, *(column for name in names for column in (name, f"{name}_share")))), **known}


def credit(amounts: dict[str, float | None], whole: dict[str, float]) -> dict[str, float | None]:
    """Credits by model, and their shares of all; x/0 is null."""
    found: dict[str, float | None] = {}
    for name, given in amounts.items():
        found |= {name: given, f"{name}_share": given / whole[name] if given is not None and whole[name] else None}
    return found


def additive(how: dict, ask: dict, view: dict) -> bool:
    """T2: whether rows of a model add up."""
    several = [array for array in path(view, "dimensions", ask["dimension"]) if not array.startswith(ALL_OF)]
    return how["model"] == "algorithmic" or (how["model"] != "participation" and not several)


def attribution(seen: dict, ask: dict, view: dict) -> list[dict]:
    """The total, each value with its credits, the rest, what no touch took; sets of the first values; touches and days before."""
    models, leaf, as_table = models_of(ask), Leaf(ask["metric"]), {**ask, "dimensions": [ask["dimension"]]}
    names = [*models]
    given = {name: credits(seen, as_table, view, leaf, how, lambda event: set(), lambda key: True)[0] for name, how in models.items()}
    every = conversions(seen, ask, view, window_of(ask))
    total = math.fsum(amount(event, view, ask["metric"]) for person, journey in seen["journeys"].items() for at, event in enumerate(journey)
                      if seen["mask"][person][at] and ask["from"] <= event["t"] < ask["to"] and carries(event, view, ask["metric"]))  # fmt: skip
    whole = dict.fromkeys(names, total)
    values = {value for one in every for own in one["touches"] for value in own}
    values |= {value for name in names for one in giving(conversions(seen, ask, view, models[name])) for own in one["touches"] for value in own}
    first = given[names[0]]
    ranked = sorted(values, key=lambda value: (-round(first.get((value,), 0.0), 9), value.encode()))
    shown, rest = ranked[: ask.get("rows", 20)], ranked[ask.get("rows", 20) :]
    rows = [row("total", names, conversion_events=float(len(every)), people=persons(every), **credit(whole, whole))]
    for value in shown:
        some = [one for one in every if touched(value, one)]
        last = [one for one in some if value in one["touches"][-1]]
        own = {name: given[name].get((value,), 0.0) for name in names}
        rows.append(row("item", names, credited_item=value, conversion_events=float(len(some)), last_touch_events=float(len(last)), people=persons(some), **credit(own, whole)))
    if rest:
        sums = {name: math.fsum(given[name].get((value,), 0.0) for value in rest) if additive(models[name], ask, view) else None for name in names}
        rows.append(row("other", names, **credit(sums, whole)))
    untouched = [one for one in every if not one["touches"]]
    own = {name: given[name].get((None,), 0.0) for name in names}
    rows.append(row("untouched", names, conversion_events=float(len(untouched)), people=persons(untouched), **credit(own, whole)))
    return [*rows, *sets(every, ranked[: ask.get("overlap", 3)], names), *numbers(every, names), *days(every, names)]


def sets(every: list[dict], top: list[str], names: list[str]) -> list[dict]:
    """V: converting people by the first values that any of their conversions has a touch of."""
    inside: dict[str, set[int]] = {one["person"]: set() for one in every}
    for one in every:
        inside[one["person"]] |= {at for at, value in enumerate(top) if touched(value, one)}

    def of(kind: str, chosen: set[int]) -> dict:
        exactly = [person for person, own in inside.items() if own == chosen]
        in_all = [person for person, own in inside.items() if own >= chosen] if chosen else exactly
        return row(kind, names, in_sets=" & ".join(top[at] for at in sorted(chosen)) or None, set_mask=sum(2**at for at in chosen), people=float(len(in_all)), only_people=float(len(exactly)))

    several = [of("overlap", {*chosen}) for size in range(2, len(top) + 1) for chosen in combinations(range(len(top)), size)]
    some = sorted((one for one in several if one["people"]), key=lambda one: -one["people"])
    return [*(of("set", {at}) for at in range(len(top))), *some, of("none", set())]


def counted(kind: str, text: str, some: list[dict], names: list[str]) -> dict:
    """One row of a distribution."""
    return row(kind, names, amount_range=text, conversion_events=float(len(some)), people=persons(some))


def numbers(every: list[dict], names: list[str]) -> list[dict]:
    """Conversions by how many touches came before: 0, 1, … 9, 10+."""
    return [counted("touches", f"{MOST}+" if number == MOST else str(number), [one for one in every if min(len(one["touches"]), MOST) == number], names) for number in range(MOST + 1)]


def days(every: list[dict], names: list[str]) -> list[dict]:
    """Conversions by how long before their first touch was."""
    found = []
    for low, high in zip((0, *DAYS), (*DAYS, None), strict=True):
        some = [one for one in every if one["ms"] is not None and low * DAY <= one["ms"] and (high is None or one["ms"] < high * DAY)]
        text = "< 1" if not low else f"{low}+" if high is None else str(low) if high == low + 1 else f"{low}-{high - 1}"
        found.append(counted("days", text, some, names))
    return found
