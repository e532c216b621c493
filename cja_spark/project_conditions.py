"""Conditions that nothing meets, or everything: blank text, no distance, a session within one, text that a standard dimension never has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

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
from cja_spark.view.standard import CLOCK_PARTS, DAY_BUCKETS, DAY_PARTS, TIME_SPENT, codes_within, day_code, text_of

_WHOLE = ("equals", "equals_any_of", "matches")
_PART = ("contains", "contains_any_of", "contains_all_of", "starts_with", "ends_with")
_WHOLE_NUMBER = re.compile("[1-9][0-9]*")
_DAY = date(2025, 3, 4)  # its buckets show in a message what values look like
_HOUR = 1_741_082_400  # s UTC: 10:00 of it
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
                for name, text, why in _texts(leaf, view):
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


def _texts(leaf: DimensionCondition, view: View) -> Iterator[tuple[str, str, str]]:
    [name] = leaf.operators()
    asked, kind = getattr(leaf, name), COMPLEMENT_OF.get(name, name)
    for text in asked if isinstance(asked, tuple) else [asked]:
        if isinstance(text, str) and (why := _fault(leaf.dimension, name, kind, text, view)):
            yield name, text, f"dimension '{leaf.dimension}': {why}"


def _fault(dimension: str, name: str, kind: str, text: str, view: View) -> str | None:
    if kind in _WHOLE and not text.strip():
        return f"{name}: '{text}' is no value, for blank text is not set; 'exists: false' asks for events without one."
    if kind in _PART and not text:
        return f"{name}: '' is in every text; 'exists: true' asks for events with a value."
    if dimension in CLOSED and kind in ("equals", "equals_any_of") and text not in (known := values_of(dimension, view.calendar)):
        return f"{name}: '{text}' is none of its values. {did_you_mean(text, known)}"
    return _shape_fault(dimension, name, text, view) if kind in ("equals", "equals_any_of") else None


def _shape_fault(dimension: str, name: str, text: str, view: View) -> str | None:
    """A text that is none of the very many values of a standard dimension, for those look different."""
    if dimension == "event_depth" and not (_WHOLE_NUMBER.fullmatch(text)):
        return f"{name}: '{text}' is none of its values; they are 1, 2, 3 and so on."
    shown = _example(dimension, view)
    if shown is not None and _shape(shown) != _shape(text):
        return f"{name}: '{text}' is none of its values; they look like '{shown}'."
    return None


def _example(dimension: str, view: View) -> str | None:
    """A value of a dimension whose values are buckets of days, or hours."""
    if dimension not in ("hour", *DAY_BUCKETS):
        return None
    code = _HOUR if dimension == "hour" else day_code(dimension, _DAY, view.calendar)
    return text_of(dimension, code, view.time_zone, view.calendar)


def _shape(text: str) -> str:
    """A text with 0 for every digit; a time zone is east or west of UTC alike."""
    return re.sub(r"[+-](0{4})$", r"+\1", re.sub(r"[0-9]", "0", text))


def values_of(dimension: str, calendar: Calendar) -> Mapping[str, int]:
    """All texts of a standard dimension that has few of them, each with its code."""
    return {text_of(dimension, code, "UTC", calendar): code for code in codes_within(dimension, 0, 0, "UTC", calendar, 0)}
