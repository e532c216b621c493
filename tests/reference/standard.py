"""Rules O4, S2, S6: standard dimensions, written on events as texts, and sessions by type."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache

from tests.reference.calendar import (
    EPOCH,
    add_months,
    bucket_day,
    bucket_name,
    label_of_day,
    local,
    retail_place,
)
from tests.reference.persistence import named

CLOCKS = {"second": 1, "minute": 60, "five_minutes": 300, "fifteen_minutes": 900, "thirty_minutes": 1800, "hour": 3600}
BUCKETS = ("day", "week", "month", "quarter", "year")
PARTS = (
    "minute_of_hour", "hour_of_day", "am_pm", "day_of_week", "day_of_month", "day_of_year", "week_of_year", "month_of_year",
    "quarter_of_year", "weekday_or_weekend",
)  # fmt: skip
TIMES = (*CLOCKS, *BUCKETS, *PARTS)
OF_SESSIONS = ("event_depth", "session_type")
SPENT = ("time_spent_per_event", "time_spent_per_session", "time_spent_per_person")
MINUTES = {1: "Less than 1 minute", 5: "1 to 5 minutes", 10: "5 to 10 minutes", 30: "10 to 30 minutes", 60: "30 to 60 minutes",
           120: "1 to 2 hours", 300: "2 to 5 hours", 600: "5 to 10 hours", 900: "10 to 15 hours"}  # fmt: skip
NAMES = (*TIMES, *OF_SESSIONS, *SPENT)
TYPES = {"first_time_sessions": "First-time", "return_sessions": "Return"}


def used(view: dict, ask: dict) -> set[str]:
    """Standard dimensions, and metrics of session types, that an ask or the view's segments name."""
    asked = named([ask, view.get("view_segments", [])], view)
    parts = {name for metric in asked & set(view.get("metrics", {})) for name in calculated(view["metrics"][metric])}
    return (asked | parts) & {*NAMES, *TYPES}


def calculated(metric: object) -> set[str]:
    """Names in a calculated metric."""
    text = metric.get("calculate", "") if isinstance(metric, dict) else ""
    return set(text.replace("(", " ").replace(")", " ").split())


def back(view: dict, ask: dict) -> int:
    """O7: how far a report reads for session types."""
    if not used(view, ask) & {"session_type", *TYPES}:
        return ask["from"]
    return add_months(ask["from"], -13, view.get("time_zone", "UTC"))


def lay(journeys: dict[str, list[dict]], sessions: dict[str, list[int]], view: dict, ask: dict) -> None:
    """Write on each event its standard dimensions that are asked, and its session's type."""
    names = used(view, ask)
    if not names:
        return
    for person, journey in journeys.items():
        for at, event in enumerate(journey):
            event["session_type"] = "First-time" if first_time(journey, sessions[person], at, view, ask) else "Return"
            event["event_depth"] = str(at - sessions[person][at] + 1)
            for metric, kind in TYPES.items():
                event[metric] = float(event["session_type"] == kind)
            for name in names - {"session_type", "event_depth", *TYPES, *SPENT}:
                event[name] = text(event["t"], name, view)
            for name in SPENT:
                event[name] = spent(journey, sessions[person], at, ask, name)


def first_time(journey: list[dict], session_of: list[int], at: int, view: dict, ask: dict) -> bool:
    """S6: the session starts in the range, and nothing of the person is before it for 13 months before the range."""
    start = session_of[at]
    since = add_months(ask["from"], -13, view.get("time_zone", "UTC"))
    before = [event for event in journey[:start] if event["t"] >= since]
    return ask["from"] <= journey[start]["t"] < ask["to"] and not before


def spent(journey: list[dict], session_of: list[int], at: int, ask: dict, name: str) -> str | None:
    """S5: seconds to the next range event of the session, of the event or of all of its session or person, in ranges.

    The tail is a time of its own; what is before the range has none, and neither has what was followed by nothing.
    """
    if journey[at]["t"] < ask["from"]:
        return None
    late = journey[at]["t"] >= ask["to"]
    others = [one for one, event in enumerate(journey) if event["t"] >= ask["from"] and (event["t"] >= ask["to"]) == late]
    if name == "time_spent_per_event":
        others = [at]
    if name == "time_spent_per_session":
        others = [one for one in others if session_of[one] == session_of[at]]
    seconds = [journey[one]["time_spent_seconds"] for one in others if journey[one]["time_spent_seconds"] is not None]
    if not seconds:
        return None
    return next((name for minutes, name in MINUTES.items() if round(sum(seconds), 3) < 60 * minutes), "15 hours or more")


def text(t: int, name: str, view: dict) -> str:
    """The value of an instant in a dimension of time."""
    zone, calendar = view.get("time_zone", "UTC"), view.get("calendar", "gregorian")
    here = local(t, zone)
    if name in CLOCKS:
        return clock(t, CLOCKS[name], zone).strftime("%Y-%m-%d %H:%M%z" if name != "second" else "%Y-%m-%d %H:%M:%S%z")
    if name in BUCKETS:
        return label_of_day(here.date(), name, calendar)
    day = here.date()
    return {
        "minute_of_hour": lambda: str(here.minute),
        "hour_of_day": lambda: str(here.hour),
        "am_pm": lambda: here.strftime("%p"),
        "day_of_week": lambda: day.strftime("%A"),
        "weekday_or_weekend": lambda: "Weekend" if day.strftime("%A") in ("Saturday", "Sunday") else "Weekday",
        "day_of_month": lambda: str((day - bucket_day(day, "month", calendar)).days + 1),
        "day_of_year": lambda: str((day - bucket_day(day, "year", calendar)).days + 1),
        "week_of_year": lambda: str(week_of_year(day, calendar)),
        "month_of_year": lambda: month_of_year(day, calendar),
        "quarter_of_year": lambda: f"Q{bucket_name(day, 'quarter', calendar)[1] + 1}",
    }[name]()


@lru_cache(maxsize=100_000)
def clock(t: int, seconds: int, zone: str) -> object:
    """The local clock rounded down, second by second, but not beyond where it was set."""
    here = (t - t % 1000) // 1000
    while (stands := local(here * 1000, zone)).hour * 3600 + stands.minute * 60 + stands.second:
        if (stands.hour * 3600 + stands.minute * 60 + stands.second) % seconds == 0:
            break
        before = local(here * 1000 - 1000, zone)
        if before.utcoffset() != stands.utcoffset():
            break
        here -= 1
    return (EPOCH + timedelta(seconds=here)).astimezone(stands.tzinfo)


def retail(calendar: object) -> bool:
    """Whether years are of whole weeks."""
    return calendar == "4-5-4" or (isinstance(calendar, dict) and "weeks" in calendar)


def week_of_year(day: date, calendar: object) -> int:
    """Of weeks with at least four days in the year, which one it is."""
    if retail(calendar):
        return (day - bucket_day(day, "year", calendar)).days // 7 + 1
    fourth = bucket_day(day, "week", calendar) + timedelta(days=3)
    year = bucket_name(fourth, "year", calendar)
    count = 0
    while bucket_name(fourth, "year", calendar) == year:
        count, fourth = count + 1, fourth - timedelta(days=7)
    return count


def month_of_year(day: date, calendar: object) -> str:
    """The month's name; of a retail year its number."""
    if retail(calendar):
        return f"M{retail_place(day, json.dumps(calendar, default=str))[1] + 1:02}"
    return day.strftime("%B")

