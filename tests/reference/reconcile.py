"""The attribution of causes in plain Python, row by row: obvious and slow.

A row is a dict: `t`, `arrived` (aware datetimes), `state` ("loaded", "duplicate_event_id", or the reason for which it was
dropped), `test`, `kept` (booleans), `channel`, `campaign`, `dataset`, `amount`, `retries` (numbers of one metric). `how` is
a dict: `date_from`, `date_to` (dates), `our_zone`, `their_zone`, `as_of`, `reported_at` (aware datetimes), `young` (a
timedelta), `repeats_counted`, `tests_counted` (booleans).
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

ORDER = (
    "dropped", "deduplicated", "test_profiles", "running_day", "not_yet_arrived", "time_zone", "young_range", "retries",
)  # fmt: skip


def local_day(instant, zone):
    return instant.astimezone(ZoneInfo(zone)).date()


def counted_by_us(row, how):
    day = local_day(row["t"], how["our_zone"])
    in_range = how["date_from"] <= day <= how["date_to"]
    return in_range and row["state"] == "loaded" and row["kept"] and row["arrived"] <= how["as_of"]


def counted_by_them(row, how):
    day = local_day(row["t"], how["their_zone"])
    if not how["date_from"] <= day <= how["date_to"]:
        return False
    if row["t"] >= how["reported_at"]:
        return False
    if row["test"]:
        if not how["tests_counted"]:
            return False
    elif not row["kept"]:
        return False  # the same filter on both sides
    return row["state"] != "duplicate_event_id" or how["repeats_counted"]


def applies(cause, row, how):
    ours, theirs = (local_day(row["t"], how[zone]) for zone in ("our_zone", "their_zone"))
    in_ours, in_theirs = (how["date_from"] <= day <= how["date_to"] for day in (ours, theirs))
    now = how["reported_at"]
    return {
        "dropped": row["state"] not in ("loaded", "duplicate_event_id"),
        "deduplicated": row["state"] == "duplicate_event_id",
        "test_profiles": row["test"] and row["kept"] != how["tests_counted"],
        "running_day": ours >= local_day(now, how["our_zone"]) or theirs >= local_day(now, how["their_zone"]),
        "not_yet_arrived": row["arrived"] > how["as_of"],
        "time_zone": in_ours != in_theirs,
        "young_range": row["retries"] != 0 and row["t"] >= how["as_of"] - how["young"],
        "retries": row["retries"] != 0,
    }[cause]


def cause_of(row, how):
    return next(cause for cause in ORDER if applies(cause, row, how))


def detail_of(cause, row):
    return {"dropped": row["state"], "not_yet_arrived": row["dataset"]}.get(cause, "")


def reconcile(rows, how):
    """Ours, and per (cause, detail) the sum of source less ours."""
    ours, causes = 0, {}
    for row in rows:
        own = row["amount"] if counted_by_us(row, how) else 0
        their = row["amount"] + row["retries"] if counted_by_them(row, how) else 0
        ours += own
        if their != own:
            cause = cause_of(row, how)
            key = (cause, detail_of(cause, row))
            causes[key] = causes.get(key, 0) + their - own
    return ours, causes


def reported(rows, how):
    """What the source would report of these rows: by its own counting rules alone."""
    return sum(row["amount"] + row["retries"] for row in rows if counted_by_them(row, how))
