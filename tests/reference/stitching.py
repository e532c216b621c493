"""Field-based stitching in plain Python, rule by rule of the specification of identity (F2-F15, F17-F19); slow.

A row is a dict: device and person (text or None), t (ms UTC); stitching adds stitched and reason.
A rule is a dict: replay (None, days, or inf), cap, blocked (a list, or None for the default one).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

DAY = 86_400_000
WHITE = {
    *map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
}
DEFAULT = ("null", "undefined", "anonymous", "invalid", "unknown", "none", "nan", "n/a", "(not set)", "-1")


def blank(text):
    return text is None or all(letter in WHITE for letter in text)


def is_blocked(text, blocked=None):
    """F13."""
    if blank(text):
        return False
    plain = text.strip("".join(WHITE)).lower()
    if blocked is None:
        return plain in DEFAULT or all(letter in "0-" for letter in plain)
    return plain in [value.lower() for value in blocked]


def valid(text, blocked=None):
    return not blank(text) and not is_blocked(text, blocked)


def utf8(text):
    return text.encode()


def logins_of(rows, rule):
    """Per device its logins in time order; of several at one instant the lexicographically smallest (F6)."""
    found = defaultdict(dict)
    for row in rows:
        if valid(row["device"], rule["blocked"]) and valid(row["person"], rule["blocked"]):
            at = found[row["device"]]
            at[row["t"]] = min(at.get(row["t"], row["person"]), row["person"], key=utf8)
    return {device: sorted(at.items()) for device, at in found.items()}


def is_capped(logins, rule):
    """F12: more than `cap` transitions, a transition being a step between two runs."""
    persons = [person for _, person in logins]
    return sum(one != other for one, other in pairwise(persons)) > rule["cap"]


def stitch(row, logins, rule, replayed_at=None):
    """F5, F7, F8, F10: the stitched ID and why; live when `replayed_at` is None."""
    if valid(row["person"], rule["blocked"]):
        return row["person"], "own"
    own = logins.get(row["device"], [])
    if valid(row["device"], rule["blocked"]) and not is_capped(own, rule):
        before = [person for t, person in own if t <= row["t"]]
        if before:
            return before[-1], "last_login"
        later = [person for t, person in own if replayed_at is not None and row["t"] < t <= replayed_at]
        if later:
            return later[0], "first_login"
    return (None, "none") if blank(row["device"]) else (row["device"], "persistent")


def replays_due(rule, rows, replayed, now):
    """F8, F9: the instants of the replays that are due, missed ones too."""
    if rule["replay"] is None:
        return []
    if rule["replay"] == math.inf:
        return [now]
    step = step_of(rule)
    oldest = min((row["t"] for row in rows), default=now)
    first = (max(replayed, oldest - 1) // step + 1) * step
    return range(first, now + 1, step)


def step_of(rule):
    """F9: a window of a day is replayed daily, longer ones weekly."""
    return DAY if rule["replay"] == 1 else 7 * DAY


def replay(rows, rule, at):
    """One replay at an instant; rows outside its window keep their value (F8)."""
    logins = logins_of(rows, rule)
    start = -math.inf if rule["replay"] == math.inf else at - rule["replay"] * DAY
    for row in rows:
        if start < row["t"] <= at:
            row["stitched"], row["reason"] = stitch(row, logins, rule, at)


class History:
    """A dataset that arrives in batches, and the replays that become due."""

    def __init__(self, rule):
        self.rule, self.rows, self.replayed = rule, [], -math.inf

    def load(self, batch, now):
        """Process a batch live, then run the replays due up to `now`, each once, the missed ones too (F7-F9)."""
        batch = [dict(row) for row in batch]
        logins = logins_of(self.rows + batch, self.rule)
        for row in batch:
            row["stitched"], row["reason"] = stitch(row, logins, self.rule)
        self.rows += batch
        for at in self.due(now):
            replay(self.rows, self.rule, at)
        self.replayed = max(self.replayed, now)
        return self

    def due(self, now):
        return replays_due(self.rule, self.rows, self.replayed, now)


def validation(rows, blocked=None):
    """F17: rates are shares of the events that have a stitched ID."""
    counted = [row for row in rows if not blank(row["stitched"])]
    authenticated = sum(valid(row["person"], blocked) for row in counted)
    stitched = sum(row["reason"] in ("own", "last_login", "first_login") for row in counted)
    events = len(counted)
    before, after = (share(part, events) for part in (authenticated, stitched))
    return {
        "events": events,
        "authentication_rate": before,
        "stitched_authentication_rate": after,
        "increase": None if before is None else after - before,
        "lift": (after - before) / before if before else None,
        "people": len({row["stitched"] for row in counted}),
    }


def exposure(rows, blocked=None):
    """F18: devices on which two or more persons logged in, and what happened on them."""
    persons = defaultdict(set)
    for row in rows:
        if valid(row["device"], blocked) and valid(row["person"], blocked):
            persons[row["device"]].add(row["person"])
    shared = [row for row in rows if len(persons.get(row["device"], ())) >= 2]
    anonymous = [row for row in shared if not valid(row["person"], blocked)]
    return {
        "shared_devices": sum(len(found) >= 2 for found in persons.values()),
        "event_share": share(len(shared), len(rows)),
        "anonymous_share_on_shared": share(len(anonymous), len(shared)),
        "anonymous_event_share": share(len(anonymous), len(rows)),
    }


def preflight(rows, until, blocked=None, bad=1_000_000):
    """F19: the last seven days up to `until`; bad IDs of the calendar months that those days lie in."""
    week = [row for row in rows if until - 7 * DAY < row["t"] <= until]
    counts = Counter()
    for row in rows:
        if row["t"] <= until and month_of(row["t"]) in (month_of(until), month_of(until - 7 * DAY)):
            counts.update(
                (role, row[role], month_of(row["t"])) for role in ("device", "person") if not blank(row[role])
            )
    return {
        "events": len(week),
        "persistent_coverage": share(sum(valid(row["device"], blocked) for row in week), len(week)),
        "person_coverage": share(sum(valid(row["person"], blocked) for row in week), len(week)),
        "bad_ids": sorted((*key, count) for key, count in counts.items() if count > bad),
    }


def month_of(t):
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-01")


def share(part, whole):
    return part / whole if whole else None
