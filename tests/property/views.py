"""Views drawn at random from all that a project may write, and what the reference makes of them."""

from __future__ import annotations

from tests.property.conditions import (
    CLOCKS,
    METRICS,
    METRICS_OF_SESSIONS,
    STANDARD,
    TEXTS,
    segment,
)
from tests.property.formulas import Draw
from tests.property.neighbours import (
    level,
    looking,
    neighbour,
    of_others,
    several,
    several_texts,
    texts_of_texts,
    waiting,
    with_numbers,
    with_texts,
)
from tests.property.settings import include, long, rule, with_settings
from tests.property.strategies import VIEW

CATEGORIES = {"new": "shoes", "sale": "hats", "old": "shoes"}  # per SKU; others have none
ALLOCATIONS = ("most_recent", "original", "all", "first_known", "last_known")
EXPIRATIONS = ("session", "person", "30 minutes", "1 days", "7 days", "1 month", {"metric": "orders"}, *[{"metric": "calls"}] * 2)
MODELS = (
    "last_touch", "first_touch", "same_touch", "linear", "participation", "u_shaped", "j_shaped", "inverse_j", "time_decay",
    "custom", "algorithmic",
)  # fmt: skip
TIERS = ("gold", "blue", None)
WHOLE = ("events", "people", "sessions", "calls", "views")
FORMULAS = ("formula", "formula_of_it", "ranking")
CALENDARS = (
    "gregorian", "4-5-4", {"first_month": "july"}, {"week_start": "sunday"}, {"first_month": "february", "week_start": "saturday"},
    {"weeks": "4-4-5", "first_day": "2025-01-27", "long_years": [2027]},
    {"weeks": "5-4-4", "first_day": "2024-09-29", "long_years": [2023], "year": 2025},
)  # fmt: skip


def view_drawn(chance):
    """The view as a project writes it."""
    dimensions = {
        **VIEW["dimensions"], "category": {"lookup": "catalogue.category"}, "tier": {"profile": "crm.tier"},
        "campaign": {"field": "channel", "persistence": persistence(chance)},
        "color": {"field": "items[].color", **chance.choice([{}, {"persistence": of_items(chance)}])},
    }  # fmt: skip
    starts = chance.choice([[], ["calls"], ["calls", "views"]])
    metrics = {**VIEW["metrics"], "orders": deduplicated(chance, "orders"), "units": deduplicated(chance, "items[].units")}
    metrics |= formulas(chance, metrics)
    metrics |= {name: {"derived": name} for name in ("looking", "waiting", "several", "of_others")}
    metrics["turned"] = {"derived": "turned", "behavior": "instances"}
    metrics["pages"] = {"field": "page", "behavior": "instances", **chance.choice([{}, {"include": include(chance, rule)}, {"include": include(chance, rule)}])}
    derived = {
        "neighbour": with_texts(chance, {**neighbour(chance), "output": "x"}), "looking": with_numbers(chance, {**looking(chance), "output": "x"}),
        "turned": [neighbour(chance)], "level": level(chance), "waiting": with_numbers(chance, {**waiting(chance), "output": "x"}),
        "seen": [{"function": "summarize", "input": "page", "how": "distinct", "scope": chance.choice(["session", "person"])}],
        "several": several(chance), "several_texts": several_texts(chance), "of_others": of_others(chance),
        "twice": texts_of_texts(chance), "counted": [{**(found := looking(chance)), "input": {"page": "p", "views": "v"}[found["input"]]}],
    }  # fmt: skip
    made = {name: {"derived": name} for name in ("neighbour", "level", "seen", "several_texts")}
    tags = {"by": chance.choice(["o", "e", "c"]), "array": True}
    labelled = chance.choice(["page", "channel", "sku"])
    dimensions[labelled] = {**long(dimensions[labelled]), "context": "variant"}
    dimensions |= {"size": "size", "group": "page", "tags": {"field": "page", "substring": {"delimiter": tags}}, **made}
    session = {"timeout": chance.choice([*["30 minutes"] * 4, "1 month"]), "starts_with": starts}
    view = {**VIEW, "derived": derived, "dimensions": dimensions, "metrics": metrics, "session": session}
    view = with_settings(chance, view)
    if chance.random() < 0.4:
        view["view_segments"] = [segment(chance) for _ in range(chance.choice([1, 1, 2]))]
    return {**view, "calendar": chance.choice(CALENDARS)}


def formulas(chance, metrics):
    """Calculated metrics; rows can be sorted by the last one, which has no ties but for the last digit."""
    segments = sorted(VIEW["segments"])
    success = [*(name for name in ("orders", "units") if "attribution" not in metrics[name]), "views", "calls", "bounces", "time_spent_seconds"]
    fields, controls = ("orders", "units", "views", "calls"), ("home", "mail", "sale", "No value", "gold", "Monday")
    drawn = Draw(chance, (*METRICS, *METRICS_OF_SESSIONS), WHOLE, segments, fields, [*TEXTS, *STANDARD, *CLOCKS], success, controls)
    simple = Draw(chance, WHOLE, WHOLE, segments)
    x, y = simple.whole_leaf(), simple.whole_leaf()
    ranking = chance.choice([
        f"z_score({x})", f"t_score({x}, true)", f"{x} / {y}", f"{x} - 2 * {y}", f"if({x} > mean({y}), {x}, otherwise=-{x})",
        f"round({x} / 3) * 10 + row_count()", f"column_max({x}, true) - {x}", f"total({y}) / {x}",
        f"lift({chance.choice(['views', 'calls'])}, events, control='{chance.choice(controls)}')",
    ])  # fmt: skip
    texts = (drawn.formula(), f"formula - (formula)[{chance.choice(segments)}] + {drawn.leaf()}", ranking)
    return {name: {"calculate": text} for name, text in zip(FORMULAS, texts, strict=True)}


def persistence(chance):
    """One of all that a dimension may have."""
    allocation, expiration = chance.choice(ALLOCATIONS), chance.choice(EXPIRATIONS)
    if allocation == "all":
        expiration = chance.choice(["session", "person"])
    if allocation in ("first_known", "last_known") and isinstance(expiration, dict):
        expiration = "person"
    found = {"allocation": allocation, "expiration": expiration}
    if chance.random() < (0.8 if allocation == "all" else 0.6):
        of_items = [] if allocation == "all" else [{"binding": "sku", "binding_metric": chance.choice(["views", "calls"])}]
        found |= chance.choice([{"binding": "page"}, *of_items])
    return found


def of_items(chance):
    """One that values of items may have, bound or not."""
    allocation = chance.choice(["most_recent", "most_recent", "original", "first_known", "last_known"])
    lasting = [one for one in EXPIRATIONS if allocation in ("most_recent", "original") or isinstance(one, str)]
    return {"allocation": allocation, "expiration": chance.choice(lasting), **({"binding": "sku"} if chance.random() < 0.6 else {})}


def deduplicated(chance, field):
    """A metric that counts all its values, or not those that repeat."""
    found = {"field": field, **attributed(chance)}
    if chance.random() < 0.5:
        return found
    how = {"scope": chance.choice(["session", "person"]), "keep": chance.choice(["first", "last"])}
    return {**found, "deduplication": {**how, **chance.choice([{}, {"id": "page"}, {"id": "tier"}])}}


def attributed(chance):
    """Nothing, or one of all attributions."""
    if chance.random() < 0.15:
        return {}
    model = chance.choice((*MODELS, "algorithmic"))  # it is two: the games
    found = {"model": model, "container": chance.choice(["session", "person"])}
    if model == "custom":
        found["weights"] = {name: chance.choice([0, 1, 3]) for name in ("first", "middle")} | {"last": chance.choice([1, 2])}
    if model == "algorithmic":
        found |= chance.choice([{}, {"game": "rate_game"}, {"game": "rate_game"}])
    if model == "time_decay" and chance.random() < 0.5:
        found["half_life"] = chance.choice(["1 seconds", "30 minutes", "1 days"])
    if chance.random() < 0.7:
        found["lookback"] = chance.choice(["none", "1 seconds", "30 minutes", "1 days", "14 days", "1 month"])
    return {"attribution": {**found, **chance.choice([{}, {}, {"touch": "runs"}])}}


def single_valued(view):
    """Dimensions of which an event has one value."""
    how = view["dimensions"]["campaign"]["persistence"]
    many = how["allocation"] == "all" or "binding_metric" in how
    return ["page", "channel", "tier", "size", "group", "neighbour", "level", *([] if many else ["campaign"])]


def view_of_reference(view):
    """The same where every value is a field of the event."""
    fields = {"category": "items[].category", "tier": "tier"}
    dimensions = {
        **view["dimensions"], **{name: {**long(view["dimensions"][name]), "field": field} for name, field in fields.items()}
    }  # fmt: skip
    return {**view, "dimensions": dimensions}
