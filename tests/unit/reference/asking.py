"""Small events and asks for the tests of the reference's reports."""

from __future__ import annotations

from tests.property.strategies import at
from tests.reference.report import report

GAP = 30 * 60_000
START, END = at("2025-01-01T00:00:00+00:00"), at("2025-02-01T00:00:00+00:00")
SIMPLE = {
    "time_zone": "UTC",
    "dimensions": {"page": "page", "sku": "items[].sku"},
    "metrics": {
        "orders": "orders",
        "units": "items[].units",
        "calls": {"field": "calls", "behavior": "instances"},
        "rate": {"calculate": "orders / calls"},
    },
    "segments": {"buyers": {"container": "person", "where": {"metric": "orders", "at_least": 1}}},
}


def event(t, person="p", **values):
    return {"person_id": person, "t": t, "sequence": None, "dataset_position": 0, "event_id": None, "row_hash": 0, **values}


def ask(kind="table", start=START, end=END, **given):
    return {"report": kind, "from": start, "to": end, **given}


def total(events, view=None, **given):
    return report(events, view or SIMPLE, ask(metrics=["events", "people", "sessions"], **given))[0]


def counts(events, view=None, **given):
    row = total(events, view, **given)
    return row["events"], row["people"], row["sessions"]


def kept(events, where, container="event", **given):
    return total(events, segments=[{"container": container, "where": where}], **given)["events"]


def items(rows, *names):
    return [tuple(row[name] for name in names) for row in rows if row["row_kind"] == "item"]
