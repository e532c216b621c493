"""Rules G7-G10: sequences of checkpoints, by trying all choices of occurrences."""

from __future__ import annotations

import itertools

from tests.reference import months
from tests.reference.metrics import own, own_before_persistence
from tests.reference.order import milliseconds

Interval = tuple[int, int]  # first and last position


def matches(parts: list, unit: list[int], world) -> set[Interval]:
    """First event of the first occurrence and last event of the last one, of every choice that meets all constraints.

    Args:
        parts: what stands under `then`: checkpoints, constraints between them, and excluded checkpoints.
        unit: the positions of a session or person that count.
        world: what conditions are evaluated on.
    """
    wanted, first_excluded, gaps, last_excluded = arranged(parts)
    found = {(o[0], o) for o in occurrences(wanted[0], unit, world) if not hidden(first_excluded, None, o, unit, world)}
    for checkpoint, (constraint, excluded) in zip(wanted[1:], gaps, strict=True):
        ahead = occurrences(checkpoint, unit, world)
        found = {
            (start, following)
            for start, here in found
            for following in ahead
            if here[1] < following[0]
            and far_enough(here, following, constraint, world)
            and near_enough(here, following, constraint, world)
            and not hidden(excluded, here, following, unit, world)
        }
    return {(start, o[1]) for start, o in found if not hidden(last_excluded, o, None, unit, world)}


def arranged(parts: list):
    """The checkpoints, what may not be before them, per gap its constraint and exclusions, what may not be after them.

    An exclusion has the constraint that stands before it; other constraints run between checkpoints.
    """
    wanted, gaps, excluded, constraint = [], [], [], {}
    leading = []
    for part in parts:
        if set(part) <= {"after", "within"} and not isinstance(part, str):
            constraint = part
        elif "exclude" in part and not isinstance(part, str):
            excluded.append((part["exclude"], constraint.get("within")))
            constraint = {}
        else:
            if wanted:
                gaps.append((constraint, excluded))
            else:
                leading = excluded
            wanted.append(part)
            excluded, constraint = [], {}
    return wanted, leading, gaps, excluded


def occurrences(checkpoint: object, unit: list[int], world) -> list[Interval]:
    """Where a checkpoint is met (G7, G9); with a date range of its own only there (G6)."""
    if isinstance(checkpoint, dict) and "logic_group" in checkpoint:
        group = checkpoint["logic_group"]
        if "any" in group:
            return sorted({o for part in group["any"] for o in occurrences(part, unit, world)})
        each = [occurrences(part, unit, world) for part in group["all"]]
        spans = {(min(o[0] for o in some), max(o[1] for o in some)) for some in itertools.product(*each)}
        return sorted(span for span in spans if not any(inside(other, span) for other in spans))
    container, where, written = world.container_of(checkpoint)
    if container == "event":
        return [(at, at) for at in unit if world.met_there([at], "event", where, written)]
    if container != "session":
        raise ValueError("a checkpoint is an event, a session or a logic group")
    sessions = [list(some) for _, some in itertools.groupby(unit, key=lambda at: world.session_of[at])]
    met = [world.met_there(some, "session", where, written) for some in sessions]
    return [(some[0], some[-1]) for some in met if some]


def inside(inner: Interval, outer: Interval) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def hidden(excluded: list, before: Interval | None, after: Interval | None, unit: list[int], world) -> bool:
    """Whether an excluded checkpoint is met strictly between two occurrences, or before the first, or after the last."""
    for condition, within in excluded:
        for o in occurrences(condition, unit, world):
            behind = before is None or o[0] > before[1]
            ahead = after is None or o[1] < after[0]
            if behind and ahead and (before is None or near_enough(before, o, {"within": within}, world)):
                return True
    return False


def far_enough(here: Interval, following: Interval, constraint: dict, world) -> bool:
    """`after`: from the end of the one to the start of the other (G8)."""
    if constraint.get("after") is None:
        return True
    unit, least = parsed(constraint["after"])
    if isinstance(least, tuple):
        return world.journey[following[0]]["t"] >= months.later(world.journey[here[1]]["t"], least[1], zone_of(world))
    return distance(here[1], following[0], unit, world) >= least


def near_enough(here: Interval, following: Interval, constraint: dict, world) -> bool:
    """`within`: from the end of the one to the end of the other; of a dimension to its start (G8)."""
    if constraint.get("within") is None:
        return True
    unit, most = parsed(constraint["within"])
    if isinstance(most, tuple):
        return months.within(world.journey[here[1]]["t"], world.journey[following[1]]["t"], most, zone_of(world))
    return distance(here[1], following[0] if isinstance(unit, tuple) else following[1], unit, world) <= most


def zone_of(world) -> str:
    return world.view.get("time_zone", "UTC")


def parsed(text: object) -> tuple[object, int | tuple[str, int]]:
    """What is counted, and how much of it."""
    if isinstance(text, dict):
        return ("dimension", text["dimension"]), text["count"]
    count, unit = text.split()
    if unit.rstrip("s") in ("event", "session"):
        return unit.rstrip("s"), int(count)
    return "ms", months.span(text) or milliseconds(text)


def distance(start: int, end: int, unit: object, world) -> int:
    """How far two positions of one person lie apart."""
    if unit == "ms":
        return world.journey[end]["t"] - world.journey[start]["t"]
    if unit == "session":
        return len({world.session_of[at] for at in world.among if start <= at <= end}) - 1
    if unit == "event":
        return sum(start < at <= end for at in world.among)
    heads = 0
    previous = None
    for at in world.among:
        values = own(own_before_persistence(world.journey[at]), world.view, unit[1])
        if not values:
            continue
        heads += values != previous and start < at <= end
        previous = values
    return heads
