"""Rules F2-F7, F9, F12 on one unit, twice: by search over all chains, and in polynomial time.

A unit is a list of dicts in the total order: t (ms), steps (a set of step numbers from 1), in_range (bool).
Options: steps (how many), next (a set of step numbers), order, ties, window (ms, months or None), one_event_one_step,
window_start, date_rule, zone; exclude and exclusion of rule F8 are read in tests/reference/exclusions.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, product

from tests.reference.months import within

DEFAULTS = {
    "next": frozenset(),
    "order": "ordered",
    "ties": "total_order",
    "window": None,
    "one_event_one_step": True,
    "window_start": "any",
    "date_rule": "in_range",
    "zone": "UTC",
    "exclude": (),
    "exclusion": "drop_attempt",
}


def options(**given: object) -> dict:
    """Effective options; strict order means that every step but the first is the next event (F3)."""
    found = {**DEFAULTS, **given}
    if found["order"] == "strict":
        found["next"] = frozenset(range(2, found["steps"] + 1))
    modes = {"next", "grace", "step_order"} & {"next" if found["next"] else "", tie_mode(found)}
    if len(modes) > 1:
        raise ValueError(f"{' and '.join(sorted(modes))} do not go together (F4).")
    return found


def tie_mode(asked: dict) -> str:
    """The name of the rule of ties."""
    return "grace" if isinstance(asked["ties"], dict) else asked["ties"]


def may_start(unit: list[dict], at: int, asked: dict) -> bool:
    """F9: the first step lies in the range; with `in_range` no other event was read."""
    return 1 in unit[at]["steps"] and unit[at]["in_range"]


def may_follow(unit: list[dict], before: int, at: int, step: int, asked: dict) -> bool:
    """F3-F5, F9: whether an event can be the next step of a chain that ends at `before`; the window apart."""
    if step not in unit[at]["steps"] or (asked["date_rule"] == "in_range" and not unit[at]["in_range"]):
        return False
    if step in asked["next"] and at != before + 1:
        return False
    mode = tie_mode(asked)
    if mode == "grace":
        return at != before and unit[at]["t"] >= unit[before]["t"] - asked["ties"]["grace"]
    if mode == "strict_time":
        return unit[at]["t"] > unit[before]["t"]
    return at > before or (at == before and not asked["one_event_one_step"])


def in_window(unit: list[dict], first: int, at: int, asked: dict) -> bool:
    """F6: from the first step at most the window."""
    return within(unit[first]["t"], unit[at]["t"], asked["window"], asked["zone"])


# ---- all chains -----------------------------------------------------------------------------------------------


def all_chains(unit: list[dict], asked: dict) -> Iterator[list[int]]:
    """Every chain of every length, one event after another."""
    found = [[at] for at in range(len(unit)) if may_start(unit, at, asked)]
    while found:
        chain = found.pop()
        yield chain
        step = len(chain) + 1
        if step > asked["steps"]:
            continue
        for at in range(len(unit)):
            if may_follow(unit, chain[-1], at, step, asked) and in_window(unit, chain[0], at, asked):
                found.append([*chain, at])


def searched_level(unit: list[dict], asked: dict) -> int:
    """F2 by exhaustive search: the length of the longest chain."""
    if asked["order"] == "any":
        return searched_any(unit, asked)
    if tie_mode(asked) == "step_order":
        return searched_step_order(unit, asked)
    chains = list(all_chains(unit, asked))
    if asked["window_start"] == "first":
        starts = [chain[0] for chain in chains]
        chains = [chain for chain in chains if chain[0] == min(starts)]
    return max(map(len, chains), default=0)


def searched_any(unit: list[dict], asked: dict) -> int:
    """F3 `any` by trying every way to give each step an event or none."""
    best = 0
    choices = [[None, *range(len(unit))]] * asked["steps"]
    for given in product(*choices):
        used = [(step, at) for step, at in enumerate(given, 1) if at is not None]
        events = [at for _, at in used]
        if any(step not in unit[at]["steps"] for step, at in used):
            continue
        if asked["one_event_one_step"] and len(set(events)) < len(events):
            continue
        if events and fits_any(unit, events, asked):
            best = max(best, len(used))
    return best


def fits_any(unit: list[dict], events: list[int], asked: dict) -> bool:
    """All in one window whose first event, or for `in_range` all, lie in the range."""
    first = min(events)
    if asked["window_start"] == "first":
        raise ValueError("window_start: first needs an order")
    if not all(in_window(unit, first, at, asked) for at in events) or not unit[first]["in_range"]:
        return False
    return asked["date_rule"] == "entry" or all(unit[at]["in_range"] for at in events)


def groups(unit: list[dict]) -> list[list[int]]:
    """F4 step_order: events of equal t with differing step sets stand together, all others alone."""
    found = []
    for _, equal in groupby(range(len(unit)), key=lambda at: unit[at]["t"]):
        members = list(equal)
        differing = len({frozenset(unit[at]["steps"]) for at in members}) > 1
        found += [members] if differing else [[at] for at in members]
    return found


def searched_step_order(unit: list[dict], asked: dict) -> int:
    """F4 `step_order` by exhaustive search."""
    return max(map(len, step_order_chains(unit, asked)), default=0)


def step_order_chains(unit: list[dict], asked: dict) -> Iterator[list[int]]:
    """Every sequence of (event, step) pairs that ascends by group and, in a group, by step then position."""
    group_of = {at: number for number, members in enumerate(groups(unit)) for at in members}
    found = [[at] for at in range(len(unit)) if may_start(unit, at, asked)]
    while found:
        chain = found.pop()
        yield chain
        step = len(chain) + 1
        for at in range(len(unit)) if step <= asked["steps"] else ():
            reused = at in chain and asked["one_event_one_step"]
            outside = asked["date_rule"] == "in_range" and not unit[at]["in_range"]
            if step not in unit[at]["steps"] or reused or outside or group_of[at] < group_of[chain[-1]]:
                continue
            if in_window(unit, chain[0], at, asked):
                found.append([*chain, at])


# ---- in polynomial time ----------------------------------------------------------------------------------------


def held_chains(unit: list[dict], asked: dict) -> list[list[list[int] | None]]:
    """Per step and event the chain that ends there: latest start (by time), then the earlier found (F12)."""
    ending: list[list[list[int] | None]] = [[[at] if may_start(unit, at, asked) else None for at in range(len(unit))]]
    for step in range(2, asked["steps"] + 1):
        row: list[list[int] | None] = []
        for at in range(len(unit)):
            best: list[int] | None = None
            for before in range(len(unit)):
                chain = ending[-1][before]
                if chain is None or not may_follow(unit, before, at, step, asked):
                    continue
                later = best is None or unit[chain[0]]["t"] > unit[best[0]]["t"]
                if later and in_window(unit, chain[0], at, asked):
                    best = chain
            row.append(None if best is None else [*best, at])
        ending.append(row)
    return ending


def first_chain(unit: list[dict], asked: dict, since: int = 0) -> list[int]:
    """F7: from the first step-1 event on, each next step is the earliest match."""
    starts = [at for at in range(since, len(unit)) if may_start(unit, at, asked)]
    if not starts:
        return []
    chain = [starts[0]]
    for step in range(2, asked["steps"] + 1):
        matches = [at for at in range(since, len(unit)) if may_follow(unit, chain[-1], at, step, asked)]
        if not matches or not in_window(unit, chain[0], matches[0], asked):
            break
        chain.append(matches[0])
    return chain


def reported_chain(unit: list[dict], asked: dict) -> list[int]:
    """F12: the chain held when the unit's level is first reached; its length is the level (F2)."""
    if asked["window_start"] == "first":
        return first_chain(unit, asked)
    for row in reversed(held_chains(unit, asked)):
        for chain in row:
            if chain is not None:
                return chain
    return []


def attempts(unit: list[dict], asked: dict) -> list[list[int]]:
    """F10: an attempt ends when it converts or at the first event past its window; then the next may start.

    With `grace` its latest event need not be its last step's; attempts of one unit share no event (Decision).
    """
    found: list[list[int]] = []
    since = 0
    while chain := first_chain(unit, asked, since):
        found.append(chain)
        if len(chain) == asked["steps"]:
            since = max(chain) + 1
            continue
        late = [at for at in range(chain[0], len(unit)) if not in_window(unit, chain[0], at, asked)]
        if not late:
            break
        since = late[0]
    return found


def level(unit: list[dict], asked: dict) -> int:
    """The unit's level in polynomial time."""
    if asked["order"] == "any" or tie_mode(asked) == "step_order":
        return level_any(unit, asked) if asked["order"] == "any" else level_step_order(unit, asked)
    return len(reported_chain(unit, asked))


def latest_start(unit: list[dict], asked: dict) -> int | None:
    """The ms at which the last chain that the unit may still make begins (F2, F7, F9)."""
    if asked["window_start"] == "first":
        chain = first_chain(unit, asked)
        return unit[chain[0]]["t"] if chain else None
    steps = set(range(1, asked["steps"] + 1)) if asked["order"] == "any" else {1}
    return max((event["t"] for event in unit if event["in_range"] and event["steps"] & steps), default=None)


def matching(unit: list[dict], steps: list[int], events: list[int]) -> int:
    """The most steps that can each have an event of their own (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(step: int, seen: set[int]) -> bool:
        for at in events:
            if step in unit[at]["steps"] and at not in seen:
                seen.add(at)
                if at not in taken or place(taken[at], seen):
                    taken[at] = step
                    return True
        return False

    return sum(place(step, set()) for step in steps)


def coverable(unit: list[dict], steps: list[int], events: list[int], asked: dict) -> int:
    """How many of the steps the events can serve: with an event each, or any event of several."""
    if asked["one_event_one_step"]:
        return matching(unit, steps, events)
    return sum(any(step in unit[at]["steps"] for at in events) for step in steps)


def level_any(unit: list[dict], asked: dict) -> int:
    """F3 `any`: the best of the windows that begin at an event of the range that meets a step."""
    best = 0
    for first in range(len(unit)):
        if not unit[first]["in_range"] or not unit[first]["steps"] & set(range(1, asked["steps"] + 1)):
            continue
        events = [at for at in range(first, len(unit)) if in_window(unit, first, at, asked)]
        if asked["date_rule"] == "in_range":
            events = [at for at in events if unit[at]["in_range"]]
        best = max(best, coverable(unit, list(range(1, asked["steps"] + 1)), events, asked))
    return best


def level_step_order(unit: list[dict], asked: dict) -> int:
    """F4 `step_order`: per group, every run of consecutive steps that its events can serve."""
    steps = asked["steps"]
    latest: dict[int, int] = {}
    for members in groups(unit):
        visible = [at for at in members if asked["date_rule"] == "entry" or unit[at]["in_range"]]
        now = dict(latest)
        for first in range(1, steps + 1):
            for last in range(first, steps + 1):
                run = list(range(first, last + 1))
                if not visible or coverable(unit, run, visible, asked) < len(run):
                    continue
                if first == 1 and not unit[visible[0]]["in_range"]:
                    continue
                start = visible[0] if first == 1 else latest.get(first - 1)
                if start is not None and in_window(unit, start, visible[0], asked):
                    now[last] = max(now.get(last, -1), start)
        latest = now
    return max(latest, default=0)
