"""Rules R, T2: metrics per bucket of the calendar, every bucket of the range a row, and the total of the range."""

from __future__ import annotations

from datetime import timedelta

from tests.reference.calendar import EPOCH, bucket, edges, label
from tests.reference.metrics import parts, shown
from tests.reference.table import sums


def trend(seen: dict, ask: dict, view: dict) -> list[dict]:
    """The total, then one row per bucket: bucket (its first instant, UTC), label, one column per metric."""
    zone, granularity = view.get("time_zone", "UTC"), ask.get("granularity", "day")
    calendar = view.get("calendar", "gregorian")
    metrics = ask.get("metrics", ["events", "people", "sessions"])
    inside: dict[int, list] = {edge: [] for edge in edges(ask["from"], ask["to"], granularity, zone, calendar)}
    for one in seen["masked"]:
        inside[bucket(one["event"]["t"], granularity, zone, calendar)].append(one)

    def columns(events: list) -> dict[str, float | None]:
        found = sums(events, view, parts(view, metrics))
        return {name: shown(view, name, found) for name in metrics}

    rows = [{"row_kind": "total", "bucket": None, "label": None, **columns(seen["masked"])}]
    for edge, events in inside.items():
        moment = EPOCH + timedelta(milliseconds=edge)
        rows.append(
            {"row_kind": "bucket", "bucket": moment, "label": label(edge, granularity, zone, calendar), **columns(events)}
        )
    return rows
