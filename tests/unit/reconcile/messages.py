"""A small project of messages: its YAML, its files, and loads that come one after the other."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cja_spark import plan
from cja_spark.project import load

CONNECTION = """
name: messages
datasets:
  feedback:
    type: event
    source: {format: json, path: feedback, options: {primitivesAsString: true}}
    event_id: _id
    timestamp: timestamp
    person_id: person
    numbers: [retry]
  tracking:
    type: event
    source: {format: json, path: tracking, options: {primitivesAsString: true}}
    event_id: _id
    timestamp: timestamp
    person_id: person
    numbers: [retry]
  entities:
    type: lookup
    source: {format: json, path: entities.json}
    key: key
    matches: correlation
"""
VIEW = """
name: messages
time_zone: UTC
derived:
  last: [{function: regex_replace, input: channel, pattern: "[^/]+$", replace: $&}]
dimensions:
  channel: {derived: last, lowercase: true}
  campaign: {lookup: entities.name}
  test: test
  status: status
  category: category
  interaction: interaction
metrics:
  sends: {field: status, behavior: instances, include: {equals: sent}}
  bounced: {field: status, behavior: instances, include: {equals: bounce}}
  late_bounces: {field: category, behavior: instances, include: {equals: async}}
  delays: {field: status, behavior: instances, include: {equals: delay}}
  opens: {field: interaction, behavior: instances, include: {equals: open}}
  messages_sent: {calculate: sends + bounced - late_bounces, decimals: 0}
segments:
  tests: {where: {dimension: test, equals: "true"}}
  without_tests: {where: {dimension: test, does_not_equal: "true"}}
"""
RECONCILE = """
source: {format: csv, path: reported.csv}
source_counts: {repeats: true}
test_profiles: tests
metrics:
  sent: {ours: messages_sent, retries: delays}
  opens: opens
"""
HEAD = "date,channel,campaign,metric,value\n"


def project_in(folder, *, view=VIEW, reconcile=RECONCILE):
    place = folder / "project"
    place.mkdir(exist_ok=True)
    for name, text in (("connection", CONNECTION), ("view", view), ("lake", "location: ../lake\nfiles: ../files\n"), ("reconcile", reconcile)):
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load(place)


class Files:
    """The files of a project, and a clock of loads."""

    def __init__(self, folder):
        self.folder, self.number = folder / "files", 0
        for name in ("feedback", "tracking"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.lines("entities.json", [{"key": "c1", "name": "Summer"}, {"key": "c2", "name": "Winter"}])

    def lines(self, name, rows):
        (self.folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def reported(self, text, head=HEAD):
        (self.folder / "reported.csv").write_text(head + text, encoding="utf-8")

    def load(self, lake, project, at, feedback=(), tracking=()):
        """Write files and connect, as if it were `at`."""
        self.number += 1
        for name, rows in (("feedback", feedback), ("tracking", tracking)):
            if rows:
                self.lines(f"{name}/{self.number}.json", rows)
        return plan.connect(lake, project, as_of=at)


def row(number, t, **columns):
    """A row of a message by e-mail; columns that are None are left out."""
    filled = {
        "_id": f"r{number}", "timestamp": t, "person": f"p{number}", "channel": "https://ns.adobe.com/xdm/channels/Email", "correlation": "c1",
        "test": "false", "status": None, "category": None, "interaction": None, "retry": None, **columns,
    }  # fmt: skip
    return {name: value for name, value in filled.items() if value is not None}


# A row that has every column, long before all ranges: JSON has the columns that some row has.
EVERY = row(0, "2026-01-01T00:00:00Z", status="none", category="none", interaction="none", retry="0")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
