"""Reports and segments drawn at random from all that a project may write, and the view they are asked of."""

from __future__ import annotations

import datetime as dt

from tests.property.formulas import Draw
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
    "campaign": ("mail", "search", "direct"), "color": ("red", "blue", "green"),
    "group": ("home", "cart", "Unspecified"), "size": ("1.0", "Less than 1", "0 to 1"),
    "level": ("few", "some", "many"), "neighbour": ("home", "product", "cart", "help", "söke", "nowhere"),
}  # fmt: skip
METRICS = ("events", "people", "sessions", "orders", "calls", "views", "units", "conversion", "bounces", "looking")
METRICS_OF_SESSIONS = ("session_starts", "session_ends", "time_spent_seconds")
WHOLE = ("events", "people", "sessions", "calls", "views")
FORMULAS = ("formula", "formula_of_it", "ranking")
DAYS = [
    ((dt.date(2025, 3, 1), dt.date(2025, 3, 31)), (RANGE_FROM, RANGE_TO)),
    ((dt.date(2025, 2, 15), dt.date(2025, 4, 15)), (at("2025-02-15T05:00:00+00:00"), at("2025-04-16T04:00:00+00:00"))),
    ((dt.date(2025, 3, 8), dt.date(2025, 3, 10)), (at("2025-03-08T05:00:00+00:00"), at("2025-03-11T04:00:00+00:00"))),
    ((dt.date(2025, 3, 5), dt.date(2025, 3, 4)), (at("2025-03-05T05:00:00+00:00"), at("2025-03-05T05:00:00+00:00"))),
]
CALENDARS = (
    "gregorian", "4-5-4", {"first_month": "july"}, {"week_start": "sunday"}, {"first_month": "february", "week_start": "saturday"},
    {"weeks": "4-4-5", "first_day": "2025-01-27", "long_years": [2027]},
    {"weeks": "5-4-4", "first_day": "2024-09-29", "long_years": [2023], "year": 2025},
)  # fmt: skip
STANDARD = {
    "hour_of_day": ("3", "23", "0"), "minute_of_hour": ("0", "30"), "am_pm": ("AM", "PM"), "day_of_week": ("Sunday", "Monday"),
    "day_of_month": ("1", "9"), "day_of_year": ("68", "1"), "week_of_year": ("10", "6"), "month_of_year": ("March", "M01"),
    "quarter_of_year": ("Q1", "Q3"), "weekday_or_weekend": ("Weekday", "Weekend"), "event_depth": ("1", "2", "11"),
    "session_type": ("First-time", "Return"), "day": ("2025-03-09", "2025-03-01"), "week": ("2025-W10", "week of 2025-03-09"),
    "month": ("2025-03", "FY2025-M01"), "quarter": ("2025-Q1", "FY2025-Q1"), "year": ("2025", "2024/25"),
}  # fmt: skip
CLOCKS = ("second", "minute", "five_minutes", "fifteen_minutes", "thirty_minutes", "hour")
SESSION_TYPES = ("first_time_sessions", "return_sessions")
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
        "color": {"field": "items[].color", **chance.choice([{}, {"persistence": of_items(chance)}])},
    }  # fmt: skip
    starts = chance.choice([[], ["calls"], ["calls", "views"]])
    metrics = {**VIEW["metrics"], "orders": deduplicated(chance, "orders"), "units": deduplicated(chance, "items[].units")}
    metrics |= formulas(chance)
    metrics["looking"] = {"derived": "looking"}
    derived = {"neighbour": [neighbour(chance)], "looking": [looking(chance)], "level": level(chance)}
    made = {"neighbour": {"derived": "neighbour"}, "level": {"derived": "level"}}
    dimensions |= {"size": "size", "group": "page", **made}
    session = {"timeout": "30 minutes", "starts_with": starts}
    view = {**VIEW, "derived": derived, "dimensions": dimensions, "metrics": metrics, "session": session}
    view = with_settings(chance, view)
    if chance.random() < 0.4:
        view["view_segments"] = [segment(chance) for _ in range(chance.choice([1, 1, 2]))]
    return {**view, "calendar": chance.choice(CALENDARS)}


def formulas(chance):
    """Calculated metrics; rows can be sorted by the last one, which has no ties but for the last digit."""
    segments = sorted(VIEW["segments"])
    drawn = Draw(chance, (*METRICS, *METRICS_OF_SESSIONS), WHOLE, segments, ("orders", "units", "views", "calls"), list(TEXTS))
    simple = Draw(chance, WHOLE, WHOLE, segments)
    x, y = simple.whole_leaf(), simple.whole_leaf()
    ranking = chance.choice([
        f"z_score({x})", f"t_score({x}, true)", f"{x} / {y}", f"{x} - 2 * {y}", f"if({x} > mean({y}), {x}, otherwise=-{x})",
        f"round({x} / 3) * 10 + row_count()", f"column_max({x}, true) - {x}", f"total({y}) / {x}",
    ])  # fmt: skip
    texts = (drawn.formula(), f"formula - (formula)[{chance.choice(segments)}] + {drawn.leaf()}", ranking)
    return {name: {"calculate": text} for name, text in zip(FORMULAS, texts, strict=True)}


SUMMARIES = ("max", "min", "median", "mean", "sum", "count")
VALUES = ("first", "last", "most_common", "least_common")


def neighbour(chance):
    """A function of pages that looks at other events."""
    return {"input": "page", "scope": chance.choice(["session", "person"]), **chance.choice([
        moved(chance), moved(chance), {"function": "deduplicate", "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "channel"}])},
        {"function": "summarize", "how": chance.choice(VALUES)},
    ])}  # fmt: skip


def looking(chance):
    """A function that makes a number: of views, or of which pages there are."""
    scope = {"scope": chance.choice(["session", "person"])}
    if chance.random() < 0.4:
        return {"input": "page", **scope, **chance.choice([{"function": "depth"}, {"function": "summarize", "how": "count_distinct"}])}
    return {"input": "views", **scope, **chance.choice([
        moved(chance), {"function": "deduplicate", "keep": chance.choice(["first", "last"]), **chance.choice([{}, {"id": "page"}])},
        {"function": "summarize", "how": chance.choice(SUMMARIES)}, {"function": "summarize", "how": chance.choice(SUMMARIES)},
    ])}  # fmt: skip


def level(chance):
    """A summary of views, put in words."""
    summary = {"function": "summarize", "input": "views", "how": chance.choice(SUMMARIES), "scope": chance.choice(["session", "person"])}
    x = {"output": "x"}
    cases = [{"when": {"input": x, "less_than": 1.5}, "value": "few"}, {"when": {"input": x, "at_least": 3}, "value": "many"},
             {"when": {"any": [{"input": x, "equals": 2}, {"exclude": {"input": x, "exists": True}}]}, "value": "some"}]  # fmt: skip
    named = {"function": "case_when", "cases": chance.sample(cases, chance.choice([1, 2, 3])), **chance.choice([{}, {"otherwise": "some"}])}
    return [{**summary, "output": "x"}, named]


def moved(chance):
    return {"function": "next_or_previous", "direction": chance.choice(["next", "previous"]), "index": chance.choice([1, 1, 2, 3]),
            "include_repeats": chance.choice([True, False])}  # fmt: skip


def persistence(chance):
    """One of all that a dimension may have."""
    allocation, expiration = chance.choice(ALLOCATIONS), chance.choice(EXPIRATIONS)
    if allocation == "all":
        expiration = chance.choice(["session", "person"])
    if allocation in ("first_known", "last_known") and isinstance(expiration, dict):
        expiration = "person"
    found = {"allocation": allocation, "expiration": expiration}
    if allocation in ("most_recent", "original") and chance.random() < 0.4:
        found |= chance.choice([{"binding": "page"}, {"binding": "sku", "binding_metric": chance.choice(["views", "calls"])}])
    return found


def of_items(chance):
    """One that values of items may have."""
    return {"allocation": chance.choice(["most_recent", "original"]), "expiration": chance.choice(EXPIRATIONS), "binding": "sku"}


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


def condition(chance, container, depth=2):
    """A condition on units of a container."""
    kind = chance.choice(["dimension", "dimension", "metric", "distinct", "segment", "all", "any", "exclude", "container", "then"])
    if kind in ("all", "any") and depth:
        return {kind: [condition(chance, container, depth - 1) for _ in range(chance.choice([1, 2, 2]))]}
    if kind == "exclude" and depth:
        return {"exclude": condition(chance, container, depth - 1)}
    if kind in ("container", "then") and depth and container != "event":
        inner = chance.choice(LEVELS[: LEVELS.index(container)])
        nested = {"container": inner, "where": condition(chance, inner, depth - 1)}
        return nested if kind == "container" else sequence(chance, depth - 1)
    return leaf(chance, kind)


def leaf(chance, kind):
    """A condition that names a component."""
    if kind == "metric":
        metric = chance.choice([name for name in (*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES) if name != "conversion"])
        return {"metric": metric, chance.choice(["at_least", "at_most", "more_than", "less_than", "equals", "does_not_equal"]): chance.randint(0, 3)}
    if kind == "distinct":
        return {"dimension": chance.choice([*TEXTS, *STANDARD, *CLOCKS]), "distinct": {chance.choice(["at_least", "equals", "does_not_equal"]): chance.randint(0, 3)}}
    return chance.choice(sorted(VIEW["segments"])) if kind == "segment" else comparison(chance)


def comparison(chance):
    """A dimension compared with text."""
    texts = TEXTS if chance.random() < 0.7 else STANDARD
    name = chance.choice(list(texts))
    negative = chance.random() < 0.4
    text = chance.choice(texts[name])
    operators = {
        ("equals", "does_not_equal"): text, ("equals_any_of", "equals_none_of"): chance.sample(texts[name], min(2, len(texts[name]))),
        ("contains", "does_not_contain"): text[1:3], ("starts_with", "does_not_start_with"): text[:2],
        ("ends_with", "does_not_end_with"): text[-1], ("matches", "does_not_match"): chance.choice(["*", "*o*", text[:2] + "*", text]),
        ("contains_all_of", "does_not_contain_all_of"): [text[0], text[-1]],
        ("contains_any_of", "does_not_contain_any_of"): [text[:2], text[-3:]],
        ("exists", "exists"): not negative,
    }  # fmt: skip
    words, asked = chance.choice(list(operators.items()))
    models = ["repeating", "instance", *(["non_repeating"] if name in ("page", "channel", "tier", "campaign", "neighbour", "level", *STANDARD) else [])]
    return {"dimension": name, words[negative]: asked, "model": chance.choice(models)}


DISTANCES = (
    "0 events", "1 events", "2 events", "5 events", "0 sessions", "1 session", "2 sessions", "1 seconds", "30 minutes",
    "1 days", "7 days", {"dimension": "page", "count": 1}, {"dimension": "channel", "count": 2},
)  # fmt: skip


def sequence(chance, depth):
    """Checkpoints in order, with what lies between them."""
    parts, wanted, dated = [], 0, False
    count = chance.choice([1, 2, 2, 3])
    while wanted < count or chance.random() < 0.2:
        if chance.random() < 0.25:
            if wanted and not dated and chance.random() < 0.5:
                parts.append({"within": chance.choice(DISTANCES)})
                dated = True
            parts.append({"exclude": checkpoint(chance, depth)})
            continue
        if wanted and chance.random() < 0.5:
            ends = chance.choice([("after",), ("within",), ("within",), ("after", "within")])
            parts.append({end: chance.choice(DISTANCES) for end in ends})
        parts.append(checkpoint(chance, depth))
        wanted, dated = wanted + 1, False
    return {"then": parts}


def checkpoint(chance, depth):
    """An event, a session or a logic group."""
    kind = chance.choice(["event", "event", "event", "session", "group"])
    if kind == "session":
        return {"container": "session", "where": condition(chance, "session", depth)}
    if kind == "group":
        join = chance.choice(["all", "any"])
        levels = [chance.choice(["event", "session"]) for _ in range(chance.choice([1, 2, 3]))]
        return {"logic_group": {join: [of_level(chance, level, depth) for level in levels]}}
    return of_level(chance, "event", depth)


def of_level(chance, container, depth):
    """A condition on events or sessions that says so itself."""
    return {"container": container, "where": condition(chance, container, depth)}


def segment(chance):
    """A segment, by name or written in place."""
    if chance.random() < 0.2:
        return chance.choice(sorted(VIEW["segments"]))
    container = chance.choice(LEVELS)
    if container != "event" and chance.random() < 0.3:
        include = chance.choice(["everyone", "only_before", "only_after"])
        return {"container": container, "include": include, "where": sequence(chance, 1)}
    return {"container": container, "where": condition(chance, container)}


def table(chance):
    dimensions = chance.sample([*TEXTS, *TEXTS, *STANDARD, *CLOCKS] if chance.random() < 0.6 else list(TEXTS), chance.choice([0, 1, 1, 2]))
    dimensions = list(dict.fromkeys(dimensions))
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES, *FORMULAS, *FORMULAS], 5)
    metrics = list(dict.fromkeys(metrics))
    return {
        "report": "table", "dimensions": dimensions, "metrics": metrics, "rows": chance.choice([2, 5, 50]),
        "sort": chance.choice([*WHOLE, "bounces", "ranking", "ranking"]),
        **chance.choice([{}, {"include_no_value": True}, {"include_no_value": False}, {"include_no_value": dimensions[:1]}]),
    }  # fmt: skip


def trend(chance, days):
    sizes = ["day", "week", "month", "quarter", "year", *(["hour"] * 3 if days == 2 else [])]
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES, *FORMULAS], 5)
    return {"report": "trend", "granularity": chance.choice(sizes), "metrics": metrics}


def sessions(chance, single):
    dimension = chance.choice([None, *single, *single, chance.choice([*STANDARD, *CLOCKS])])
    return {"report": "sessions", "rows": chance.choice([2, 50]), **({"dimension": dimension} if dimension else {})}


def step(chance):
    """A step of a fallout."""
    uses = [chance.choice(["views", "orders", "calls", "session_starts", "session_ends", "first_time_sessions", "buyers", comparison(chance)])
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
        asked |= {"breakdown": chance.choice([*TEXTS, *TEXTS, *STANDARD]), "breakdown_step": chance.choice([1, 2])}
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
