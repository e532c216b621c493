"""Rules G1-G10: which range events of a journey a segment keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.reference.metrics import STANDARD, TYPES, amount, amount_nodes, own, own_before_persistence
from tests.reference.ranges import Span, same_unit
from tests.reference.sequences import matches
from tests.reference.values import number

Indices = list[int]
COMPARE = {
    "at_least": lambda x, y: x >= y,
    "at_most": lambda x, y: x <= y,
    "more_than": lambda x, y: x > y,
    "less_than": lambda x, y: x < y,
    "equals": lambda x, y: x == y,
    "does_not_equal": lambda x, y: x != y,
}
NUMERIC = ("at_least", "at_most", "more_than", "less_than")


def number_meets(compare: Callable[[float, float], bool], value: str, asked: float) -> bool:
    """Whether the number that a text says compares so; a text that says none does not."""
    found = number(value)
    return found is not None and compare(found, asked)


POSITIVE = {
    "equals": lambda value, asked: value == asked,
    "equals_any_of": lambda value, asked: value in asked,
    "contains": lambda value, asked: asked in value,
    "starts_with": lambda value, asked: value.startswith(asked),
    "ends_with": lambda value, asked: value.endswith(asked),
    "matches": lambda value, asked: re.fullmatch(glob(asked), value, re.DOTALL) is not None,
    "contains_all_of": lambda value, asked: all(term in value for term in asked),
    "contains_any_of": lambda value, asked: any(term in value for term in asked),
    **{name: partial(number_meets, COMPARE[name]) for name in NUMERIC},
}
COMPLEMENT = {
    "does_not_equal": "equals",
    "equals_none_of": "equals_any_of",
    "does_not_contain": "contains",
    "does_not_start_with": "starts_with",
    "does_not_end_with": "ends_with",
    "does_not_match": "matches",
    "does_not_contain_all_of": "contains_all_of",
    "does_not_contain_any_of": "contains_any_of",
}


def glob(pattern: str) -> str:
    """A pattern as a regular expression: `*` is any text, `\\*` the star itself."""
    return ".*".join(re.escape(part.replace("\0", "*")) for part in pattern.replace("\\*", "\0").split("*"))


def value_matches(event: dict, condition: dict, view: dict) -> bool:
    """G3 on one event: a positive operator never matches null; a negative one is its exact complement."""
    set_itself = condition.get("model", "repeating") != "repeating"
    return values_match(own(own_before_persistence(event) if set_itself else event, view, condition["dimension"]), condition)


def values_match(values: list[str], condition: dict) -> bool:
    """The same of some values, those that are set."""
    if "exists" in condition:
        return bool(values) == condition["exists"]
    for name, asked in condition.items():
        if name in COMPLEMENT:
            return not any(POSITIVE[COMPLEMENT[name]](value, asked) for value in values)
        if name in POSITIVE:
            return any(POSITIVE[name](value, asked) for value in values)
    raise ValueError(f"no operator in {condition}")


def total(unit: Indices, journey: list[dict], session_of: list[int], condition: dict, view: dict) -> float:
    """The unit's sum of a metric, to nine decimals; not set counts 0."""
    metric = condition["metric"]
    if metric == "people":
        return 1.0
    if metric == "sessions":
        return float(len({session_of[at] for at in unit}))
    if metric in TYPES:
        return float(len({session_of[at] for at in unit if journey[at][metric]}))
    return round(math.fsum(amount(journey[at], view, metric) for at in unit), 9)


def is_set(event: dict, view: dict, metric: str) -> bool:
    """Whether an event has any value of a metric; the standard metrics are on every event."""
    return metric in STANDARD or bool(amount_nodes(event, view, metric))


def split(events: Indices, session_of: list[int], container: str) -> list[Indices]:
    """The units of a container among some events of one person."""
    if container == "person":
        return [events] if events else []
    if container == "event":
        return [[at] for at in events]
    return [[at for at in events if session_of[at] == number] for number in sorted({session_of[at] for at in events})]


def sets_another(at: int, among: Indices, journey: list[dict], view: dict, dimension: str) -> bool:
    """G5: the event sets a value unlike the person's previous set one, events without one being transparent."""
    def values(position: int) -> list[str]:
        return own(own_before_persistence(journey[position]), view, dimension)

    set_ = [before for before in among if before <= at and values(before)]
    if at not in set_:
        return False
    return len(set_) == 1 or values(set_[-2]) != values(at)


@dataclass
class World:
    """What conditions are evaluated on: a person's journey, its view, and the events that count.

    `elsewhere` gives the same of a date range, inside the range `outer` that is written around it.
    """

    journey: list[dict]
    session_of: list[int]
    view: dict
    among: Indices
    elsewhere: Callable[[object, Span | None], World] | None = None
    outer: Span | None = None

    def inside(self, written: object) -> World:
        """The events of the same person in a date range."""
        return self.elsewhere(written, self.outer)

    def holds(self, unit: Indices, condition: object, container: str) -> bool:
        """Whether a unit meets a condition; each leaf may be met by another event (G1).

        A metric that is not set on an event matches no comparison there (G3); in the sum of a session or person it is 0.
        """
        journey, view = self.journey, self.view
        if isinstance(condition, str):
            condition = {"segment": condition}
        if "segment" in condition:
            condition = {"container": "event", **view["segments"][condition["segment"]]}
        if "metric" in condition:
            sum_ = total(unit, journey, self.session_of, condition, view)
            met = all(COMPARE[name](sum_, condition[name]) for name in COMPARE if condition.get(name) is not None)
            if container == "event" and not is_set(journey[unit[0]], view, condition["metric"]):
                met = all(name == "does_not_equal" for name in COMPARE if condition.get(name) is not None)
        elif "distinct" in condition:
            count = len({value for at in unit for value in own(journey[at], view, condition["dimension"])})
            met = all(COMPARE[name](count, bound) for name, bound in condition["distinct"].items())
        elif "dimension" in condition:
            some = unit
            if condition.get("model") == "non_repeating":
                some = [at for at in unit if sets_another(at, self.among, journey, view, condition["dimension"])]
            met = any(value_matches(journey[at], condition, view) for at in some)
        elif "all" in condition:
            met = all(self.holds(unit, inner, container) for inner in condition["all"])
        elif "any" in condition:
            met = any(self.holds(unit, inner, container) for inner in condition["any"])
        elif "exclude" in condition:
            met = not self.holds(unit, condition["exclude"], container)
        elif "then" in condition:
            met = bool(matches(condition["then"], unit, self))
        else:
            met = self.some_inside(unit, condition, container)
        return met

    def some_inside(self, unit: Indices, condition: dict, container: str) -> bool:
        """G2, G6: whether some unit of a nested container meets its condition, in its date range if it has one."""
        there, some = self, unit
        if condition.get("range"):
            there = self.inside(condition["range"])
            some = same_unit(unit, container, self, there)
        below = condition.get("container", "event")
        return any(there.holds(inner, condition["where"], below) for inner in split(some, there.session_of, below))

    def container_of(self, checkpoint: object) -> tuple[str, object, object]:
        """The container of a checkpoint, an event's unless it says otherwise, what it asks, and its date range."""
        named = checkpoint if isinstance(checkpoint, str) else checkpoint.get("segment")
        if named is not None:
            checkpoint = {"container": "event", **self.view["segments"][named]}
        if "where" in checkpoint:
            return checkpoint.get("container", "event"), checkpoint["where"], checkpoint.get("range")
        return "event", checkpoint, None

    def met_there(self, unit: Indices, container: str, where: object, written: object) -> Indices:
        """The events of an event or a session that count in a date range too, where the condition is met there."""
        if not written:
            return unit if self.holds(unit, where, container) else []
        there = self.inside(written)
        some = same_unit(unit, container, self, there)
        if not some or not there.holds(some, where, container):
            return []
        known = {there.journey[at]["@"] for at in some}
        return [at for at in unit if self.journey[at]["@"] in known]


def events_of(
    segment: object, among: Indices, journey: list[dict], session_of: list[int], view: dict, elsewhere: Callable | None = None
) -> set[int]:
    """G2: all given events of the units that qualify, or their events up to or from a sequence (G10).

    G6: of a segment with a date range, events of the units that have events there and qualify by them.
    """
    if isinstance(segment, str):
        segment = view["segments"][segment]
    container, where, found = segment.get("container", "event"), segment["where"], set()
    here = World(journey, session_of, view, among, elsewhere)
    there = here.inside(segment["range"]) if segment.get("range") else here
    for unit in split(among, session_of, container):
        some = unit if there is here else same_unit(unit, container, here, there)
        if not some:
            continue
        if segment.get("include", "everyone") == "everyone":
            found |= set(unit) if there.holds(some, where, container) else set()
        elif choices := matches(where["then"], some, there):
            last_start, first_end = max(start for start, _ in choices), min(end for _, end in choices)
            before = segment["include"] == "only_before"
            if there is here:
                found |= {at for at in unit if (at <= last_start if before else at >= first_end)}
                continue
            edge = there.journey[last_start if before else first_end]["@"]
            found |= {at for at in unit if (journey[at]["@"] <= edge if before else journey[at]["@"] >= edge)}
    return found
