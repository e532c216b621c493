"""Graph-based stitching from a graph that is given, in plain Python (G19, and G16 for its events); slow.

A row is a dict: device, person (text or None), t (ms UTC); stitching adds stitched and reason. A published row is a dict:
t (ms UTC), device, persons (texts or Nones), erased (a bool). A rule is a dict: replay (None, days, or inf), blocked (a list,
or None for the default one), own (ignore or wins), snapshot (a bool).
"""

from __future__ import annotations

import math

from tests.reference.stitching import DAY, blank, replays_due, utf8, valid


def person_of(device, published, rule, at):
    """The person that the graph published at an instant knows for a persistent ID; None when it knows none."""
    if not valid(device, rule["blocked"]):
        return None
    there = [one for one in published if one["t"] <= at]
    if not rule["snapshot"]:
        there = [one for one in there if one["device"] == device]
    newest = max((one["t"] for one in there), default=None)
    persons = [
        person
        for one in there
        if one["t"] == newest and one["device"] == device and not one["erased"]
        for person in one["persons"]
        if valid(person, rule["blocked"])
    ]
    return min(persons, key=utf8, default=None)


def is_erased(row, published, now):
    """G16: a privacy request at T that is known leaves all rows <= T of the persistent ID with it, in every later pass."""
    return any(one["erased"] and one["device"] == row["device"] and row["t"] <= one["t"] <= now for one in published)


def stitch(row, published, rule, at, now):
    """G19: the stitched ID and why, by the graph published at `at`, in a load that happens at `now`."""
    if valid(row["person"], rule["blocked"]) and (rule["own"] == "wins" or blank(row["device"])):
        return row["person"], "own"
    person = None if is_erased(row, published, now) else person_of(row["device"], published, rule, at)
    if person is not None:
        return person, "graph"
    return (None, "none") if blank(row["device"]) else (row["device"], "persistent")


class History:
    """A dataset and a graph that arrive in batches, and the replays that become due."""

    def __init__(self, rule):
        self.rule, self.rows, self.published, self.replayed = rule, [], [], -math.inf

    def load(self, batch, published, now):
        """Process a batch with the graph published by now, then run the replays due, each with the graph of its instant."""
        self.published += published
        for row in batch:
            row = dict(row)
            row["stitched"], row["reason"] = stitch(row, self.published, self.rule, now, now)
            self.rows.append(row)
        for at in self.due(now):
            self.replay(at, now)
        for row in self.rows:
            if valid(row["device"], self.rule["blocked"]) and is_erased(row, self.published, now):
                row["stitched"], row["reason"] = stitch(row, self.published, self.rule, now, now)
        self.replayed = max(self.replayed, now)
        return self

    def replay(self, at, now):
        """Compute the rows of the window anew; the others keep their value (F8)."""
        start = -math.inf if self.rule["replay"] == math.inf else at - self.rule["replay"] * DAY
        for row in self.rows:
            if start < row["t"] <= at:
                row["stitched"], row["reason"] = stitch(row, self.published, self.rule, at, now)

    def due(self, now):
        return replays_due(self.rule, self.rows, self.replayed, now)


def overridden(rows, rule):
    """Rows whose own person ID is not the person that they got."""
    return sum(valid(row["person"], rule["blocked"]) and row["stitched"] != row["person"] for row in rows)
