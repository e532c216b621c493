"""Reports and segments drawn at random from all that a project may write, and the view they are asked of."""

from __future__ import annotations

import datetime as dt

from tests.property.settings import long, with_settings
from tests.property.strategies import RANGE_FROM, RANGE_TO, VIEW, at

CATEGORIES = {"new": "shoes", "sale": "hats", "old": "shoes"}  # per SKU; others have none
ALLOCATIONS = ("most_recent", "original", "all", "first_known", "last_known")
EXPIRATIONS = ("session", "person", "30 minutes", "1 days", "7 days", {"metric": "orders"})
MODELS = (
    "last_touch", "first_touch", "same_touch", "linear", "participation", "u_shaped", "j_shaped", "inverse_j", "time_decay",
    "custom", "algorithmic",
)  # fmt: skip
TIERS = ("gold", "blue", None)
TEXTS = {
    "page": ("home", "product", "cart", "help", "söke", "nowhere"), "channel": ("mail", "search", "direct"),
    "sku": ("new", "sale", "old"), "category": ("shoes", "hats"), "tier": ("gold", "blue", "red"),
    "campaign": ("mail", "search", "direct"), "group": ("home", "cart", "Unspecified"), "size": ("1.0", "Less than 1", "0 to 1"),
}  # fmt: skip
METRICS = ("events", "people", "sessions", "orders", "calls", "views", "units", "conversion", "bounces")
METRICS_OF_SESSIONS = ("session_starts", "session_ends", "time_spent_seconds")
DAYS = [
    ((dt.date(2025, 3, 1), dt.date(2025, 3, 31)), (RANGE_FROM, RANGE_TO)),
    ((dt.date(2025, 2, 15), dt.date(2025, 4, 15)), (at("2025-02-15T05:00:00+00:00"), at("2025-04-16T04:00:00+00:00"))),
    ((dt.date(2025, 3, 8), dt.date(2025, 3, 10)), (at("2025-03-08T05:00:00+00:00"), at("2025-03-11T04:00:00+00:00"))),
    ((dt.date(2025, 3, 5), dt.date(2025, 3, 4)), (at("2025-03-05T05:00:00+00:00"), at("2025-03-05T05:00:00+00:00"))),
]
LEVELS = ("event", "session", "person")
OPTIONS = [
    {}, {"ties": "strict_time"}, {"ties": "step_order"}, {"ties": {"grace": "1 seconds"}}, {"order": "any"},
    {"order": "strict"}, {"one_event_one_step": False}, {"order": "any", "one_event_one_step": False},
    {"window_start": "first"}, {"window_start": "first", "ties": {"grace": "30 minutes"}},
    {"window_start": "first", "count": "attempts"}, {"window_start": "first", "count": "attempts", "ties": "strict_time"},
]  # fmt: skip


def view_drawn(chance):
    """The view as a project writes it."""
    dimensions = {
        **VIEW["dimensions"], "category": {"lookup": "catalogue.category"}, "tier": {"profile": "crm.tier"},
        "campaign": {"field": "channel", "persistence": persistence(chance)},
    }  # fmt: skip
    starts = chance.choice([[], ["calls"], ["calls", "views"]])
    metrics = {**VIEW["metrics"], "orders": deduplicated(chance, "orders"), "units": deduplicated(chance, "items[].units")}
    session = {"timeout": "30 minutes", "starts_with": starts}
    found = {**VIEW, "dimensions": dimensions, "metrics": metrics, "session": session}
    return with_settings(chance, {**found, "dimensions": {**dimensions, "size": "size", "group": "page"}})


def persistence(chance):
    """One of all that a dimension may have."""
    allocation, expiration = chance.choice(ALLOCATIONS), chance.choice(EXPIRATIONS)
    if allocation == "all":
        expiration = chance.choice(["session", "person"])
    if allocation in ("first_known", "last_known") and isinstance(expiration, dict):
        expiration = "person"
    found = {"allocation": allocation, "expiration": expiration}
    if allocation in ("most_recent", "original") and chance.random() < 0.4:
        found["binding"] = "page"
    return found


def deduplicated(chance, field):
    """A metric that counts all its values, or not those that repeat."""
    found = {"field": field, **attributed(chance)}
    if chance.random() < 0.5:
        return found
    how = {"scope": chance.choice(["session", "person"]), "keep": chance.choice(["first", "last"])}
    return {**found, "deduplication": {**how, **chance.choice([{}, {"id": "page"}, {"id": "tier"}])}}


def attributed(chance):
    """Nothing, or one of all attributions."""
    if chance.random() < 0.3:
        return {}
    model = chance.choice(MODELS)
    found = {"model": model, "container": chance.choice(["session", "person"])}
    if model == "custom":
        found["weights"] = {name: chance.choice([0, 1, 3]) for name in ("first", "middle")} | {"last": chance.choice([1, 2])}
    if model == "time_decay" and chance.random() < 0.5:
        found["half_life"] = chance.choice(["1 seconds", "30 minutes", "1 days"])
    if chance.random() < 0.7:
        found["lookback"] = chance.choice(["none", "1 seconds", "30 minutes", "1 days", "14 days"])
    return {"attribution": found}


def single_valued(view):
    """Dimensions of which an event has one value."""
    many = view["dimensions"]["campaign"]["persistence"]["allocation"] == "all"
    return ["page", "channel", "tier", "size", "group", *([] if many else ["campaign"])]


def view_of_reference(view):
    """The same where every value is a field of the event."""
    fields = {"category": "items[].category", "tier": "tier"}
    dimensions = {
        **view["dimensions"], **{name: {**long(view["dimensions"][name]), "field": field} for name, field in fields.items()}
    }  # fmt: skip
    return {**view, "dimensions": dimensions}


def condition(chance, container, depth=2):
    """A condition on units of a container."""
    kind = chance.choice(["dimension", "dimension", "metric", "distinct", "segment", "all", "any", "exclude", "container"])
    if kind in ("all", "any") and depth:
        return {kind: [condition(chance, container, depth - 1) for _ in range(chance.choice([1, 2, 2]))]}
    if kind == "exclude" and depth:
        return {"exclude": condition(chance, container, depth - 1)}
    if kind == "container" and depth and container != "event":
        inner = chance.choice(LEVELS[: LEVELS.index(container)])
        return {"container": inner, "where": condition(chance, inner, depth - 1)}
    if kind == "metric":
        metric = chance.choice([name for name in (*METRICS, *METRICS_OF_SESSIONS) if name != "conversion"])
        return {"metric": metric, chance.choice(["at_least", "at_most", "more_than", "less_than", "equals"]): chance.randint(0, 3)}
    if kind == "distinct":
        return {"dimension": chance.choice(list(TEXTS)), "distinct": {chance.choice(["at_least", "equals"]): chance.randint(0, 3)}}
    return chance.choice(sorted(VIEW["segments"])) if kind == "segment" else comparison(chance)


def comparison(chance):
    """A dimension compared with text."""
    name = chance.choice(list(TEXTS))
    negative = chance.random() < 0.4
    text = chance.choice(TEXTS[name])
    operators = {
        ("equals", "does_not_equal"): text, ("equals_any_of", "equals_none_of"): chance.sample(TEXTS[name], 2),
        ("contains", "does_not_contain"): text[1:3], ("starts_with", "does_not_start_with"): text[:2],
        ("ends_with", "does_not_end_with"): text[-1], ("exists", "exists"): not negative,
    }  # fmt: skip
    words, asked = chance.choice(list(operators.items()))
    models = ["repeating", "instance", *(["non_repeating"] if name in ("page", "channel", "tier", "campaign") else [])]
    return {"dimension": name, words[negative]: asked, "model": chance.choice(models)}


def segment(chance):
    """A segment, by name or written in place."""
    if chance.random() < 0.2:
        return chance.choice(sorted(VIEW["segments"]))
    container = chance.choice(LEVELS)
    return {"container": container, "where": condition(chance, container)}


def table(chance):
    dimensions = chance.sample(list(TEXTS), chance.choice([0, 1, 1, 2]))
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS], 4)
    return {
        "report": "table", "dimensions": dimensions, "metrics": metrics, "rows": chance.choice([2, 5, 50]),
        "sort": chance.choice(METRICS), **chance.choice([{}, {"include_no_value": True}, {"include_no_value": False}, {"include_no_value": dimensions[:1]}]),
    }  # fmt: skip


def trend(chance, days):
    sizes = ["day", "week", "month", "quarter", "year", *(["hour"] * 3 if days == 2 else [])]
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS], 4)
    return {"report": "trend", "granularity": chance.choice(sizes), "metrics": metrics}


def sessions(chance, single):
    dimension = chance.choice([None, *single])
    return {"report": "sessions", "rows": chance.choice([2, 50]), **({"dimension": dimension} if dimension else {})}


def step(chance):
    """A step of a fallout."""
    uses = [chance.choice(["views", "orders", "calls", "session_starts", "session_ends", "buyers", comparison(chance)])
            for _ in range(chance.choice([1, 1, 2]))]  # fmt: skip
    return {"any": uses, "label": "step"}


def fallout(chance):
    options = chance.choice(OPTIONS)
    steps = [step(chance) for _ in range(chance.choice([2, 3, 3]))]
    if not {"order", "ties"} & set(options) and chance.random() < 0.3:
        steps[-1]["next"] = True
    asked = {"report": "fallout", "steps": steps, **options, "container": chance.choice(["person", "session"])}
    if chance.random() < 0.7:
        asked["window"] = chance.choice(["1 seconds", "30 minutes", "1 days", "7 days"])
        asked["date_rule"] = chance.choice(["entry", "in_range"])
    if options.get("order") != "any" and options.get("ties") != "step_order" and chance.random() < 0.5:
        asked |= {"breakdown": chance.choice(list(TEXTS)), "breakdown_step": chance.choice([1, 2])}
    if options.get("count") != "attempts":
        asked["base"] = chance.choice(["first_step", "all"])
    return asked


def asks_drawn(chance, view):
    """One report of each kind with up to two segments, each in a range of its own: (ask, days, instants)."""
    found = []
    for make in (table, table, trend, sessions, fallout, fallout):
        days = chance.choice([0, 0, 1, 1, 2, 2, 3])
        more = {trend: (days,), sessions: (single_valued(view),)}.get(make, ())
        asked = make(chance, *more)
        asked["person_scope"] = chance.choice(["month", "month", "range", "all"])
        asked["segments"] = [segment(chance) for _ in range(chance.choice([0, 1, 1, 2]))]
        found.append((asked, *DAYS[days]))
    return found
