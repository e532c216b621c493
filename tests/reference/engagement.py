"""CJA 7, engagement: how widely things are done among those who are active in a period, and how often by those who do them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from tests.reference.calendar import bucket, edges
from tests.reference.cohort import clock
from tests.reference.fallout import step_name, step_spec
from tests.reference.order import in_range
from tests.reference.retention import events_of

QUADRANTS = {(False, True): "power", (True, True): "high impact", (False, False): "low impact", (True, False): "one-time"}


def engagement(seen: dict, ask: dict, view: dict, kept_by: Callable) -> list[dict]:
    """All who are active, the medians of the things that somebody did, then the things in the order written."""
    inside = edges(ask["from"], ask["to"], *clock(ask, view))
    ends = [*inside[1:], ask["to"]] if inside else []
    over = {start for start, end in zip(inside, ends, strict=True) if seen["data_until"] is None or end <= seen["data_until"]}
    active = set()
    for person, journey in seen["journeys"].items():
        times = [event["t"] for at, event in enumerate(journey) if seen["mask"][person][at] and in_range(event, ask)]
        active |= {(person, period) for t in times if (period := bucket(t, *clock(ask, view))) in over}
    of_period = Counter(period for _, period in active)
    things = []
    for written in ask["events"]:
        did: Counter = Counter()
        for person, journey in seen["journeys"].items():
            for at in events_of(written, person, seen, ask, view, kept_by):
                if (period := bucket(journey[at]["t"], *clock(ask, view))) in over:
                    did[person, period] += 1
        who = Counter(period for _, period in did)
        shares = sum((Fraction(who[period], many) for period, many in of_period.items()), Fraction(0))
        things.append((step_name(step_spec(written)), did, shares, Fraction(shares, len(of_period)) if of_period else None, Fraction(did.total(), len(did)) if did else None))
    told = [(x, y) for *_, x, y in things if y is not None]
    middle = [median(sorted(one)) for one in zip(*told, strict=True)] or [None, None]
    rows = [
        line("total", people=len({person for person, _ in active}), person_periods=len(active), active_periods=len(of_period)),
        line("median", average_share=middle[0], times_per_person=middle[1]),
    ]
    for name, did, shares, x, y in things:
        quadrant = None if y is None else QUADRANTS[x >= middle[0], y >= middle[1]]
        rows.append(line("event", step_name=name, people=len({person for person, _ in did}), person_periods=len(did), active_periods=len(of_period), times_done=did.total(),
                         share_sum=shares, average_share=x, times_per_person=y, quadrant=quadrant))  # fmt: skip
    return rows


def median(numbers: list[Fraction]) -> Fraction:
    """The middle one, or the mean of the two in the middle."""
    at = len(numbers) // 2
    return numbers[at] if len(numbers) % 2 else (numbers[at - 1] + numbers[at]) / 2


def line(kind: str, **cells: object) -> dict:
    """One row; what it does not have is null."""
    names = ("people", "person_periods", "active_periods", "times_done", "share_sum", "average_share", "times_per_person")
    figures = {name: None if cells.get(name) is None else float(cells[name]) for name in names}
    return {"row_kind": kind, "step_name": cells.get("step_name"), **figures, "quadrant": cells.get("quadrant")}
