"""Section 3, modes of windowFunnel: a unit up to the event at which its chains stop, found pair by pair.

Only for `ordered` chains whose events serve several steps; tie modes total_order, strict_time and step_order.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.reference import chains


def pairs(unit: list[dict], asked: dict) -> list[tuple[int, int]]:
    """(event, step) in their order, step 0 where an event matches none; in any group of equal t by step then position."""
    seen = [at for at, event in enumerate(unit) if event["in_range"] or asked["date_rule"] == "entry"]
    found = [(at, step) for at in seen for step in sorted(unit[at]["steps"]) or [0]]
    if chains.tie_mode(asked) == "step_order":
        found.sort(key=lambda pair: (unit[pair[0]]["t"], pair[1], pair[0]))
    return found


def stops(step: int, reached: int, modes: tuple[str, ...]) -> bool:
    """Whether a pair ends all chains, of which the longest has so many steps: nothing does before the first step-1 event."""
    if reached == 0:
        return False
    unexpected = step == 0 or (step > 1 and reached < step - 1)
    again = step > 1 and reached >= step
    return ("strict_order" in modes and unexpected) or ("strict_deduplication" in modes and again)


def until_stop(unit: list[dict], asked: dict, level_of: Callable = chains.level) -> tuple[list[dict], bool]:
    """The unit with the steps of pairs before the stop alone, and whether there is a stop."""
    kept = [{**event, "steps": set()} for event in unit]
    for at, step in pairs(unit, asked):
        if stops(step, level_of(kept, asked), asked["modes"]):
            return kept, True
        kept[at]["steps"] |= {step} - {0}
    return kept, False
