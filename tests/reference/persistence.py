"""Rules P1-P6: the values that each event has of a dimension with persistence, as lists; empty where it has none."""

from __future__ import annotations

from tests.reference.calculated import names
from tests.reference.calendar import bucket
from tests.reference.metrics import carries, nodes, own, own_path, path, spec_of
from tests.reference.months import Span, back, length, within

FOREVER = float("inf")


def settings(view: dict, dimension: str) -> dict | None:
    """The persistence of a dimension, defaults filled in."""
    found = spec_of(view, "dimensions", dimension).get("persistence")
    return None if found is None else {"allocation": "most_recent", "expiration": "session", **found}


def used(view: dict, ask: dict) -> list[str]:
    """Dimensions with persistence that a report shows or compares, also in segments that it names."""
    return sorted(name for name in named([ask, view.get("view_segments", [])], view) if name in view.get("dimensions", {}) and settings(view, name))


def named(part: object, view: dict) -> set[str]:
    """All texts that an ask, or a segment or a calculated metric that it names, is made of."""
    if isinstance(part, dict):
        return set().union(*(named(inner, view) for inner in part.values()))
    if isinstance(part, list | tuple):
        return set().union(*(named(inner, view) for inner in part))
    if not isinstance(part, str):
        return set()
    segment = view.get("segments", {}).get(part)
    made_of = names(view, part) - {part} if part in view.get("metrics", {}) else set()
    return {part} | (named(segment, view) if segment else set()).union(*(named(name, view) for name in made_of))


def of_person(how: dict) -> bool:
    """Whether the state is the person's."""
    return how["expiration"] == "person" or isinstance(how["expiration"], dict)


def lasts(how: dict) -> Span:
    """The time that values last, ms or months; None where no duration says."""
    expiration = how["expiration"]
    return length(expiration) if isinstance(expiration, str) and expiration not in ("session", "person") else None


def since_of(how: dict, view: dict, ask: dict) -> float:
    """O7, P3: what was set before this instant does not exist."""
    if of_person(how):
        return person_from(view, ask)
    return -FOREVER if lasts(how) is None else back(ask["from"], lasts(how), view.get("time_zone", "UTC"))


def person_from(view: dict, ask: dict) -> int:
    """O7: where the state of a person begins."""
    scope = ask.get("person_scope", "month")
    if scope == "range":
        return ask["from"]
    if scope == "all":
        return -(10**15)
    month = bucket(ask["from"], "month", view.get("time_zone", "UTC"), view.get("calendar", "gregorian"))
    return min(month, ask["from"])


def read_from(view: dict, ask: dict, start: int) -> int:
    """O7: how far back a report reads, not less than `start`."""
    hows = [settings(view, name) for name in used(view, ask)]
    start = min([start, *(since_of(how, view, ask) for how in hows if lasts(how) is not None)])
    return min(start, person_from(view, ask)) if any(of_person(how) for how in hows) else start


def of_items(dimension: str, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> list:
    """P5, P6: per event the value of each item, in lists as deep as those of the dimension that it is bound to."""
    how = settings(view, dimension)
    depth = len(own_path(view, how["binding"]))
    bound = [nodes(event.get(how["binding"]), depth) for event in journey]
    slots = [(at, place, by) for at, event in enumerate(bound) for place, by in event]
    metric = how.get("binding_metric")
    if metric is None:
        own_values = [dict(nodes(event.get(dimension), depth)) for event in journey]
        values = [own_values[at].get(place) for at, place, _ in slots]
    else:
        unbound = without_binding(dimension, view)
        had = persisted(dimension, journey, session_of, unbound, ask)
        given = [own(journey[at], unbound, dimension) or had[at] for at in range(len(journey))]
        binds = [carries(event, view, metric) for event in journey]
        values = [given[at][0] if binds[at] and given[at] and by is not None else None for at, _, by in slots]
    scope, since = scopes(how, journey, session_of, view), since_of(how, view, ask)
    values_of = [{by for _, by in event} for event in bound]
    found = [{} for _ in journey]
    for here, (at, place, by) in enumerate(slots):
        if how["allocation"] in ("first_known", "last_known"):
            places = [{"t": journey[slot[0]]["t"]} for slot in slots]
            exists = [values[slot] is not None and places[slot]["t"] >= since for slot in range(len(slots))]
            held = known(here, how, places, [{slot[2]} for slot in slots], exists, [scope[slot[0]] for slot in slots], ask)
            found[at][place] = values[here] if by is None else None if held is None else values[held]
            continue
        before = [
            slot for slot in range(here + 1)
            if values[slot] is not None and slots[slot][2] == by
            and same_scope(how, slots[slot][0], at, by, values_of, journey, scope, view) and journey[slots[slot][0]]["t"] >= since
        ]  # fmt: skip
        times = [journey[slots[slot][0]]["t"] for slot in before]
        held = holder(times, journey[at]["t"], how, view)
        found[at][place] = values[here] if by is None else None if held is None else values[before[held]]
    return [shaped(event.get(how["binding"]), depth, own_) for event, own_ in zip(journey, found, strict=True)]


def of_items_alone(dimension: str, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> list:
    """P1, P2: per event and item a list of values: the item's own where the event set some, else those of the event that lasts.

    The values of an event's items are one list. An event without items has none (O8).
    """
    depth = spec_of(view, "dimensions", dimension)["field"].count("[]")
    plain = {**view, "dimensions": {**view["dimensions"], dimension: {**spec_of(view, "dimensions", dimension), "field": dimension}}}
    sets = [own(event, view, dimension) for event in journey]
    numbered = [{**event, dimension: str(at) if sets[at] else None} for at, event in enumerate(journey)]
    held = persisted(dimension, numbered, session_of, plain, ask)
    found = []
    for at, event in enumerate(journey):
        last = int(held[at][0]) if held[at] else None
        items = {
            place: [value] if last in (at, None) else list(dict.fromkeys(sets[last]))
            for place, value in nodes(event.get(dimension), depth)
        }
        if last is None:
            items = {place: [None] for place in items}
        found.append(shaped(event.get(dimension), depth, items))
    return found


def without_binding(dimension: str, view: dict) -> dict:
    """The view in which a dimension is bound to nothing."""
    found = spec_of(view, "dimensions", dimension)
    how = {key: value for key, value in found["persistence"].items() if not key.startswith("binding")}
    return {**view, "dimensions": {**view["dimensions"], dimension: {**found, "persistence": how}}}


def shaped(like: object, depth: int, found: dict, place: tuple = ()) -> object:
    """Values by place as lists within lists."""
    if depth == 0:
        return found.get(place)
    return [shaped(item, depth - 1, found, (*place, at)) for at, item in enumerate(like if isinstance(like, list) else [])]


def persisted(dimension: str, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> list[list[str]]:
    """Per event the values of one dimension."""
    how = settings(view, dimension)
    values = [own(event, view, dimension) for event in journey]
    since = since_of(how, view, ask)
    exists = [bool(values[at]) and journey[at]["t"] >= since for at in range(len(journey))]
    scope = scopes(how, journey, session_of, view)
    if how["allocation"] in ("first_known", "last_known"):
        bound = [set(own(event, view, how["binding"])) if "binding" in how else {None} for event in journey]
        places = [known(at, how, journey, bound, exists, scope, ask) if bound[at] else at for at in range(len(journey))]
        return [[] if place is None else values[place] for place in places]
    found = []
    for at in range(len(journey)):
        if "binding" in how:
            before = remembered(at, exists, journey, view, how, scope)
            if before is None:
                found.append(values[at])
                continue
        else:
            before = [j for j in range(at + 1) if exists[j] and scope[j] == scope[at]]
        found.append(allocated(at, how, before, journey, values, view))
    return found


def scopes(how: dict, journey: list[dict], session_of: list[int], view: dict) -> list[int]:
    """A number per event; values last only among events of one number."""
    if how["expiration"] == "session":
        return session_of
    if not isinstance(how["expiration"], dict):
        return [0] * len(journey)
    carried = [carries(event, view, how["expiration"]["metric"]) for event in journey]
    return [sum(carried[:at]) for at in range(len(journey))]


def remembered(at: int, exists: list[bool], journey: list[dict], view: dict, how: dict, scope: list[int]) -> list[int] | None:
    """P5: of the events so far those that set a value with the event's own bound value; None where it has none."""
    bound = [set(own(event, view, how["binding"])) for event in journey]
    if not bound[at]:
        return None
    (by,) = bound[at]
    return [j for j in range(at + 1) if exists[j] and by in bound[j] and same_scope(how, j, at, by, bound, journey, scope, view)]


def same_scope(
    how: dict, first: int, at: int, by: str | None, values_of: list[set], journey: list[dict], scope: list[int], view: dict
) -> bool:
    """P5: whether what an event sets may still be there; per bound value a metric ends what its own events are bound to."""
    if not isinstance(how["expiration"], dict):
        return scope[first] == scope[at]
    return not any(by in values_of[j] and carries(journey[j], view, how["expiration"]["metric"]) for j in range(first, at))


def allocated(at: int, how: dict, before: list[int], journey: list[dict], values: list, view: dict) -> list[str]:
    """P1, P3: what is left at an event of the values set before."""
    if how["allocation"] == "all":
        return list(dict.fromkeys(value for j in before for value in values[j]))
    held = holder([journey[j]["t"] for j in before], journey[at]["t"], how, view)
    return [] if held is None else values[before[held]]


def holder(times: list[int], now: int, how: dict, view: dict) -> int | None:
    """Which of some sets, given by their times, is still there."""
    most, zone = lasts(how), view.get("time_zone", "UTC")
    held = None
    for j, t in enumerate(times):
        if held is None or how["allocation"] == "most_recent" or not within(times[held], t, most, zone):
            held = j
    return held if held is not None and within(times[held], now, most, zone) else None


def known(at: int, how: dict, journey: list[dict], bound: list[set], exists: list[bool], scope: list[int], ask: dict) -> int | None:
    """P2, P5: where the first or last value of the whole scope is set, of what is bound alike; the tail apart, a scope in it has its own."""
    inside = [j for j in range(len(journey)) if scope[j] == scope[at]]
    ended = [j for j in inside if journey[j]["t"] < ask["to"]] or inside
    set_ = [j for j in ended if exists[j] and bound[j] == bound[at]]
    return (set_[0] if how["allocation"] == "first_known" else set_[-1]) if set_ else None


def lay(journeys: dict[str, list[dict]], sessions: dict[str, list[int]], view: dict, ask: dict) -> None:
    """Write on each event what it has of each dimension with persistence; what it set itself stays under `own`."""
    for person, journey in journeys.items():
        for name in used(view, ask):
            how = settings(view, name)
            items = path(view, "dimensions", how.get("binding", name))
            lasting = persisted if not items or how["allocation"] == "all" else of_items if "binding" in how else of_items_alone
            found = lasting(name, journey, sessions[person], view, ask)
            many = items or how["allocation"] == "all"
            for event, values in zip(journey, found, strict=True):
                event.setdefault("own", {})[name] = event.get(name)
                event["persisted"] = {**event.get("persisted", {}), name: values if many else next(iter(values), None)}
    for journey in journeys.values():
        for event in journey:
            event.update(event.pop("persisted", {}))
