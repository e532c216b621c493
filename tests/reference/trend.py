"""Rules R, T2: metrics per bucket of the calendar, every bucket of the range a row, and the total of the range."""

from __future__ import annotations

from datetime import timedelta

from tests.reference.calculated import Rows, columns, leaves
from tests.reference.calendar import EPOCH, bucket, edges, label
from tests.reference.table import sums


def trend(seen: dict, ask: dict, view: dict) -> list[dict]:
    """The total, then one row per bucket: bucket (its first instant, UTC), label, one column per metric."""
    zone, granularity = view.get("time_zone", "UTC"), ask.get("granularity", "day")
    calendar = view.get("calendar", "gregorian")
    metrics = ask.get("metrics", ["events", "people", "sessions"])
    inside: dict[int, list] = {edge: [] for edge in edges(ask["from"], ask["to"], granularity, zone, calendar)}
    masked = [*seen["masked"], *seen["rows"]]
    for one in masked:
        inside[bucket(one["event"]["t"], granularity, zone, calendar)].append(one)

    needed = leaves(view, metrics)
    found = [sums(events, view, needed) for events in (masked, *inside.values())]
    total, *figures = columns(view, metrics, Rows(found, [False] + [True] * len(inside), found[0]))
    rows = [{"row_kind": "total", "bucket": None, "label": None, **total}]
    for edge, own in zip(inside, figures, strict=True):
        moment = EPOCH + timedelta(milliseconds=edge)
        rows.append({"row_kind": "bucket", "bucket": moment, "label": label(edge, granularity, zone, calendar), **own})
    return rows + averages(rows[1:], metrics, ask.get("moving_average"))


def averages(buckets: list[dict], metrics: list[str], size: int | None) -> list[dict]:
    """The mean of each bucket and those before it, so many in all, where there are so many; null where one of them is null."""
    found = []
    for last in range((size or 1) - 1, len(buckets) if size else 0):
        some = buckets[last + 1 - size : last + 1]
        means = {name: None if any(one[name] is None for one in some) else sum(one[name] for one in some) / size for name in metrics}
        found.append({**buckets[last], "row_kind": "moving_average", **means})
    return found


def compared(after: list[dict], before: list[dict]) -> list[dict]:
    """The rows of a range, then the total and the buckets of the one it is compared with."""
    return after + [{**row, "row_kind": f"{row['row_kind']}_before"} for row in before if row["row_kind"] != "moving_average"]
