"""Rules C1-C4: cohorts of calendar periods, and who of them is back in periods after or before."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from tests.reference.calendar import EPOCH, add_months, after, bucket, edges, label
from tests.reference.metrics import own, own_before_persistence
from tests.reference.order import in_range
from tests.reference.segments import COMPARE, total
from tests.reference.sessions import with_figures

BACK_MONTHS = 13


def clock(ask: dict, view: dict) -> tuple[str, str, object]:
    """The size of periods, the zone and the calendar."""
    return ask.get("granularity", "week"), view.get("time_zone", "UTC"), view.get("calendar", "gregorian")


def widened(ask: dict, view: dict) -> dict:
    """C1: the range from the first instant of its first period to that after its last one; an empty range stays so."""
    if ask["from"] == ask["to"]:
        return ask
    return {**ask, "from": bucket(ask["from"], *clock(ask, view)), "to": after(bucket(ask["to"] - 1, *clock(ask, view)), *clock(ask, view))}


def back(ask: dict, view: dict) -> int:
    """Since when events before the range count: who was included before is no new one."""
    newcomers = ask["report"] == "cohort" and ask.get("entry") == "first_ever"
    return add_months(ask["from"], -BACK_MONTHS, view.get("time_zone", "UTC")) if newcomers else ask["from"]


def criteria_of(written: object) -> dict:
    """Criteria written short or long as {metrics, match, segments}; a metric by its name alone is at least 1."""
    found = {"metrics": [written]} if isinstance(written, str) or "metric" in written else {"metrics": written} if isinstance(written, list) else written
    metrics = [{"metric": one} if isinstance(one, str) else one for one in found.get("metrics", ())]
    bounded = [one if set(one) & set(COMPARE) else {**one, "at_least": 1} for one in metrics]
    return {"metrics": bounded, "match": found.get("match", "all"), "segments": found.get("segments", [])}


def met_in(events: list[int], criteria: dict, journey: list[dict], session_of: list[int], view: dict) -> bool:
    """C1: whether the sums of a person's events in a period meet the criteria; without an event nothing is met."""
    if not events:
        return False
    met = [
        all(COMPARE[name](total(events, journey, session_of, one, view), one[name]) for name in COMPARE if name in one)
        for one in criteria["metrics"]
    ]
    return any(met) if criteria["match"] == "any" and met else all(met)


def included(met: list[int], before: bool, ask: dict) -> list[int]:
    """C1: the periods whose cohorts a person is in, of all in which it meets inclusion."""
    entry = ask.get("entry", "every")
    if entry == "every":
        return met
    return [] if entry == "first_ever" and before else met[:1]


def is_back(returned: set[int], p: int, k: int, ask: dict, periods: int) -> bool:
    """C2, C3: whether who is in the cohort of p counts as back after k periods, or before."""
    if ask.get("rolling"):
        return all(p + step in returned for step in range(1, k + 1))
    if ask.get("mode") == "on_or_after":
        return any(later in returned for later in range(p + k, periods))
    return p + k in returned


def people_of(seen: dict, ask: dict, view: dict, kept_by: Callable, kept_of: Callable) -> list[dict]:
    """Of each person the periods of inclusion and of return, and its own values in each of the former."""
    starts = edges(ask["from"], ask["to"], *clock(ask, view))
    inclusion, returning = (criteria_of(ask.get(name) or ask["inclusion"]) for name in ("inclusion", "return"))
    found = []
    for person, journey in seen["journeys"].items():
        session_of, mask = seen["sessions"][person], seen["mask"][person]
        inside = [at for at, event in enumerate(journey) if in_range(event, ask)]
        of_period: dict[int, list[int]] = {}
        for at in inside:
            if mask[at]:
                of_period.setdefault(starts.index(bucket(journey[at]["t"], *clock(ask, view))), []).append(at)
        kept = {name: kept_by(name, journey, session_of, ask, view) for name in (*inclusion["segments"], *returning["segments"])}

        def counting(events: list[int], criteria: dict, kept: dict = kept) -> list[int]:
            return [at for at in events if all(at in kept[name] for name in criteria["segments"])]

        def periods_of(criteria: dict, of_period: dict = of_period, journey: list = journey, session_of: list = session_of, counting: Callable = counting) -> list[int]:
            return sorted(p for p, events in of_period.items() if met_in(counting(events, criteria), criteria, journey, session_of, view))

        before = ask.get("entry") == "first_ever" and met_before(person, seen, ask, view, inclusion, kept_of)
        values = {
            p: {value for at in counting(events, inclusion) for value in own(own_before_persistence(journey[at]), view, ask["dimension"])}
            for p, events in of_period.items()
        } if ask.get("dimension") else {}
        found.append({"in": included(periods_of(inclusion), before, ask), "back": {*periods_of(returning)}, "values": values})
    return found


def met_before(person: str, seen: dict, ask: dict, view: dict, criteria: dict, kept_of: Callable) -> bool:
    """C1: whether a period of the 13 months before the range meets inclusion."""
    journey, session_of = seen["journeys"][person], seen["sessions"][person]
    of_period: dict[int, list[int]] = {}
    for at in early_events(person, seen, ask, view, criteria["segments"], kept_of, back(ask, view)):
        of_period.setdefault(bucket(journey[at]["t"], *clock(ask, view)), []).append(at)
    return any(met_in(events, criteria, journey, session_of, view) for events in of_period.values())


def early_events(person: str, seen: dict, ask: dict, view: dict, segments: list, kept_of: Callable, since: int) -> list[int]:
    """Events of a person from an instant before the range up to it that the segments of view and report and some more keep.

    O7: event and session conditions are asked of the events before the range; who meets a person condition does so by the range.
    """
    journey, session_of = seen["journeys"][person], seen["sessions"][person]
    inside = [at for at, event in enumerate(journey) if in_range(event, ask)]
    early = [at for at, event in enumerate(journey) if since <= event["t"] < ask["from"]]
    with_figures(journey, session_of, early)
    for masked, uses in ((False, view.get("view_segments", ())), (True, [*ask.get("segments", ()), *segments])):
        there = seen["elsewhere"].of(person, masked=masked)
        kept = [kept_of(segment, inside, early, journey, session_of, view, there) for segment in uses]
        inside, early = ([at for at in part if all(at in one for one in kept)] for part in (inside, early))
    return early


def cohort(seen: dict, ask: dict, view: dict, kept_by: Callable, kept_of: Callable) -> list[dict]:
    """The total, then the cells of each cohort, then the averages of each column: of rates, and of people."""
    starts = edges(ask["from"], ask["to"], *clock(ask, view))
    ends = [*starts[1:], ask["to"]]
    over = [end for end in ends if seen["data_until"] is None or end <= seen["data_until"]]
    known, people = len(over), people_of(seen, ask, view, kept_by, kept_of)
    rows = [line("total", people=float(sum(any(p < known for p in one["in"]) for one in people)))]
    cells = []
    for name, bucket_of, members in cohorts(people, ask, view, starts, known):
        few = [p for p, _ in members]
        first, last = (0, len(starts) - 1) if ask.get("dimension") else (-starts.index(bucket_of) if ask.get("latency") else 0, len(starts) - 1 - starts.index(bucket_of))
        moment = None if ask.get("dimension") else EPOCH + timedelta(milliseconds=bucket_of)
        for k in range(first, last + 1):
            cells.append({"bucket": moment, "label": name, **cell(members, few, k, ask, starts, bucket_of, known)})
    averages = [line(kind, periods_after=k, **average(kind, k, cells)) for kind in ("mean_of_rates", "pooled") for k in sorted({one["periods_after"] for one in cells} - {0})]
    return [*rows, *(line(**one) for one in cells), *averages]


def cohorts(people: list[dict], ask: dict, view: dict, starts: list[int], known: int) -> list[tuple]:
    """Each cohort's name, its first instant, and who is in it: a period of inclusion and those of return, per inclusion."""
    if not ask.get("dimension"):
        return [(label(start, *clock(ask, view)), start, [(p, one["back"]) for one in people if p in one["in"]]) for p, start in enumerate(starts)]
    by_value: dict[str, list] = {}
    for one in people:
        for p in one["in"]:
            for value in one["values"][p] if p < known else ():
                by_value.setdefault(value, []).append((p, one["back"]))
    ranked = sorted(by_value, key=lambda value: (-len(by_value[value]), value.encode("utf-8")))
    return [(value, None, by_value[value]) for value in ranked[: ask.get("rows", 14)]]


def cell(members: list[tuple], inclusions: list[int], k: int, ask: dict, starts: list[int], start: int | None, known: int) -> dict:
    """C2: how many of a cohort are back, or are not, of how many; null where no period is over that tells it."""
    churn = ask.get("type") == "churn"
    later = "_on_or_after" if ask.get("mode") == "on_or_after" else ""
    kind = "included" if k == 0 else f"churned{later}" if churn else f"retained{later}"
    shown = [(p, returned) for p, returned in members if p < known and p + k < known]
    if (start is None and not shown) or (start is not None and max(starts.index(start), starts.index(start) + k) >= known):
        return {"row_kind": kind, "periods_after": k, "people": None, "base_people": None, "cohort_rate": None}
    if k == 0:
        return {"row_kind": kind, "periods_after": k, "people": float(len(shown)), "base_people": None, "cohort_rate": None}
    of = [one for one in shown if not ask.get("rolling") or is_back(one[1], one[0], k - 1, ask, len(starts))]
    retained = [one for one in of if is_back(one[1], one[0], k, ask, len(starts))]
    many = len(of) - len(retained) if churn else len(retained)
    return {"row_kind": kind, "periods_after": k, "people": float(many), "base_people": float(len(of)), "cohort_rate": many / len(of) if of else None}


def average(kind: str, k: int, cells: list[dict]) -> dict:
    """C4: the mean of a column's rates, or its people over those that they are of."""
    column = [one for one in cells if one["periods_after"] == k and one["people"] is not None]
    if kind == "mean_of_rates":
        rates = [one["cohort_rate"] for one in column if one["cohort_rate"] is not None]
        return {"cohort_rate": math.fsum(rates) / len(rates) if rates else None}
    if not column:
        return {}
    people, base = (math.fsum(one[name] for one in column) for name in ("people", "base_people"))
    return {"people": people, "base_people": base, "cohort_rate": people / base if base else None}


def line(row_kind: str, **cells: object) -> dict:
    """One row; what it does not have is null."""
    names = ("bucket", "label", "periods_after", "people", "base_people", "cohort_rate")
    return {"row_kind": row_kind, **{name: cells.get(name) for name in names}}
