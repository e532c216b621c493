"""Sequences drawn at random, on generated journeys, keep the events that the reference keeps (rules G7-G10)."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from cja_spark.kernels.segments import Matcher
from cja_spark.view.condition import Segment
from tests.property.arrays import batch_of
from tests.property.conditions import DISTANCES, possible
from tests.property.strategies import GAP, MINUTE
from tests.reference.segments import World, events_of
from tests.reference.sequences import matches
from tests.reference.sessions import numbers

VIEW = {"time_zone": "America/New_York", "dimensions": {"page": "page", "channel": "channel"}, "metrics": {"orders": "orders"}, "segments": {}}
COLUMNS = {"d_page": ("page", 0, True), "d_channel": ("channel", 0, True), "m_orders": ("orders", 0, False)}
DAY = 86_400_000
STEPS = (0, 0, 1, 1000, MINUTE, GAP - 1, GAP, GAP + 1, DAY, 30 * DAY, 31 * DAY)


def journey(chance, longest):
    t, events = 1_000_000_000_000, []
    for _ in range(chance.randint(0, longest)):
        t += chance.choice(STEPS)
        events.append({"t": t, "page": chance.choice((None, "a", "b", "c")), "channel": chance.choice((None, "a", "b")), "orders": chance.choice((None, 1.0))})
    return events


def simple(chance):
    """A condition on one event that many events meet."""
    if chance.random() < 0.15:
        return {"metric": "orders", "at_least": 1}
    if chance.random() < 0.2:
        return {"dimension": "channel", "equals": chance.choice("ab")}
    return {"dimension": "page", chance.choice(["equals", "equals", "does_not_equal"]): chance.choice("abc")}


def checkpoint(chance):
    kind = chance.random()
    if kind < 0.65:
        return simple(chance)
    if kind < 0.8:
        return {"container": "session", "where": {"all": [simple(chance) for _ in range(chance.choice([1, 1, 2]))]}}
    parts = [simple(chance) for _ in range(chance.choice([1, 2, 2, 3]))]
    if chance.random() < 0.3:
        parts.append({"container": "session", "where": simple(chance)})
    return {"logic_group": {chance.choice(["all", "all", "any"]): parts}}


def sequence(chance):
    """Up to four checkpoints, each gap with a distance, an exclusion, both or none."""
    parts = []
    for at in range(chance.choice([1, 2, 2, 3, 3, 4])):
        if chance.random() < 0.25:
            if at and chance.random() < 0.6:
                parts.append({"within": chance.choice(DISTANCES)})
            parts.append({"exclude": checkpoint(chance)})
        if at and chance.random() < 0.5:
            parts.append(possible({end: chance.choice(DISTANCES) for end in chance.choice([("after",), ("within",), ("after", "within")])}))
        parts.append(checkpoint(chance))
    if chance.random() < 0.2:
        if chance.random() < 0.5:
            parts.append({"within": chance.choice(DISTANCES)})
        parts.append({"exclude": checkpoint(chance)})
    return {"then": parts}


def kept_by_kernel(segment, people, view):
    batch = batch_of(people, COLUMNS)
    matcher = Matcher(batch, np.ones(batch.events, bool), batch.sessions(GAP), view, {}, zone=VIEW["time_zone"])
    return matcher.events_of(segment)


def kept_by_reference(written, people):
    kept = []
    for own in people.values():
        some = events_of(written, list(range(len(own))), own, numbers(own, VIEW), VIEW)
        kept += [at in some for at in range(len(own))]
    return kept


@pytest.mark.parametrize("lot", range(8))
def test_drawn_sequences_keep_the_events_of_the_reference(lot):
    """In all 8 lots of 140 sequences on 20 journeys each: 22,400 journeys."""
    found = 0
    for seed in range(lot * 140, lot * 140 + 140):
        chance = random.Random(seed)
        written = {
            "container": chance.choice(["session", "person", "person"]),
            "include": chance.choice(["everyone", "only_before", "only_after"]), "where": sequence(chance),
        }  # fmt: skip
        people = {f"p{number:02d}": journey(chance, 12) for number in range(20)}
        segment = Segment.model_validate(written)
        kept = kept_by_kernel(segment, people, {})
        assert kept.tolist() == kept_by_reference(written, people), f"seed {seed}: {written}"
        found += 0 < kept.sum() < len(kept)
    assert found > 70  # neither all nor none of the events


@pytest.mark.parametrize("seed", range(300))
def test_the_reference_equals_exhaustive_search(seed):
    """Law 8, on units of up to 9 events: of all choices of events those that meet every constraint."""
    chance = random.Random(f"search {seed}")
    own = journey(chance, 9)
    parts, distances = [simple(chance)], []
    for _ in range(chance.choice([1, 2, 3])):
        kind, most = chance.choice(["after", "within"]), chance.choice([0, 1000, GAP, 86_400_000])
        distances.append((kind, most))
        parts += [{kind: f"{most // 1000} seconds"}, simple(chance)]
    world = World(own, numbers(own, VIEW), VIEW, list(range(len(own))))
    wanted = [part for part in parts if not set(part) & {"after", "within"}]
    choices = set()
    for choice in itertools.combinations(range(len(own)), len(wanted)):
        gaps = [own[after]["t"] - own[before]["t"] for before, after in itertools.pairwise(choice)]
        near = all(gap >= d if kind == "after" else gap <= d for gap, (kind, d) in zip(gaps, distances, strict=True))
        if near and all(world.holds([at], part, "event") for at, part in zip(choice, wanted, strict=True)):
            choices.add((choice[0], choice[-1]))
    assert matches(parts, list(range(len(own))), world) == choices
