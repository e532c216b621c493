"""Conditions that nothing meets, or everything: blank text, no distance, a session within one, text that a standard dimension never has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cja_spark.errors import did_you_mean
from cja_spark.project_places import Path_, written_in
from cja_spark.reports.spec import Report
from cja_spark.spec import Spec
from cja_spark.view.calendar_settings import Calendar
from cja_spark.view.condition import (
    COMPLEMENT_OF,
    ContainerCondition,
    DimensionCondition,
    Segment,
    SegmentReference,
    all_sequences,
    leaves,
    parts_of,
    sequences_in,
)
from cja_spark.view.sequence import Between, Steps, Then
from cja_spark.view.spec import View
from cja_spark.view.standard import CLOCK_PARTS, DAY_PARTS, TIME_SPENT, codes_within, text_of

_WHOLE = ("equals", "equals_any_of", "matches")
_PART = ("contains", "contains_any_of", "contains_all_of", "starts_with", "ends_with")
CLOSED = (*CLOCK_PARTS, *DAY_PARTS, "session_type", *TIME_SPENT)
_NO_EVENTS = re.compile(r"^\s*0+\s+events?\s*$")
OTHER_SESSION = (
    "then: a checkpoint that is a whole session has the next one in a later session, and this sequence is looked for within one. "
    "Use container: person around the sequence, or conditions on events."
)
NO_EVENTS = "within: 0 events: the very next event is 1 event away, so nothing is that near. Write 'within: 1 event'."


def condition_faults(conditions: Iterator[Spec], view: View, written: object) -> Iterator[tuple[Path_, str]]:
    """What is wrong with some conditions: the place in a file, and the sentence.

    Args:
        conditions: segments and conditions of the file.
        view: the view, for its calendar.
        written: what the file says; nothing has no places.

    Source: O8: blank text is not set. G8: a distance of events counts the next one as 1.
    """
    places = list(written_in(written))
    for condition in dict.fromkeys(conditions):
        for leaf in leaves(condition):
            if isinstance(leaf, DimensionCondition):
                for name, text, why in _texts(leaf, view.calendar):
                    yield next((path for path, value, _ in places if str(value) == text and name in path), ()), why
        if any(_never_next(sequence, view) for sequence in _in_sessions(condition)):
            inside = [path for path, _, _ in places if "then" in path]
            yield next((path for path in inside if path[-1] == "container"), (inside or [()])[0]), OTHER_SESSION
        if any(map(_no_events, all_sequences(condition))):
            yield next((path for path, value, _ in places if path[-1] == "within" and _NO_EVENTS.match(str(value))), ()), NO_EVENTS


def conditions_of_view(view: View) -> Iterator[Spec]:
    """All segments that are written in a view."""
    yield from view.segments.values()
    yield from (use for use in view.view_segments if isinstance(use, Segment))


def conditions_of_report(report: Report) -> Iterator[Spec]:
    """All segments and conditions that are written in a report."""
    yield from (use for use in report.segments if isinstance(use, Segment))
    yield from report.conditions()


def _in_sessions(condition: Spec) -> Iterator[Then]:
    """The sequences that are looked for within one session."""
    if isinstance(condition, Segment | ContainerCondition) and condition.container == "session":
        yield from sequences_in(condition.where)
    for part in parts_of(condition):
        yield from _in_sessions(part)


def _never_next(sequence: Then, view: View) -> bool:
    """Whether a checkpoint is a whole session, beside which there is no other one in a session."""
    checkpoints = sequence.order().checkpoints
    return len(checkpoints) > 1 and any(_is_session(one, view) for one in checkpoints)


def _is_session(checkpoint: Spec, view: View) -> bool:
    one = view.segments.get(checkpoint.segment) if isinstance(checkpoint, SegmentReference) else checkpoint
    return isinstance(one, Segment | ContainerCondition) and one.container == "session" and one.range is None


def _no_events(sequence: Then) -> bool:
    distances = (part.within for part in sequence.then if isinstance(part, Between))
    return any(isinstance(one, Steps) and (one.count, one.of) == (0, "event") for one in distances)


def _texts(leaf: DimensionCondition, calendar: Calendar) -> Iterator[tuple[str, str, str]]:
    [name] = leaf.operators()
    asked, kind = getattr(leaf, name), COMPLEMENT_OF.get(name, name)
    for text in asked if isinstance(asked, tuple) else [asked]:
        if isinstance(text, str) and (why := _fault(leaf.dimension, name, kind, text, calendar)):
            yield name, text, f"dimension '{leaf.dimension}': {why}"


def _fault(dimension: str, name: str, kind: str, text: str, calendar: Calendar) -> str | None:
    if kind in _WHOLE and not text.strip():
        return f"{name}: '{text}' is no value, for blank text is not set; 'exists: false' asks for events without one."
    if kind in _PART and not text:
        return f"{name}: '' is in every text; 'exists: true' asks for events with a value."
    if dimension in CLOSED and kind in ("equals", "equals_any_of") and text not in (known := values_of(dimension, calendar)):
        return f"{name}: '{text}' is none of its values. {did_you_mean(text, known)}"
    return None


def values_of(dimension: str, calendar: Calendar) -> Mapping[str, int]:
    """All texts of a standard dimension that has few of them, each with its code."""
    return {text_of(dimension, code, "UTC", calendar): code for code in codes_within(dimension, 0, 0, "UTC", calendar, 0)}
