"""Rules O8, O9, M5, M6: what one event is worth, and how values of arrays pair with amounts of arrays.

A component on an array of objects has a list per event; on an array inside an array, a list of lists.
A *path* names the array: ``product[].warranty[].name`` lies on ("product", "product.warranty").
"""

from __future__ import annotations

import math

from tests.reference.derived import functions, in_array, paths

ALL_OF = "all values of "
STANDARD = ("events", "people", "sessions")
TYPES = ("first_time_sessions", "return_sessions")  # written on events by S6: whether their session is one
OF_SESSIONS = ("session_starts", "session_ends", "bounces", "time_spent_seconds")  # written on events by S4, S5


def spec_of(view: dict, kind: str, name: str) -> dict:
    """A component of the view as a mapping, whether written short or long."""
    found = view.get(kind, {}).get(name, {})
    found = {"field": found} if isinstance(found, str) else dict(found)
    silent = kind == "metrics" and not {"behavior", "values_to_count", "include"} & {*found}
    return {**found, "behavior": "instances"} if silent and says_text(view, found.get("derived")) else found


TEXTS = ("classify", "concatenate", "find_and_replace", "lowercase", "regex_replace", "split", "trim", "url_parse")


def says_text(view: dict, derived: str | None) -> bool:
    """M1: whether the last function of a derived field gives text, so that its metrics count where it is set."""
    made = view.get("derived", {}).get(derived)
    last = (made if isinstance(made, list) else made["functions"])[-1] if made else {}
    if last.get("function") == "case_when":
        given = [*(one.get("value") for one in last["cases"]), last.get("otherwise")]
        return any(isinstance(one, str) for one in given)
    if last.get("function") == "summarize":
        return last["how"] in ("first", "last", "most_common", "least_common", "earliest", "latest")
    return last.get("function") in TEXTS or (last.get("function"), last.get("to")) == ("typecast", "text")


def path(view: dict, kind: str, name: str) -> tuple[str, ...]:
    """The arrays a component lies in, outermost first; empty for a component of the event.

    All persisted values of a dimension are an array of their own (P1), below its items where it has some.
    """
    if kind == "dimensions" and keeps_all(view, name):
        return (ALL_OF + name,)
    if kind == "dimensions" and ((spec_of(view, kind, name).get("substring") or {}).get("delimiter") or {}).get("array"):
        return (f"parts of values of {name}",)
    if kind == "dimensions" and (bound := bound_to_items(view, name)):
        return own_path(view, bound)
    if made := spec_of(view, kind, name).get("derived"):
        return arrays(view, made)
    field = spec_of(view, kind, name).get("field") or ""
    parts = field.split("[]")[:-1]
    found = tuple("".join(parts[: depth + 1]) for depth in range(len(parts)))
    alone = "binding" not in (spec_of(view, kind, name).get("persistence") or {"binding": None})
    return (*found, ALL_OF + name) if found and alone else found


def own_path(view: dict, dimension: str) -> tuple[str, ...]:
    """The arrays that the values lie in which events set themselves, whatever lasts."""
    alone = {key: value for key, value in spec_of(view, "dimensions", dimension).items() if key != "persistence"}
    return path({**view, "dimensions": {**view["dimensions"], dimension: alone}}, "dimensions", dimension)


def arrays(view: dict, derived: str) -> tuple[str, ...]:
    """The arrays that the values of a derived field lie in; the parts of a split, and different values, are an array of their own."""
    last = functions(view, derived)[-1]
    if last.get("array") or last.get("how") == "distinct":
        return (f"parts of {derived}",)
    parts = [] if in_array(view, derived) else max((path.split("[]")[:-1] for path in paths(view, derived)), key=len, default=[])
    return tuple("".join(parts[: depth + 1]) for depth in range(len(parts)))


def keeps_all(view: dict, dimension: str) -> bool:
    """Whether a dimension keeps all values of its scope."""
    return (spec_of(view, "dimensions", dimension).get("persistence") or {}).get("allocation") == "all"


def bound_to_items(view: dict, dimension: str) -> str | None:
    """The dimension on items that a dimension of events is bound to (P6)."""
    how = spec_of(view, "dimensions", dimension).get("persistence") or {}
    return how["binding"] if "binding_metric" in how else None


def own_before_persistence(event: dict) -> dict:
    """The event with the values that it sets itself."""
    return {**event, **event.get("own", {})}


def clean(value: object) -> object:
    """O8: empty and blank text and NaN are null."""
    if isinstance(value, str) and not value.strip():
        return None
    return None if isinstance(value, float) and math.isnan(value) else value


def nodes(value: object, depth: int) -> list[tuple[tuple[int, ...], object]]:
    """All (index path, value) of a nested list of the given depth; no list means no items."""
    if depth == 0:
        return [((), clean(value))]
    items = value if isinstance(value, list) else []
    return [((at, *rest), leaf) for at, item in enumerate(items) for rest, leaf in nodes(item, depth - 1)]


def own(event: dict, view: dict, dimension: str) -> list[str]:
    """The set values of a dimension on an event, in order; empty when none is set."""
    value = event.get(dimension)
    if not isinstance(value, list):
        return [] if clean(value) is None else [value]
    return [leaf for item in value for leaf in own({dimension: item}, view, dimension)]


def amount_nodes(event: dict, view: dict, metric: str) -> list[tuple[tuple[int, ...], float]]:
    """Amounts of a metric with the item each one stands on; `instances` counts what is set, also 0."""
    if metric == "events":
        return [((), 1.0)]
    found = nodes(event.get(metric), len(path(view, "metrics", metric)))
    if spec_of(view, "metrics", metric).get("behavior") == "instances":
        return [(at, 1.0) for at, value in found if value is not None]
    return [(at, float(value)) for at, value in found if value is not None]


def amount(event: dict, view: dict, metric: str) -> float:
    """The event's value of a metric; not set counts 0."""
    return math.fsum(value for _, value in amount_nodes(event, view, metric))


def carries(event: dict, view: dict, metric: str) -> bool:
    """O9: neither null nor 0. The standard metrics are on every event."""
    return metric in STANDARD or amount(event, view, metric) != 0


def rounded(value: float) -> int:
    """M5: half up."""
    return math.floor(value + 0.5)
