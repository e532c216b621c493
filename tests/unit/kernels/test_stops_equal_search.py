"""Modes of windowFunnel: the kernel equals the reference in plain Python on generated units."""

from __future__ import annotations

import numpy as np
import pytest

from cja_spark.kernels.months import NEVER
from cja_spark.reports.fallout_chains import chains_of
from tests.reference import chains, modes
from tests.unit.kernels.test_fallout_equals_search import WINDOWED, asked_of, generated, spec_of, units_of

UNITS = 4_000
SEVERAL = {"one_event_one_step": False}
ORDER, ONCE = {"modes": ("strict_order",)}, {"modes": ("strict_deduplication",)}
BOTH = {"modes": ("strict_order", "strict_deduplication")}
RULES = {
    "order": {**ORDER}, "order, window": {**WINDOWED, **ORDER}, "order, step order, window": {**WINDOWED, **ORDER, "ties": "step_order"},
    "order, strict time, window": {**WINDOWED, **ORDER, "ties": "strict_time"}, "deduplication, window": {**WINDOWED, **ONCE},
    "deduplication, step order, window": {**WINDOWED, **ONCE, "ties": "step_order"}, "deduplication, strict time": {**ONCE, "ties": "strict_time"},
    "both, step order, window": {**WINDOWED, **BOTH, "ties": "step_order"},
}  # fmt: skip


def sparse(name, steps=3, units=UNITS, longest=8):
    """As generated, but most events meet one step: the more they meet, the less goes on."""
    bits, t, offsets, in_range = generated(name, steps, units, longest)
    chance = np.random.default_rng(len(name))
    one = np.uint32(1) << chance.integers(0, steps, len(bits)).astype(np.uint32)
    kept = np.where(chance.random(len(bits)) < 0.8, one, bits)
    return kept.astype(np.uint32), t, offsets, in_range


def expected(unit, asked, level_of=chains.level):
    """Level, the start that may go on, and the chain where one is reported."""
    left, over = modes.until_stop(unit, asked, level_of)
    level = chains.level(left, asked)
    chain = None if asked["ties"] == "step_order" else chains.reported_chain(left, asked)
    return level, (None if over else chains.latest_start(left, asked)) if level else None, chain


@pytest.mark.parametrize("rule", RULES)
def test_the_kernel_equals_the_reference(rule):
    given = {**SEVERAL, **RULES[rule]}
    asked = asked_of(given)
    bits, t, offsets, in_range = batch = sparse(rule)
    before = bits.copy()
    found = chains_of(spec_of(given), bits, t, offsets, in_range)
    events = [None] * UNITS if found.events is None else found.events.tolist()
    ours = [
        (level, None if not level or start == NEVER else start, None if chain is None else [at - int(begin) for at in chain if at >= 0])
        for level, start, chain, begin in zip(found.levels.tolist(), found.starts.tolist(), events, offsets[:-1], strict=True)
    ]
    theirs = [expected(unit, asked) for unit in units_of(*batch)]
    assert {level for level, _, _ in theirs} == {0, 1, 2, 3}
    different = [number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    assert not different, (ours[different[0]], theirs[different[0]], list(units_of(*batch))[different[0]])
    assert (bits == before).all()


@pytest.mark.parametrize("rule", RULES)
def test_a_mode_never_raises_a_level_and_lowers_some(rule):
    given = {**SEVERAL, **RULES[rule]}
    bits, t, offsets, in_range = sparse(rule)
    strict = chains_of(spec_of(given), bits, t, offsets, in_range).levels
    loose = chains_of(spec_of({name: value for name, value in given.items() if name != "modes"}), bits, t, offsets, in_range).levels
    assert (strict <= loose).all()
    assert (strict < loose).any()


@pytest.mark.parametrize("rule", RULES)
def test_the_reference_by_search_is_that_in_polynomial_time(rule):
    asked = asked_of({**SEVERAL, **RULES[rule]})
    for unit in units_of(*sparse(f"{rule}, searched", units=300, longest=6)):
        assert expected(unit, asked) == expected(unit, asked, chains.searched_level)


def test_groups_whose_events_meet_the_same_steps_may_stay_in_the_total_order():
    """`clickhouse` takes every group by steps, rule F4 those of differing steps: the level is the same."""
    for name in ("once", "several"):
        asked = asked_of({**WINDOWED, "ties": "step_order", "one_event_one_step": name == "once"})
        for unit in units_of(*generated(f"same steps, {name}", units=400, longest=5)):
            same = [{**event, "steps": unit[0]["steps"], "t": unit[0]["t"]} if event["t"] < 2 else event for event in unit]
            other = [{**event, "steps": set(event["steps"])} for event in same]
            grouped = [*other, {"t": same[-1]["t"], "steps": {9}, "in_range": same[-1]["in_range"]}]
            grouped.sort(key=lambda event: event["t"])
            assert chains.level(same, asked) == chains.level(grouped, asked)
