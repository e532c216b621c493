"""Segments with date ranges drawn at random keep, on generated journeys, the events that the reference keeps (rule G6)."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import persistent_in, ranges_of, standard_ids, standard_in, window_of
from cja_spark.reports.table import Table
from cja_spark.view.spec import View
from tests.property.arrays import batch_of
from tests.property.conditions import DISTANCES
from tests.reference import order
from tests.reference.report import see

DAY, GAP = 86_400_000, 1_800_000
FROM = int(dt.datetime(2025, 1, 10, tzinfo=dt.UTC).timestamp() * 1000)
FIRST, LAST = dt.date(2025, 1, 10), dt.date(2025, 1, 14)
TO = FROM + 5 * DAY
COLUMNS = {"d_page": ("page", 0, True), "d_channel": ("channel", 0, True), "m_orders": ("orders", 0, False)}
STEPS = (0, 1, 1000, GAP - 1, GAP, GAP + 1, DAY - 1, DAY, DAY + 1, 2 * DAY)
STARTS = [FROM + days * DAY + off for days in (-6, -2, -1, 0, 0, 1, 3, 4, 5, 6) for off in (-GAP, -1, 0, 1)]
VIEW = {
    "name": "ranges",
    "dimensions": {"page": "page", "channel": {"field": "channel", "persistence": {"expiration": "person"}}},
    "metrics": {"orders": "orders"},
    "segments": {
        "before": {"container": "person", "where": {"metric": "orders", "at_least": 1}, "range": {"from": "2025-01-01", "to": "2025-01-09"}},
        "around": {"container": "session", "where": {"dimension": "page", "equals": "a"}, "range": {"from": "2025-01-06", "to": "2025-01-20"}},
        "here": {"container": "session", "where": {"dimension": "channel", "equals": "b"}},
    },
}  # fmt: skip


def journey(chance, person):
    events, t = [], chance.choice(STARTS)
    for number in range(chance.randint(0, 9)):
        t = chance.choice(STARTS) if chance.random() < 0.2 else t + chance.choice(STEPS)
        events.append({
            "person_id": person, "t": t, "sequence": None, "dataset_position": 0, "event_id": f"{number}", "row_hash": number,
            "page": chance.choice((None, "a", "a", "b", "b", "c")), "channel": chance.choice((None, None, "a", "b")),
            "orders": chance.choice((None, 0.0, 1.0)),
        })  # fmt: skip
    return events


def span(chance):
    if chance.random() < 0.3:
        return chance.choice(["last 1 day", "last 3 days", "last 1 week", "last 1 month", "this week", "last week", "yesterday", "this month", "last 2 full days"])
    first, days = FIRST + dt.timedelta(days=chance.randint(-9, 5)), chance.choice([-1, 0, 1, 3, 5, 8, 12, 20])
    return {"from": first, "to": first + dt.timedelta(days=days)}


def dated(chance, container, share=0.5):
    return {**container, "range": span(chance)} if chance.random() < share else container


def leaf(chance):
    kind = chance.randint(0, 9)
    if kind < 2:
        return {"metric": chance.choice(["orders", "events", "sessions", "session_starts", "session_ends", "bounces"]), chance.choice(["at_least", "at_most"]): chance.choice([0, 1, 2])}
    if kind == 2:
        return chance.choice(["before", "around", "here"])
    if kind == 3:
        return {"dimension": "page", "distinct": {"at_least": chance.choice([1, 2])}}
    if kind == 4:
        return {"dimension": chance.choice(["session_type", "event_depth"]), "equals": chance.choice(["First-time", "Return", "1", "2"])}
    how = {"model": chance.choice(["repeating", "instance", "non_repeating"])}
    return {"dimension": chance.choice(["page", "page", "channel"]), chance.choice(["equals", "equals", "does_not_equal"]): chance.choice("abc"), **how}


def condition(chance, level, depth=2):
    kind = chance.randint(0, 6)
    if depth and kind == 0:
        return {chance.choice(["all", "any"]): [condition(chance, level, depth - 1) for _ in range(2)]}
    if depth and kind == 1:
        return {"exclude": condition(chance, level, depth - 1)}
    if depth and kind in (2, 3):
        inner = chance.randint(0, level)
        return dated(chance, {"container": ("event", "session", "person")[inner], "where": condition(chance, inner, depth - 1)})
    if depth and level and kind == 4:
        return sequence(chance)
    return leaf(chance)


def checkpoint(chance):
    inner = chance.choice([0, 0, 1])
    one = dated(chance, {"container": ("event", "session")[inner], "where": leaf(chance)}, 0.3)
    return {"logic_group": {chance.choice(["all", "any"]): [one, {"where": leaf(chance)}]}} if chance.random() < 0.2 else one


def sequence(chance):
    parts = [checkpoint(chance)]
    for _ in range(chance.choice([0, 1, 1, 2])):
        if chance.random() < 0.2:
            parts.append({"exclude": checkpoint(chance)})
        if chance.random() < 0.3:
            parts.append({chance.choice(["after", "within"]): chance.choice(DISTANCES)})
        parts.append(checkpoint(chance))
    return {"then": parts}


def segment(chance):
    level = chance.choice([0, 1, 1, 2, 2])
    one = {"container": ("event", "session", "person")[level]}
    if level and chance.random() < 0.35:
        include = chance.choice(["everyone", "only_before", "only_after"])
        return dated(chance, {**one, "include": include, "where": sequence(chance)}, 0.8)
    return dated(chance, {**one, "where": condition(chance, level)}, 0.8)


def kept(written, segments, people, as_of):
    """What the product keeps, event by event, of all events that it was given."""
    view = View.model_validate(written)
    report = Table.model_validate({"range": {"from": FIRST, "to": LAST}, "segments": segments})
    ask = Ask(report, view, window_of(report, view, as_of, as_of), persistent=persistent_in(report, view), standard=standard_in(report, view), ranges=ranges_of(report, view, as_of, as_of))
    ask = replace(ask, text_ids=standard_ids([ask]))
    batch = batch_of(people, COLUMNS)
    seen = Seen(batch, ask)
    at = [(person, number) for person, own in people.items() for number, event in enumerate(own) if ask.window.read_from <= event["t"] < ask.window.end]
    return {place for place, one in zip(at, seen.masked().tolist(), strict=True) if one}


@pytest.mark.parametrize("lot", range(8))
def test_drawn_segments_with_ranges_keep_the_events_of_the_reference(lot):
    """In all 8 lots of 130 segments on 20 journeys each: 20,800 journeys."""
    some = 0
    for seed in range(lot * 130, lot * 130 + 130):
        chance = random.Random(seed)
        events = [event for number in range(20) for event in journey(chance, f"p{number:02d}")]
        written = {**VIEW, "view_segments": [segment(chance)] if chance.random() < 0.2 else []}
        segments, as_of = [segment(chance) for _ in range(chance.choice([1, 1, 1, 2]))], chance.choice(STARTS)
        people = order.journeys(events)
        found = kept(written, segments, people, as_of)
        ask = {"report": "table", "metrics": ["events"], "from": FROM, "to": TO, "segments": segments}
        seen = see(events, written, ask, as_of, None)
        expected = {(person, event["@"]) for person, own in seen["journeys"].items() for event, one in zip(own, seen["mask"][person], strict=True) if one}
        assert found == expected, f"seed {seed}: {segments}, {written['view_segments']}"
        inside = sum(FROM <= event["t"] < TO for event in events)
        some += 0 < len(found) < inside
    assert some > 20  # neither all nor none of the events
