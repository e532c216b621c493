"""Fallouts with exclusions equal the reference in plain Python on generated units of all options (rule F8)."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from cja_spark.reports.fallout import Fallout
from cja_spark.reports.fallout_excluded import chains_excluding
from tests.reference import chains, exclusions
from tests.unit.kernels.test_fallout_equals_search import GRACE, WINDOW, WINDOWED, generated

STEPS, UNITS = 4, 800
BETWEEN = [[(1, 2)], [(2, 3)], [(2, 4)], [(3, 4)], [(1, 4), (2, 3)], [(1, 2), (2, 4)], [(1, 3), (2, 4)]]
GRACED = {"ties": {"grace": f"{GRACE} ms"}, "window_start": "first"}
RULES = {
    "plain": {}, "several steps per event": {"one_event_one_step": False}, "strict time": {"ties": "strict_time"},
    "a next step": {"next": {3}}, "a next step of several per event": {"next": {3}, "one_event_one_step": False},
    "a next step in strict time": {"next": {3}, "ties": "strict_time"},
    "strict": {"order": "strict"}, "step order": {"ties": "step_order"},
    "step order, several steps per event": {"ties": "step_order", "one_event_one_step": False},
    "first": {"window_start": "first"}, "first, several steps per event": {"window_start": "first", "one_event_one_step": False},
    "first, a next step": {"window_start": "first", "next": {3}}, "first, grace": GRACED,
    "attempts": {"window_start": "first", "count": "attempts"}, "attempts, grace": {**GRACED, "count": "attempts"},
    "attempts, several steps per event": {"window_start": "first", "count": "attempts", "one_event_one_step": False},
}  # fmt: skip
MODES = [
    (rule, window, exclusion)
    for rule, window, exclusion in product(RULES, [True, False], ["drop_attempt", "drop_person"])
    if exclusion == "drop_attempt" or "count" not in RULES[rule]
]


def spec_of(given, between, exclusion, steps):
    rest = {name: value for name, value in given.items() if name != "next"}
    written = [{"step": f"s{step}", "next": step in given.get("next", ())} for step in range(1, steps + 1)]
    exclude = [{"step": f"x{number}", "between": list(one)} for number, one in enumerate(between)]
    return Fallout(steps=written, range="last 1 day", exclude=exclude, exclusion=exclusion, **rest)


def asked_of(given, between, exclusion, steps):
    rest = {name: value for name, value in given.items() if name not in ("window", "ties", "count", "next")}
    ties = {"grace": GRACE} if isinstance(given.get("ties"), dict) else given.get("ties", "total_order")
    window = WINDOW if "window" in given else None
    return chains.options(
        steps=steps, window=window, ties=ties, next=frozenset(given.get("next", ())), date_rule="entry",
        exclude=tuple(between), exclusion=exclusion, **rest,
    )  # fmt: skip


def units_of(batch, hits, steps):
    bits, t, offsets, in_range = batch
    for begin, end in pairwise(offsets):
        yield [
            {
                "t": int(t[at]), "in_range": bool(in_range[at]), "hits": {one for one in range(8) if hits[at] >> one & 1},
                "steps": {step for step in range(1, steps + 1) if bits[at] >> (step - 1) & 1},
            }
            for at in range(begin, end)
        ]  # fmt: skip


def expected(unit, asked, given):
    """Level, start and chain of everything that is counted in a unit; level 0 has none."""
    if "count" in given:
        found = exclusions.attempts(unit, asked)
        return [(len(chain), None if exclusions.over(unit, chain, asked) else unit[chain[0]]["t"], chain) for chain in found]
    if asked["exclusion"] == "drop_person" and exclusions.leaves(unit, asked):
        return []
    start = exclusions.latest_start(unit, asked)
    if asked["ties"] == "step_order":
        level = exclusions.level(unit, asked)
        return [(level, start, None)] if level else []
    chain = exclusions.reported_chain(unit, asked)
    return [(len(chain), start, chain)] if chain else []


def found_of(report, batch, hits):
    """What the package counts, unit by unit; one unit is a batch of its own where no chain says of which it is."""
    bits, t, offsets, in_range = batch
    found = chains_excluding(report, bits, hits, t, offsets, in_range)
    if found.events is None and report.exclusion == "drop_person":
        parts = []
        for begin, end in pairwise(offsets):
            own = slice(begin, end)
            parts.append(chains_excluding(report, bits[own], hits[own], t[own], np.array([0, end - begin]), in_range[own]))
        assert sum(part.left for part in parts) == found.left
        return [[(int(level), starts_of(part)[row], None) for row, level in enumerate(part.levels) if level] for part in parts]
    by_unit = [[] for _ in range(len(offsets) - 1)]
    for row, level in enumerate(found.levels.tolist()):
        if not level:
            continue
        if found.events is None:
            by_unit[row].append((level, starts_of(found)[row], None))
            continue
        chain = found.events[row].tolist()
        unit = int(np.searchsorted(offsets, chain[0], "right")) - 1
        assert all(event == -1 for event in chain[level:])
        by_unit[unit].append((level, starts_of(found)[row], [event - int(offsets[unit]) for event in chain[:level]]))
    return by_unit


def starts_of(found):
    return [None if start == np.iinfo(np.int64).min else start for start in found.starts.tolist()]


def check(name, given, between, exclusion, *, steps=STEPS, units=UNITS, longest=8):
    chance = np.random.default_rng(list(f"{name} hits".encode()))
    batch = generated(name, steps=steps, units=units, longest=longest)
    hits = np.zeros(len(batch[0]), np.uint32)
    for one in range(len(between)):
        hits |= (chance.random(len(hits)) < 0.18).astype(np.uint32) << np.uint32(one)
    asked = asked_of(given, between, exclusion, steps)
    ours = found_of(spec_of(given, between, exclusion, steps), batch, hits)
    theirs = [expected(unit, asked, given) for unit in units_of(batch, hits, steps)]
    different = [number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    assert not different, (between, ours[different[0]], theirs[different[0]], list(units_of(batch, hits, steps))[different[0]])
    return {level for one in theirs for level, _, _ in one}


@pytest.mark.parametrize(("rule", "window", "exclusion"), MODES, ids=str)
def test_exclusions_equal_the_reference(rule, window, exclusion):
    given = {**RULES[rule], **(WINDOWED if window else {})}
    levels = set()
    for between in BETWEEN:
        levels |= check(f"{rule}{window}{between}", given, between, exclusion, units=UNITS // len(BETWEEN))
    assert levels == set(range(1, STEPS + 1))


@pytest.mark.parametrize("rule", ["plain", "strict time", "first, grace", "step order", "attempts", "several steps per event"])
def test_exclusions_equal_the_reference_on_long_units(rule):
    check(f"{rule} long", {**RULES[rule], **WINDOWED}, [(1, 3), (2, 5), (4, 6)], "drop_attempt", steps=6, units=60, longest=30)


@pytest.mark.parametrize("rule", ["plain", "first", "step order"])
def test_who_leaves_equals_the_reference_on_long_units(rule):
    check(f"{rule} longer", {**RULES[rule], **WINDOWED}, [(1, 3), (2, 3)], "drop_person", steps=3, units=100, longest=14)
