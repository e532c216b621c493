"""One door: rows of a report over events, as the specification says and in the shape of the report's table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.reference import (
    attribution,
    attribution_panel,
    calculated,
    canvas,
    deduplication,
    deflection,
    engagement,
    growth,
    impact,
    metrics,
    months,
    neighbours,
    order,
    persistence,
    presets,
    standard,
    summary_data,
    time_to_event,
    values,
)
from tests.reference.calculated import Leaf, leaves
from tests.reference.cohort import back, cohort, widened
from tests.reference.contribution import before_of, contribution
from tests.reference.fallout import fallout
from tests.reference.flow import flow
from tests.reference.frequency import frequency
from tests.reference.histogram import histogram
from tests.reference.indicators import indicators
from tests.reference.next_previous import next_previous
from tests.reference.overlap import overlap
from tests.reference.paths import paths
from tests.reference.ranges import Span, common, instants
from tests.reference.retention import events_of as picked
from tests.reference.retention import retention
from tests.reference.segment_rows import table_by_segments
from tests.reference.segments import World, events_of
from tests.reference.sessions import numbers, sessions, timeout, with_figures
from tests.reference.table import table
from tests.reference.table_across import table_across
from tests.reference.timeline import timeline
from tests.reference.trend import compared, trend


class Elsewhere:
    """G6: what a report of another range sees of a person, with the same view and the same options."""

    def __init__(self, events: list[dict], view: dict, ask: dict, as_of: int | None, until: int | None = None) -> None:
        self.events, self.view, self.as_of, self.until = events, view, as_of, until
        self.ask = {**ask, "date_rule": "in_range"}  # nothing after its range
        self.laid: dict[Span, tuple[dict, dict]] = {}

    def of(self, person: str, *, masked: bool) -> Callable[[object, Span | None], World]:
        """The events of a person in a date range: those that the view's own segments leave, or all."""

        def inside(written: object, outer: Span | None) -> World:
            span = common(instants(written, self.view, self.as_of), outer)
            ask = {**self.ask, "from": span[0], "to": span[1] if self.until is None else min(span[1], self.until)}
            if span not in self.laid:
                self.laid[span] = laid(self.events, self.view, ask, None, None)
            journeys, sessions = self.laid[span]
            journey, session_of = journeys.get(person, []), sessions.get(person, [])
            among, _ = left_by_view(journey, session_of, ask, self.view, self) if masked else parts_of(journey, ask)
            return World(journey, session_of, self.view, among, inside, span)

        return inside


def numbered(events: list[dict]) -> list[dict]:
    """The events, each with its position in its person's whole journey."""
    return [{**event, "@": at} for journey in order.journeys(events).values() for at, event in enumerate(journey)]


def laid(events: list[dict], view: dict, ask: dict, data_until: int | None, read_from: int | None) -> tuple[dict, dict]:
    """O7, S, P: journeys as read, with the values that events have, and each event's session."""
    zone = view.get("time_zone", "UTC")
    start = persistence.read_from(view, ask, min(ask["from"] - order.DAY, months.back(ask["from"], timeout(view), zone)))
    columns = leaves_shown(view, ask)
    credited = [how for leaf in columns if (how := attribution.attributed(view, ask, leaf))] + attribution_panel.all_hows(ask)
    start = min([start, *(attribution.reads_from(how, ask["from"], view) for how in credited)])
    if (
        deduplication.of_person(view, metrics_read(view, ask))
        or neighbours.of_person(view, ask)
        or any(map(attribution.reads_person, credited))
    ):
        start = min(start, persistence.person_from(view, ask))
    start = min(start, standard.back(view, ask), back(ask, view), growth.back(ask, view))
    start = min(start, ask["from"] - deflection.back(ask)) if ask["report"] == "deflection" else start
    start = start if read_from is None else read_from
    window = months.length(ask.get("window"))
    entry = ask.get("date_rule", "entry" if window is not None else "in_range") == "entry"
    if ask["report"] == "deflection":
        window, entry = deflection.spans(ask)[0], "date_rule" not in ask
    if ask["report"] == "time_to_event":
        window, entry = time_to_event.tail(ask), "date_rule" not in ask
    looks_ahead = ask["report"] in ("fallout", "deflection", "time_to_event") and window is not None and entry
    tail = months.ahead(ask["to"], window, zone) if looks_ahead else ask["to"]
    if data_until is not None:
        tail = max(ask["to"], min(tail, data_until))
    journeys = order.journeys([dict(event) for event in events if start <= event["t"] < tail])
    looking = [name for kind in ("dimensions", "metrics") for name in view.get(kind, {}) if neighbours.function_of(view, name)]
    early = [name for kind in ("dimensions", "metrics") for name in view.get(kind, {}) if name not in looking]
    late = [name for name in looking if name in neighbours.needed(view, ask)]
    values.lay([event for journey in journeys.values() for event in journey], view, early)
    session_of = {person: numbers(journey, view) for person, journey in journeys.items()}
    for person, journey in journeys.items():
        for events_of_part in parts_of(journey, ask):
            with_figures(journey, session_of[person], events_of_part)
    standard.lay(journeys, session_of, view, ask)
    deduplication.lay(journeys, session_of, view, ask)
    now = data_until if data_until is not None else max((event["t"] for event in events), default=0)
    neighbours.lay(journeys, session_of, view, ask, now)
    values.lay([event for journey in journeys.values() for event in journey], view, late)
    persistence.lay(journeys, session_of, view, ask)
    return journeys, session_of


def see(
    events: list[dict], view: dict, ask: dict, data_until: int | None, read_from: int | None, as_of: int | None = None,
    until: int | None = None,
) -> dict:  # fmt: skip
    """O7, S, P, G: journeys as read, each event's session, and which range events the report's segments keep."""
    events = numbered(events)
    journeys, session_of = laid(events, view, ask, data_until, read_from)
    elsewhere = Elsewhere(events, view, ask, data_until if as_of is None else as_of, until)
    mask = {}
    for person, journey in journeys.items():
        kept = {at for part in left_by_view(journey, session_of[person], ask, view, elsewhere) for at in part}
        for segment in ask.get("segments", ()):
            kept &= kept_by(segment, journey, session_of[person], ask, view, elsewhere)
        mask[person] = [at in kept for at in range(len(journey))]
    named = {name for leaf in leaves_shown(view, ask) for name in leaf.segments}
    kept_in = {
        name: {person: kept_by(name, journey, session_of[person], ask, view, elsewhere) for person, journey in journeys.items()}
        for name in named
    }
    masked = [
        {"person": person, "session": session_of[person][at], "event": event,
         "in": {name for name in named if at in kept_in[name][person]}}
        for person, journey in journeys.items()
        for at, event in enumerate(journey)
        if mask[person][at] and order.in_range(event, ask)
    ]
    return {
        "journeys": journeys, "sessions": session_of, "mask": mask, "masked": masked, "data_until": data_until, "kept": kept_in,
        "elsewhere": elsewhere,
    }  # fmt: skip


def leaves_shown(view: dict, ask: dict) -> list[Leaf]:
    """What is summed for the columns and for what rows are sorted by."""
    named = [*ask.get("metrics", ()), *(ask[one] for one in ("sort", "metric", "conversion", "outcome") if ask.get(one))]
    return leaves(view, [name for name in named if name in view.get("metrics", {})])


def metrics_read(view: dict, ask: dict) -> list[str]:
    """Metrics that a report shows, sorts by, compares or lets values expire with, and what those are made of."""
    names = persistence.named([ask, view.get("view_segments", [])], view)
    for dimension in persistence.used(view, ask):
        names |= persistence.named(persistence.settings(view, dimension)["expiration"], view)
    some = [name for name in names & set(view.get("metrics", {})) if calculated.calculated(view, name) is None]
    return sorted(some)


def parts_of(journey: list[dict], ask: dict) -> tuple[list[int], list[int]]:
    """Range events, and the tail after them."""
    inside = [at for at, event in enumerate(journey) if order.in_range(event, ask)]
    return inside, [at for at, event in enumerate(journey) if event["t"] >= ask["to"]]


def left_by_view(
    journey: list[dict], session_of: list[int], ask: dict, view: dict, elsewhere: Elsewhere
) -> tuple[list[int], list[int]]:
    """O10: of range events and tail what all of the view's segments keep, each asked of all events there are."""
    inside, tail = parts_of(journey, ask)
    kept = set(inside) | set(tail)
    if journey:
        there = elsewhere.of(journey[0]["person_id"], masked=False)
        for segment in view.get("view_segments", ()):
            kept &= kept_of(segment, inside, tail, journey, session_of, view, there)
    return [at for at in inside if at in kept], [at for at in tail if at in kept]


def kept_by(
    segment: object, journey: list[dict], session_of: list[int], ask: dict, view: dict, elsewhere: Elsewhere
) -> set[int]:
    """A report's segment, on what the view's segments leave."""
    there = elsewhere.of(journey[0]["person_id"], masked=True)
    return kept_of(segment, *left_by_view(journey, session_of, ask, view, elsewhere), journey, session_of, view, there)


def kept_of(
    segment: object, inside: list[int], tail: list[int], journey: list[dict], session_of: list[int], view: dict,
    there: Callable,
) -> set[int]:  # fmt: skip
    """A segment on range events, and in the tail: event and session conditions asked there, the person's kept (O7)."""
    kept = events_of(segment, inside, journey, session_of, view, there)
    spec = view["segments"][segment] if isinstance(segment, str) else segment
    if spec.get("container", "event") == "person":
        return kept | set(tail) if kept else kept
    return kept | events_of(segment, tail, journey, session_of, view, there)


def of_both(ask: dict, view: dict, now: int | None, look: Callable[[dict], dict]) -> list[dict]:
    """Rows of a report that compares two ranges, or two segments."""
    if ask["report"] == "contribution":
        return contribution(ask, view, now, look)
    return compared(*(trend(look(own), own, view) for own in (ask, before_of(ask, ask["compare"], view, now))))


def report(
    events: list[dict], view: dict, ask: dict, data_until: int | None = None, read_from: int | None = None,
    as_of: int | None = None, summaries: dict | None = None,
) -> list[dict]:  # fmt: skip
    """Rows of a report; `from` and `to` of the ask are ms UTC. from > to is an error (O5). `summaries` are summary datasets."""
    if ask["from"] > ask["to"]:
        raise ValueError("from is after to")
    view = presets.of_view(view)
    ask = presets.of_report(ask, view)
    if ask["report"] in ("cohort", "growth", "engagement"):
        ask = widened(ask, view)
    if ask["report"] == "contribution" or ask.get("compare"):
        return of_both(ask, view, data_until if as_of is None else as_of, lambda own: see(events, view, own, data_until, read_from, as_of) | {"rows": []})
    seen = see(events, view, ask, data_until, read_from, as_of) | {"rows": summary_data.rows(summaries or {}, view, ask)}
    if ask["report"] in ("cohort", "growth"):
        of_periods = {"cohort": cohort, "growth": growth.growth}[ask["report"]]
        return of_periods(seen, ask, view, partial(kept_by, elsewhere=seen["elsewhere"]), kept_of)
    if ask["report"] in ("fallout", "retention", "overlap", "time_to_event", "indicators", "frequency", "engagement", "impact", "canvas"):
        of_steps = {"fallout": fallout, "retention": retention, "overlap": overlap, "time_to_event": time_to_event.time_to_event, "indicators": indicators, "frequency": frequency, "engagement": engagement.engagement, "impact": impact.impact, "canvas": canvas.canvas}[ask["report"]]
        return of_steps(seen, ask, view, partial(kept_by, elsewhere=seen["elsewhere"]))
    if ask.get("by_segments"):
        of_segments = []
        for use in ask["by_segments"]:  # the same report with one more segment; what is read stays that of the whole report (O7)
            own = {**ask, "segments": [*ask.get("segments", ()), use]}
            rows = {"rows": summary_data.rows(summaries or {}, view, own)}
            of_segments.append(see(events, view, own, data_until, read_from, as_of) | rows)
        return table_by_segments(seen, of_segments, ask, view)
    if ask["report"] == "deflection":
        return deflection.deflection(seen, ask, view, lambda step, person: picked(step, person, seen, ask, view, partial(kept_by, elsewhere=seen["elsewhere"])))
    several = {"several": bool(metrics.own_path(view, ask["dimension"]))} if ask["report"] in ("flow", "next_previous") else {}
    of_rows = {"table": table_across if ask.get("across") else table, "trend": trend, "sessions": sessions, "histogram": histogram, "paths": paths, "flow": flow, "next_previous": next_previous, "attribution": attribution_panel.attribution, "timeline": partial(timeline, order.journeys(events))}
    return of_rows[ask["report"]](seen, ask, view, **several)
