"""Derived fields that look at other events (O10 step 5, W5, M4): values of components, event by event."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.reference.calendar import first_instant, local
from tests.reference.derived import FUNCTIONS, functions, looks, taken
from tests.reference.derived_dates import units
from tests.reference.derived_inputs import Taken, as_instant, as_number, blank
from tests.reference.metrics import own, spec_of
from tests.reference.persistence import named, person_from, settings, used
from tests.reference.summaries import dated, summary


def program(view: dict, made: str) -> list[dict]:
    """All functions that look at other events, of a derived field and those that it is made of."""
    found = []
    for function in functions(view, made):
        for part in parts_of(function):
            found += program(view, part)
        found += [function] if looks(function) else []
    return found


def parts_of(written: object) -> list[str]:
    """The derived fields that a function takes."""
    if isinstance(written, list):
        return [part for one in written for part in parts_of(one)]
    if not isinstance(written, dict):
        return []
    return [written["derived"]] if set(written) == {"derived"} else parts_of(list(written.values()))


def looking_of(view: dict, component: str) -> list[dict]:
    """Those of a component."""
    made = next((one for kind in ("dimensions", "metrics") if (one := spec_of(view, kind, component).get("derived"))), None)
    return program(view, made) if made else []


def function_of(view: dict, component: str) -> dict | None:
    """The first function of a component that looks at other events."""
    return next(iter(looking_of(view, component)), None)


def has_several(view: dict, component: str) -> bool:
    """Whether a component has several of them, has them of other derived fields, or dates of one behind it."""
    made = spec_of(view, "dimensions", component).get("derived") or spec_of(view, "metrics", component).get("derived")
    own = [one for one in functions(view, made) if looks(one)] if made else []
    dates_behind = bool(own) and any(one["function"] == "date_math" for one in functions(view, made)[functions(view, made).index(own[0]) + 1 :])
    return bool(made) and (dates_behind or looking_of(view, component) != own[:1])


def behind(view: dict, component: str) -> list[dict]:
    """The functions behind the one that looks at other events."""
    made = spec_of(view, "dimensions", component).get("derived") or spec_of(view, "metrics", component)["derived"]
    return functions(view, made)[functions(view, made).index(function_of(view, component)) + 1 :]


def after(view: dict, component: str, how: dict, found: object, event: dict) -> object:
    """What the functions behind it make of what it gives, and of the event's own fields."""
    outputs = {**before(view, component, how, event), how.get("output"): found}
    for function in behind(view, component):
        found = blank(FUNCTIONS[function["function"]](function, taken(view, event.get("fields", event), outputs)))
        outputs[function.get("output")] = found
    return found if found is None or isinstance(found, str | list) else float(found)


def before(view: dict, component: str, how: dict, event: dict) -> dict:
    """What the functions before it give on the event."""
    made = spec_of(view, "dimensions", component).get("derived") or spec_of(view, "metrics", component)["derived"]
    outputs: dict = {}
    for function in functions(view, made)[: functions(view, made).index(how)]:
        outputs[function.get("output")] = blank(FUNCTIONS[function["function"]](function, taken(view, event.get("fields", event), outputs)))
    return outputs


def in_numbers(view: dict, component: str, *, metric: bool) -> bool:
    """Whether the values of a component are numbers before such a function runs."""
    how = function_of(view, component)
    if how and (how["function"] == "depth" or how.get("how") == "count_distinct"):
        return False
    return metric or bool(how and how.get("how") in ("max", "min", "median", "mean", "sum", "count"))


def of_person(view: dict, ask: dict) -> bool:
    """Whether one that a report reads looks at all of a person."""
    made = (how for name in read(view, ask) for how in looking_of(view, name))
    return any(one.get("scope") == "person" for how in made for one in (how, *sides(how)) if isinstance(one, dict))


def read(view: dict, ask: dict) -> set[str]:
    """Components that a report reads."""
    names = named([ask, view.get("view_segments", [])], view)
    for dimension in used(view, ask):
        names |= named(settings(view, dimension), view)
    return names


def needed(view: dict, ask: dict) -> set[str]:
    """The components that a report reads, and all that their settings name, whatever for."""
    found: set[str] = set()
    new = read(view, ask)
    while new:
        found |= new
        new = named([view.get(kind, {}).get(name) for kind in ("dimensions", "metrics") for name in new], view) - found
    return found


def sides(how: dict) -> tuple:
    """The two dates of a date math."""
    return (how["start"], how["end"]) if how["function"] == "date_math" else ()


def lay(journeys: dict[str, list[dict]], sessions: dict[str, list[int]], view: dict, ask: dict, now: int) -> None:
    """Write on each event what the functions make of the values that are there, of the components that an ask needs."""
    some = needed(view, ask)
    for name in [one for kind in ("dimensions", "metrics") for one in view.get(kind, {}) if one in some]:
        how = function_of(view, name)
        if how is None:
            continue
        for person, journey in journeys.items():
            if has_several(view, name):
                for event, one in zip(journey, all_in_order(view, name, journey, sessions[person], {**ask, "now": now}), strict=True):
                    event[f"new {name}"] = one if one is None or isinstance(one, str | list) else float(one)
                continue
            found = [value(at, name, how, journey, sessions[person], view, {**ask, "now": now}) for at in range(len(journey))]
            for event, one in zip(journey, found, strict=True):
                event[f"new {name}"] = after(view, name, how, one, event)
    for journey in journeys.values():
        for event in journey:
            for key in [key for key in event if key.startswith("new ")]:
                event[key.removeprefix("new ")] = event.pop(key)


def all_in_order(view: dict, component: str, journey: list[dict], session_of: list[int], ask: dict) -> list:
    """What a component's derived field gives on each event, function by function, whatever they look at."""
    made = spec_of(view, "dimensions", component).get("derived") or spec_of(view, "metrics", component)["derived"]
    return whole_field(view, made, journey, session_of, ask)


LOOKED = "what is looked at"


def whole_field(view: dict, made: str, journey: list[dict], session_of: list[int], ask: dict) -> list:
    """The values of a derived field on each event of a person."""
    outputs: list[dict] = [{} for _ in journey]
    parts = {one: whole_field(view, one, journey, session_of, ask) for one in parts_of(functions(view, made))}
    found: list = []
    for function in functions(view, made):
        taking = [
            Taken(view.get("time_zone", "UTC"), event.get("fields", event), outputs[at], lambda part, at=at: parts[part][at])
            for at, event in enumerate(journey)
        ]  # fmt: skip
        given = [blank(FUNCTIONS[function["function"]](function, one)) for one in taking]
        found = over_events(function, given, view, journey, session_of, ask) if looks(function) else given
        for at, one in enumerate(found):
            outputs[at][function.get("output")] = one
    return found


def over_events(function: dict, given: list, view: dict, journey: list[dict], session_of: list[int], ask: dict) -> list:
    """What a function makes of what is given on each event."""
    if function.get("how") in ("max", "min", "median", "mean", "sum", "count"):
        given = [as_number(one) for one in given]
    seen = [{**event, LOOKED: one, f"date of {LOOKED}": as_instant(one, view.get("time_zone", "UTC"))} for event, one in zip(journey, given, strict=True)]
    return [value(at, LOOKED, function, seen, session_of, view, ask) for at in range(len(journey))]


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def dates(at: int, name: str, how: dict, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> int | None:
    """Whole units between two dates: of the event, of its scope, of the clock, or given."""
    zone = view.get("time_zone", "UTC")

    def date_of(side: int, one: object) -> datetime | None:
        if one in ("today", "now"):
            return EPOCH + timedelta(milliseconds=ask["now"] if one == "now" else first_instant(local(ask["now"], zone).date(), zone))
        if isinstance(one, date):
            return as_instant(one, zone)
        if not (isinstance(one, dict) and "scope" in one):
            return journey[at][name][side]
        person = one["scope"] == "person"
        found = [
            event[name][side] for j, event in enumerate(journey)
            if event[name][side] is not None and (event["t"] >= ask["to"]) == (journey[at]["t"] >= ask["to"])
            and (event["t"] >= person_from(view, ask) if person else session_of[j] == session_of[at])
        ]  # fmt: skip
        return None if not found else found[-1] if one.get("take") == "last" else found[0]

    return units(*(date_of(side, one) for side, one in enumerate(sides(how))), how.get("unit", "day"), zone)


def value(at: int, name: str, how: dict, journey: list[dict], session_of: list[int], view: dict, ask: dict) -> object:
    """The value of one event."""
    if how["function"] == "date_math":
        return dates(at, name, how, journey, session_of, view, ask)
    person = how.get("scope", "session") == "person"
    since = person_from(view, ask) if person else None

    def scope(j: int) -> tuple:
        return (0 if person else session_of[j], journey[j]["t"] >= ask["to"])

    def set_(j: int) -> object:
        if since is not None and journey[j]["t"] < since:
            return None
        one = journey[j].get(name)
        return None if isinstance(one, str) and not one.strip() else one

    inside = [j for j in range(len(journey)) if scope(j) == scope(at) and set_(j) is not None]
    values = [set_(j) for j in inside]
    if how["function"] == "summarize":
        dates_of = [journey[j].get(f"date of {name}") for j in inside]
        return summarized(how["how"], values, dates_of)
    if at not in inside:
        return None
    if how["function"] == "depth":
        return float(inside.index(at) + 1)
    if how["function"] == "deduplicate":
        return kept(at, how, inside, journey, view, name)
    return neighbour(inside.index(at), how, values)


def summarized(how: str, values: list, dates_of: list[datetime | None]) -> object:
    """One value for a scope, of the values and dates of its events."""
    if how in ("earliest", "latest"):
        return dated(how, [(when, one) for when, one in zip(dates_of, values, strict=True) if when is not None])
    return (summary(how, values) or [None]) if how == "distinct" else summary(how, values)


def neighbour(at: int, how: dict, values: list) -> object:
    """The n-th later or earlier value; without repeats equal values in a row are one run."""
    if how["direction"] == "previous":
        values, at = values[::-1], len(values) - 1 - at
    later = values[at:]
    if not how.get("include_repeats"):
        later = [one for j, one in enumerate(later) if j == 0 or one != later[j - 1]]
    index = how.get("index", 1)
    return later[index] if index < len(later) else None


def kept(at: int, how: dict, inside: list[int], journey: list[dict], view: dict, name: str) -> object:
    """The value, unless another one of its scope and id counts."""
    mine = journey[at][name]
    if not isinstance(mine, str) and mine == 0:
        return mine

    def id_of(j: int) -> tuple:
        return tuple(own(journey[j], view, how["id"])) if how.get("id") else ("one",)

    if not id_of(at):
        return mine
    same = [j for j in inside if id_of(j) == id_of(at) and (isinstance(journey[j][name], str) or journey[j][name] != 0)]
    return mine if at == (same[-1] if how.get("keep") == "last" else same[0]) else None
