"""What the standard metrics and dimensions of every view are, one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from cja_spark.view.calendar_settings import WEEKDAYS, Gregorian
from cja_spark.view.spec import STANDARD_METRICS, View

_ONCE = "each once per row and once for the total, so that rows need not sum to it"
# Words in braces are what the view calls its containers, its time zone, and what its calendar does.
METRICS: Mapping[str, str] = {
    "events": "the {events} of the report's range in the row are counted",
    "people": f"the {{persons}} with some {{event}} of the report's range in the row are counted, {_ONCE}",
    "sessions": f"the {{sessions}} with some {{event}} of the report's range in the row are counted, {_ONCE}",
    "first_time_sessions": "the {sessions} are counted that start in the report's range and whose {person} has no {event} in the 13 months before the "
    f"range, nor in the range before them, {_ONCE}",
    "return_sessions": f"the {{sessions}} are counted that are no first-time ones, also those that began before the report's range, {_ONCE}",
    "session_starts": "the {events} of the report's range that open a {session} are counted",
    "session_ends": "the last {event} in the report's range of each {session} is counted",
    "bounces": "the {events} are counted that are the only one of their {session} in the report's range",
    "time_spent_seconds": "the seconds from each {event} to the next one of its {session} in the report's range are summed; they go to the "
    "values of the {event} that they begin with, and the last one of a {session} has none",
}  # fmt: skip
_BUCKETS: Mapping[str, str] = {
    "day": "", "week": ", of the view's calendar, with {first_weekday} as its first day", **dict.fromkeys(("month", "quarter", "year"), ", of the view's calendar"),
}  # fmt: skip
_CLOCK: Mapping[str, str] = {
    "second": "a second", "minute": "a minute", "five_minutes": "five minutes", "fifteen_minutes": "fifteen minutes",
    "thirty_minutes": "thirty minutes", "hour": "an hour",
}  # fmt: skip
_RANGES = "in ranges from 'Less than 1 minute' to '15 hours or more'"
DIMENSIONS: Mapping[str, str] = {
    **{name: f"the instant of the {{event}} by the clock in {{zone}}, rounded down to {words}" for name, words in _CLOCK.items()},
    **{name: f"the {name} in which the {{event}} lies{words}, in {{zone}}" for name, words in _BUCKETS.items()},
    "minute_of_hour": "the minute of the {event}'s instant in its hour, 0 to 59, in {zone}",
    "hour_of_day": "the hour of the {event}'s instant in its day, 0 to 23, in {zone}; the hour that a clock change repeats is one",
    "am_pm": "AM for {events} before noon, PM for others, in {zone}",
    "day_of_week": "the weekday of the {event}, in {zone}",
    "weekday_or_weekend": "Weekend for {events} on a Saturday or Sunday, Weekday for others, in {zone}",
    "day_of_month": "the number of the {event}'s day in its month of the view's calendar, from 1, in {zone}",
    "day_of_year": "the number of the {event}'s day in its year of the view's calendar, from 1, in {zone}",
    "week_of_year": "the number of the {event}'s week in its year of the view's calendar, from 1{first_week}, in {zone}",
    "month_of_year": "the month of the {event} without its year, of the view's calendar, in {zone}",
    "quarter_of_year": "the quarter of the {event} without its year, Q1 to Q4 of the view's calendar, in {zone}",
    "event_depth": "which {event} of its {session} it is, from 1; it counts from the start of the {session}, also where that lies before the "
    "report's range or is hidden by a segment",
    "session_type": "First-time for {events} of a {session} that starts in the report's range and whose {person} has no {event} in the 13 months "
    "before the range, nor in the range before it; Return for others",
    "time_spent_per_event": f"the time from the {{event}} to the next one of its {{session}} in the report's range, {_RANGES}; the last one has none",
    "time_spent_per_session": f"all time spent in the {{event}}'s {{session}} in the report's range, {_RANGES}; a {{session}} of one {{event}} has none",
    "time_spent_per_person": f"all time that the {{person}} of the {{event}} spends in {{sessions}} in the report's range, {_RANGES}; without two "
    "{events} in one {session} there is none",
}  # fmt: skip


def standard_in_words(view: View, name: str) -> str:
    """What a standard metric or dimension is.

    Args:
        view: the view: its names of containers, its time zone and its calendar.
        name: one of STANDARD_METRICS or STANDARD_DIMENSIONS.
    """
    kind, sentences = ("metric", METRICS) if name in STANDARD_METRICS else ("dimension", DIMENSIONS)
    return f"'{name}' is a standard {kind} of every view: {sentences[name].format_map(_said(view))}."


def _said(view: View) -> dict[str, str]:
    called, calendar = view.containers, view.calendar
    first_weekday = calendar.weekday if isinstance(calendar, Gregorian) else calendar.years().weekday
    return {
        **{one: called.named(one) for one in ("person", "session", "event")},
        **{f"{one}s": called.several(one) for one in ("person", "session", "event")},
        "zone": view.time_zone,
        "first_weekday": WEEKDAYS[first_weekday].capitalize(),
        "first_week": ", the first with at least four days in it" if isinstance(calendar, Gregorian) else "",
    }
