"""Rule G6: what date ranges in segments mean, and which events of another range are of the same unit."""

from __future__ import annotations

from datetime import date, timedelta

from tests.reference.calendar import bucket_day, bucket_name, first_instant, local

Span = tuple[int, int]  # [from, to) in ms UTC


def instants(written: object, view: dict, as_of: int | None) -> Span:
    """O5: from the first instant of the first day to that of the day after the last; rolling ones count from the day of as_of."""
    zone, calendar = view.get("time_zone", "UTC"), view.get("calendar", "gregorian")
    if isinstance(written, dict):
        first, after = day_of(written["from"]), day_of(written["to"]) + timedelta(days=1)
    else:
        first, after = rolling(written, local(as_of, zone).date(), calendar)
    return first_instant(first, zone), first_instant(max(first, after), zone)


def rolling(written: str, today: date, calendar: object) -> tuple[date, date]:
    """First day of a range that has a name or counts back, and the day after its last."""
    words = {"today": "this day", "yesterday": "last 1 full day"}.get(written, written).split()
    unit = words[-1].rstrip("s")
    if words[0] == "this":
        return bucket_day(today, unit, calendar), today + timedelta(days=1)
    if len(words) == 3:
        after = today + timedelta(days=1)
        return back(after, int(words[1]), unit, calendar), after
    first = after = bucket_day(today, unit, calendar)
    for _ in range(int(words[1]) if len(words) == 4 else 1):  # one whole week, month, ... before another
        first = bucket_day(first - timedelta(days=1), unit, calendar)
    return first, after


def day_of(written: object) -> date:
    """A day, also one written as text."""
    return written if isinstance(written, date) else date.fromisoformat(written)


def back(day: date, count: int, unit: str, calendar: object) -> date:
    """O6: so many days, weeks, months, quarters or years of the calendar before a day."""
    if unit in ("day", "week"):
        return day - timedelta(days=count * (7 if unit == "week" else 1))
    first = bucket_day(day, "month", calendar)
    within = (day - first).days
    for _ in range(count * {"month": 1, "quarter": 3, "year": 12}[unit]):
        first = bucket_day(first - timedelta(days=1), "month", calendar)
    found = first + timedelta(days=within)
    while bucket_name(found, "month", calendar) != bucket_name(first, "month", calendar):
        found -= timedelta(days=1)
    return found


def common(span: Span, outer: Span | None) -> Span:
    """A range inside another one: what both have."""
    first, after = span if outer is None else (max(span[0], outer[0]), min(span[1], outer[1]))
    return first, max(first, after)


def same_unit(unit: list[int], container: str, here, there) -> list[int]:
    """The events that count in another range, of the very event, of the session or of the person of a unit.

    Two sessions are the same where they share an event, whatever of it counts.
    """
    if container == "person":
        return there.among
    if container == "event":
        return [at for at in there.among if there.journey[at]["@"] == here.journey[unit[0]]["@"]]
    own = {event["@"] for at, event in enumerate(here.journey) if here.session_of[at] == here.session_of[unit[0]]}
    sessions = {there.session_of[at] for at, event in enumerate(there.journey) if event["@"] in own}
    return [at for at in there.among if there.session_of[at] in sessions]
