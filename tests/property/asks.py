"""Reports and segments drawn at random from all that a project may write, and the view they are asked of."""

from __future__ import annotations

import datetime as dt
import random

from cja_spark.view.standard import TIMES
from tests.property.asks_of_attribution import DIMENSIONS, attribution
from tests.property.asks_of_calls import deflection
from tests.property.asks_of_cohorts import cohort
from tests.property.asks_of_contribution import RANGES, contribution
from tests.property.asks_of_engagement import engagement
from tests.property.asks_of_fallouts import fallout, no_value, step
from tests.property.asks_of_frequency import frequency
from tests.property.asks_of_growth import growth
from tests.property.asks_of_impact import impact
from tests.property.asks_of_indicators import indicators
from tests.property.asks_of_paths import flow, next_previous, paths
from tests.property.asks_of_timelines import timeline
from tests.property.asks_of_times import time_to_event
from tests.property.conditions import (
    CLOCKS,
    METRICS,
    METRICS_OF_SESSIONS,
    SESSION_TYPES,
    STANDARD,
    TEXTS,
    of_values,
    segment,
)
from tests.property.strategies import RANGE_FROM, RANGE_TO, at
from tests.property.views import FORMULAS, MODELS, WHOLE, single_valued

TIMES_ACROSS = ("day", "week", "month", "hour", "hour_of_day", "day_of_week", "month_of_year", "am_pm", "fifteen_minutes")
DAYS = [
    ((dt.date(2025, 3, 1), dt.date(2025, 3, 31)), (RANGE_FROM, RANGE_TO)),
    ((dt.date(2025, 2, 15), dt.date(2025, 4, 15)), (at("2025-02-15T05:00:00+00:00"), at("2025-04-16T04:00:00+00:00"))),
    ((dt.date(2025, 3, 8), dt.date(2025, 3, 10)), (at("2025-03-08T05:00:00+00:00"), at("2025-03-11T04:00:00+00:00"))),
    ((dt.date(2025, 3, 5), dt.date(2025, 3, 4)), (at("2025-03-05T05:00:00+00:00"), at("2025-03-05T05:00:00+00:00"))),
]
def table(chance):
    texts = [*TEXTS, *["campaign", "color"] * 2]  # they have persistence
    dimensions = chance.sample([*texts, *texts, *STANDARD, *CLOCKS] if chance.random() < 0.6 else texts, chance.choice([0, 1, 1, 1, 2, 2, 6]))
    dimensions = list(dict.fromkeys(dimensions))
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES, *FORMULAS, *FORMULAS], 5)
    metrics = list(dict.fromkeys(metrics))
    return {
        "report": "table", "dimensions": dimensions, "metrics": metrics, "rows": chance.choice([2, 5, 50]),
        "sort": chance.choice([*WHOLE, "bounces", "ranking", "ranking", "orders", "units"]),
        **chance.choice([{}, {"include_no_value": True}, {"include_no_value": False}, {"include_no_value": dimensions[:1]}]),
    }  # fmt: skip


def credited(chance):
    """A table where attribution and persistence matter: metrics that may have the one by a dimension that may have the other."""
    dimension = chance.choice(["campaign", "campaign", "campaign", "color", *TEXTS])
    times = chance.choice([[], [], ["day"], ["hour_of_day"], ["week", "am_pm"]])
    dimensions = chance.sample([dimension, *times], 1 + len(times))
    return {"report": "table", "dimensions": dimensions, "metrics": ["orders", "units", "events"], "rows": chance.choice([2, 50])}


def filtered(chance):
    """A table with the rows alone whose values meet conditions."""
    found = (table if chance.random() < 0.5 else credited)(chance)
    texts = {**TEXTS, **STANDARD}
    names = [name for name in found["dimensions"] if name in texts]
    if not names:  # of times too many to look for a text among them
        names, found = ["page"], {**found, "dimensions": ["page"], "include_no_value": None}
    asked = [of_values(chance, name, texts) for name in chance.sample(names, min(len(names), chance.choice([1, 1, 2])))]
    return {**found, "filter": asked}


def trend(chance, days):
    sizes = ["day", "week", "month", "quarter", "year", *(["hour", "hour", "minute"] if days == 2 else [])]
    metrics = chance.sample([*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES, *FORMULAS], 5)
    return {"report": "trend", "granularity": chance.choice(sizes), "metrics": metrics}


def trend_beside(chance, days):
    """A trend beside another range, with means of several buckets."""
    found = {"compare": chance.choice(RANGES)} if chance.random() < 0.7 else {}
    return {**trend(chance, days), **found, **chance.choice([{}, {"moving_average": chance.choice([2, 2, 3, 7])}])}


def sessions(chance, single):
    dimension = chance.choice([None, *single, *single, chance.choice([*STANDARD, *CLOCKS])])
    return {"report": "sessions", "rows": chance.choice([2, 50]), **({"dimension": dimension, **no_value(chance)} if dimension else {})}


def histogram(chance):
    metric = chance.choice([name for name in (*METRICS, *METRICS_OF_SESSIONS, *SESSION_TYPES) if name != "conversion"])
    start, size = chance.choice([(1, 1), (0, 1), (0, 5), (1, 2), (0, 0.5), (2.5, 2.5), (0, 60)])
    return {"report": "histogram", "metric": metric, "count": chance.choice(["people", "people", "sessions", "events"]),
            "start": start, "size": size, "buckets": chance.choice([1, 5, 50])}  # fmt: skip


def without_times(asked):
    """Rows of a rate game are of no time beside values, which is refused when a project is read."""
    valued = [name for name in asked.get("dimensions", ()) if name not in TIMES]
    if not valued:
        return {}
    shown = asked.get("include_no_value")
    kept = {"include_no_value": [name for name in shown if name in valued]} if isinstance(shown, list) else {}
    asked_of = {"filter": [one for one in asked["filter"] if one["dimension"] in valued]} if asked.get("filter") else {}
    return {"dimensions": valued, **kept, **asked_of}


def retention(chance):
    found = {"report": "retention", "start": step(chance), "mode": chance.choice(["on", "on_or_after"])}
    if chance.random() < 0.7:
        found["return"] = chance.choice([step(chance), "views", {"segments": ["buyers"]}])
    found |= {"size": chance.choice(["24 hours", "24 hours", "24 hours", "7 days", "30 days"]), "buckets": chance.choice([1, 1, 2, 6])}
    return {**found, **_parted(random.Random(repr(found)), found)}


def _parted(chance, found):
    """A retention's values at the start, and several returns in place of one."""
    parts = {}
    if chance.random() < 0.6:
        parts = {"breakdown": chance.choice([*TEXTS, "campaign", "sku", "tags", *STANDARD, *CLOCKS]), "rows": chance.choice([1, 2, 20])}
        parts |= chance.choice([{}, {}, {"include_no_value": True}, {"include_no_value": False}])
    if "return" not in found and chance.random() < 0.7:
        parts["returns"] = [{**step(chance), "label": f"return {number}"} for number in range(chance.choice([1, 2, 5]))]
    return parts


def overlap(chance):
    sets = [{**step(chance), "label": f"set {number}"} for number in range(chance.choice([1, 2, 3, 4, 8]))]
    return {"report": "overlap", "sets": sets, "count": chance.choice(["people", "people", "sessions"])}


def segment_rows(chance):
    """A table whose rows are segments, with or without dimensions, sorted or as they are written."""
    found = table(chance)
    if chance.random() < 0.5:
        found |= {"dimensions": [], "include_no_value": None}
    if chance.random() < 0.5:
        del found["sort"]
        found["metrics"] = sorted(found["metrics"], key=lambda name: name in FORMULAS)  # rows are sorted by the first
    uses = [segment(chance) for _ in range(chance.choice([1, 2, 3]))]
    named = dict.fromkeys(use for use in uses if isinstance(use, str))
    return {**found, "by_segments": [*named, *({**use, "label": f"row {at}"} for at, use in enumerate(uses) if not isinstance(use, str))]}


def across(chance, view):
    """A table with a dimension on its columns; where rows are hidden, of metrics without attribution."""
    found = chance.choice([table, table, credited, filtered])(chance)
    valued = "rate_game" in repr(view["metrics"])
    found |= without_times(found) if valued else {}
    names = [*TEXTS, "campaign", "color", *([] if valued else [*TIMES_ACROSS, *TIMES_ACROSS, "session_type"])]
    if not found["dimensions"] or (valued and {*found["dimensions"]} <= {*TIMES}):
        found |= {"dimensions": ["page"], "include_no_value": True, "filter": []}
    column = chance.choice([name for name in names if name not in found["dimensions"]])
    if chance.random() < 0.5 or found.get("filter"):
        plain = [*WHOLE, "bounces", "time_spent_seconds", "first_time_sessions", *([] if "attributed(" in repr(view["metrics"]) or "'attribution'" in repr(view["metrics"]) else FORMULAS)]
        found |= {"metrics": chance.sample(plain, 4), "sort": chance.choice(WHOLE)}
    else:
        found |= {"include_no_value": True}
    return {**found, "across": column, **chance.choice([{}, {"columns_shown": 1}, {"columns_shown": 2}])}


def asks_drawn(chance, view):
    """One report of each kind with up to two segments, each in a range of its own: (ask, days, instants)."""
    found = [drawn_by(make, chance, view) for make in (table, table, credited, credited, trend, sessions, fallout, fallout, histogram, paths)]
    apart = random.Random(repr(found))  # what a seed draws besides stays as it is
    return [*found, *(drawn_by(make, apart, view) for make in (retention, retention, overlap, overlap, segment_rows, segment_rows, flow, flow, next_previous, cohort, cohort, deflection, deflection, time_to_event, time_to_event, indicators, indicators, growth, growth, filtered, filtered, frequency, frequency, engagement, engagement, impact, impact, across, across, across, contribution, contribution, attribution, attribution, attribution, timeline, timeline, trend_beside, trend_beside))]


def drawn_by(make, chance, view):
    """A report, and its range."""
    days = chance.choice([0, 0, 1, 1, 2, 2, 3])
    more = {trend: (days,), trend_beside: (days,), cohort: (days,), growth: (days,), frequency: (step,), engagement: (step, days), impact: (step,), across: (view,), attribution: (MODELS, DIMENSIONS), sessions: (single_valued(view),), paths: (single_valued(view),), flow: (single_valued(view),), next_previous: (single_valued(view),)}.get(make, ())
    asked = make(chance, *more)
    if "rate_game" in repr(view["metrics"]):
        asked |= without_times(asked)
    asked["person_scope"] = chance.choice(["month", "month", "range", "all"])
    asked["segments"] = [segment(chance) for _ in range(chance.choice([0, 1, 1, 2]))]
    return asked, *DAYS[days]
