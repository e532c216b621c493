"""Rules F12 and F13: when the reported chains of a fallout begin, and how long their steps take."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from tests.reference.calendar import EPOCH, bucket, edges, label

TIMES = ("mean_seconds_from_previous", "median_seconds_from_previous", "mean_seconds_from_first", "median_seconds_from_first")


def percentile(times: list[int], percent: float) -> float | None:
    """The midpoint of the cell that the nearest rank lies in, seconds; a time of 0 is its own cell."""
    if not times:
        return None
    rank = max(1, math.ceil(Fraction(str(percent)) * len(times) / 100))
    length = sorted(times)[rank - 1]
    return 0.0 if length == 0 else 1.02 ** (math.floor(math.log(length) / math.log(1.02)) + 0.5) / 1000


def with_times(rows: list[dict], found: list[dict]) -> list[dict]:
    """F12: beside each step how long it is after the one before it and after the first one; a step in grace takes no time."""
    return [{**row, **dict.fromkeys(TIMES), **(times(row["step"], found) if row["breakdown"] is None else {})} for row in rows]


def times(step: int, found: list[dict]) -> dict:
    """The times of those who reach a step."""
    if step == 1:
        return {}
    reached = [one["chain"] for one in found if one["level"] >= step]
    spans = [[max(0, chain[step - 1]["t"] - chain[from_]["t"]) for chain in reached] for from_ in (step - 2, 0)]
    figures = [figure for took in spans for figure in (sum(took) / len(took) / 1000 if took else None, percentile(took, 50))]
    return dict(zip(TIMES, figures, strict=True))


def over_time(found: list[dict], ask: dict, view: dict, rows_of: Callable[[list[float]], list[dict]], steps: int) -> list[dict]:
    """F13: the same steps by the bucket of the first event of each chain, and the means of the rates of buckets.

    Args:
        found: what is counted, each with its level and its chain.
        ask: the report.
        view: the data view.
        rows_of: makes rows of how many reach each step.
        steps: how many steps there are.
    """
    zone, size, calendar = view.get("time_zone", "UTC"), ask["trend"], view.get("calendar", "gregorian")
    inside: dict[int, list[int]] = {edge: [] for edge in edges(ask["from"], ask["to"], size, zone, calendar)}
    for one in found:
        if one["level"]:
            inside[bucket(one["chain"][0]["t"], size, zone, calendar)].append(one["level"])
    rows = []
    for edge, levels in inside.items():
        moment = {"bucket": EPOCH + timedelta(milliseconds=edge), "label": label(edge, size, zone, calendar)}
        reached = [float(sum(level >= step for level in levels)) for step in range(1, steps + 1)]
        rows += [{"row_kind": "step_over_time", **row, **moment} for row in rows_of(reached)]
    nothing = rows_of([0.0] * steps)
    return rows + [{"row_kind": "mean_of_rates", **dict.fromkeys(row), "step_name": row["step_name"], **mean_of(row["step"], rows)} for row in nothing]


def mean_of(step: int, rows: list[dict]) -> dict:
    """The mean of each rate of a step over the buckets that have it."""
    found: dict = {"step": step}
    for name in ("percent_of_previous", "percent_of_total"):
        rates = [row[name] for row in rows if row["step"] == step and row[name] is not None]
        found[name] = sum(rates) / len(rates) if rates else None
    return {**found, "bucket": None, "label": None}
