"""The fallout kernels equal the reference in plain Python on twenty thousand generated units per mode."""

from __future__ import annotations

import numpy as np
import pytest

from cja_spark.kernels.months import FOREVER
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.fallout_chains import chains_of
from tests.reference import chains as reference

UNITS, STEPS, WINDOW, GRACE = 20_000, 3, 1000, 2
GAPS = np.array([0, 0, 0, 1, GRACE, GRACE + 1, WINDOW - GRACE, WINDOW - 1, WINDOW, WINDOW + 1])
WINDOWED = {"window": f"{WINDOW} ms"}
MODES = {
    "plain": {},
    "window, several steps per event": {**WINDOWED, "one_event_one_step": False},
    "strict time": {**WINDOWED, "ties": "strict_time"},
    "a next step": {**WINDOWED, "next": {3}},
    "strict": {**WINDOWED, "order": "strict"},
    "first": {**WINDOWED, "window_start": "first"},
    "first, several steps per event": {"window_start": "first", "one_event_one_step": False},
    "any": {"order": "any"},
    "any, window": {**WINDOWED, "order": "any"},
    "any, window, several steps per event": {**WINDOWED, "order": "any", "one_event_one_step": False},
    "grace": {"ties": {"grace": f"{GRACE} ms"}},
    "grace, window": {**WINDOWED, "ties": {"grace": f"{GRACE} ms"}},
    "grace, first": {**WINDOWED, "ties": {"grace": f"{GRACE} ms"}, "window_start": "first"},
    "step order": {"ties": "step_order"},
    "step order, window": {**WINDOWED, "ties": "step_order"},
    "step order, several steps per event": {**WINDOWED, "ties": "step_order", "one_event_one_step": False},
    "attempts": {**WINDOWED, "count": "attempts", "window_start": "first"},
    "attempts without a window": {"count": "attempts", "window_start": "first"},
    "attempts, several steps per event": {
        **WINDOWED, "count": "attempts", "window_start": "first", "one_event_one_step": False,
    },
    "attempts, strict time": {**WINDOWED, "count": "attempts", "window_start": "first", "ties": "strict_time"},
    "attempts, a next step": {**WINDOWED, "count": "attempts", "window_start": "first", "next": {2}},
    "attempts, grace": {
        **WINDOWED, "count": "attempts", "window_start": "first", "ties": {"grace": f"{GRACE} ms"},
    },
}  # fmt: skip


def generated(mode, steps=STEPS, units=UNITS, longest=8):
    """Bits, times, offsets and what lies in the range, full of ties and of gaps at which rules change."""
    chance = np.random.default_rng(list(mode.encode()))
    lengths = chance.integers(0, longest, units, endpoint=True)
    lengths[lengths == 0] = chance.integers(1, 3)
    offsets = np.append(0, np.cumsum(lengths))
    events = offsets[-1]
    t = np.cumsum(chance.choice(GAPS, events))
    t -= np.repeat(t[offsets[:-1]], lengths)
    bits = np.zeros(events, np.uint32)
    for step in range(steps):
        bits |= (chance.random(events) < 0.35).astype(np.uint32) << np.uint32(step)
    ends = chance.choice([WINDOW, 2 * WINDOW, FOREVER], units)
    return bits, t, offsets, t < np.repeat(ends, lengths)


def spec_of(given, steps=STEPS):
    rest = {name: value for name, value in given.items() if name != "next"}
    written = [{"step": f"s{step}", "next": step in given.get("next", ())} for step in range(1, steps + 1)]
    return Fallout(steps=written, range="last 1 day", **rest)


def asked_of(given, steps=STEPS):
    asked = {name: value for name, value in given.items() if name not in ("window", "ties", "count", "next")}
    window = WINDOW if "window" in given else None
    ties = {"grace": GRACE} if isinstance(given.get("ties"), dict) else given.get("ties", "total_order")
    following = frozenset(given.get("next", ()))
    return reference.options(steps=steps, window=window, ties=ties, next=following, date_rule="entry", **asked)


def units_of(bits, t, offsets, in_range, steps=STEPS):
    """The same journeys as the reference has them."""
    sets = [{step for step in range(1, steps + 1) if number >> (step - 1) & 1} for number in range(2**steps)]
    rows = list(zip(t.tolist(), bits.tolist(), in_range.tolist(), strict=True))
    for begin, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        yield [{"t": when, "steps": sets[number], "in_range": inside} for when, number, inside in rows[begin:end]]


def expected_of(unit, asked, *, attempts):
    """Level, start and chain of everything that is counted in a unit; level 0 has none."""
    if attempts:
        return [(len(chain), unit[chain[0]]["t"], chain) for chain in reference.attempts(unit, asked)]
    start = reference.latest_start(unit, asked)
    if asked["order"] == "any" or asked["ties"] == "step_order":
        level = reference.level(unit, asked)
        return [(level, start, None)] if level else []
    chain = reference.reported_chain(unit, asked)
    return [(len(chain), start, chain)] if chain else []


def of_kernel(found, offsets):
    """Per unit what the kernel found; where no chain is reported, of the unit by its row."""
    by_unit = [[] for _ in range(len(offsets) - 1)]
    chains = None if found.events is None else found.events.tolist()
    for row, (level, start) in enumerate(zip(found.levels.tolist(), found.starts.tolist(), strict=True)):
        if not level:
            continue
        if chains is None:
            by_unit[row].append((level, start, None))
            continue
        unit = int(np.searchsorted(offsets, chains[row][0], "right")) - 1
        assert all(event == -1 for event in chains[row][level:])
        by_unit[unit].append((level, start, [event - int(offsets[unit]) for event in chains[row][:level]]))
    return by_unit


@pytest.mark.parametrize("mode", MODES)
def test_a_kernel_equals_the_reference(mode):
    given, asked = MODES[mode], asked_of(MODES[mode])
    batch = generated(mode)
    bits, t, offsets, in_range = batch
    ours = of_kernel(chains_of(spec_of(given), bits, t, offsets, in_range), offsets)
    theirs = [expected_of(unit, asked, attempts="count" in given) for unit in units_of(*batch)]
    assert {level for one in theirs for level, _, _ in one} == set(range(1, STEPS + 1))
    different = [number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    assert not different, (ours[different[0]], theirs[different[0]], list(units_of(*batch))[different[0]])


@pytest.mark.parametrize("mode", ["any, window", "grace, window", "step order, window", "attempts, grace", "plain"])
def test_a_kernel_equals_the_reference_on_long_units_of_many_steps(mode):
    given, asked = MODES[mode], asked_of(MODES[mode], steps=6)
    bits, t, offsets, in_range = batch = generated(f"{mode}, long", steps=6, units=300, longest=40)
    ours = of_kernel(chains_of(spec_of(given, steps=6), bits, t, offsets, in_range), offsets)
    theirs = [expected_of(unit, asked, attempts="count" in given) for unit in units_of(*batch, steps=6)]
    assert ours == theirs


@pytest.mark.parametrize("looser", ["any, window", "grace, window", "step order, window"])
def test_a_looser_rule_never_lowers_a_level(looser):
    bits, t, offsets, in_range = generated("laws")
    strict = chains_of(spec_of(WINDOWED), bits, t, offsets, in_range).levels
    loose = chains_of(spec_of(MODES[looser]), bits, t, offsets, in_range).levels
    assert (loose >= strict).all()
    assert (loose > strict).any()


def test_nothing_is_found_where_nothing_is():
    nothing, none = np.zeros(0, np.int64), np.zeros(0, bool)
    for given in MODES.values():
        assert len(chains_of(spec_of(given), nothing.astype(np.uint32), nothing, np.zeros(1, np.int64), none).levels) == 0


def test_more_attempts_than_there_was_room_for():
    t = np.arange(1000, dtype=np.int64)
    bits = np.where(np.arange(1000) % 2 == 0, 1, 2).astype(np.uint32)
    given = {"count": "attempts", "window_start": "first"}
    found = chains_of(spec_of(given, steps=2), bits, t, np.array([0, 500, 1000]), np.ones(1000, bool))
    assert found.levels.tolist() == [2] * 500
    assert found.events.tolist() == [[at, at + 1] for at in range(0, 1000, 2)]
