"""What a segment keeps, and what has looked at all events before it."""

from __future__ import annotations

from cja_spark.view.condition import Segment
from cja_spark.view.spec import View
from cja_spark.words.condition import condition_in_words, range_in_words
from cja_spark.words.source import REPORT, Steps


def segment_in_words(view: View, segment: Segment) -> Steps:
    """What a segment does, when and what."""
    called = view.containers
    events, sessions = called.several("event"), called.several("session")
    yield REPORT, f"{sessions}, deduplication, persistence and attribution have looked at all {events}"
    if view.view_segments:
        yield REPORT, f"the view's own segments leave out {events}"
    if segment.range is not None:
        yield REPORT, (
            f"it looks at {events}{range_in_words(segment.range)}, also outside the report's range, with {sessions} and values as a "
            "report of these days has them"
        )
    yield REPORT, f"it keeps{_kept(view, segment)}: {condition_in_words(segment.where, called)}"


def _kept(view: View, segment: Segment) -> str:
    unit, events = view.containers.named(segment.container), view.containers.several("event")
    of_report = ", of the report's range," if segment.range is not None else ""
    if segment.include == "everyone":
        every = f"each {unit}" if segment.container == "event" else f"all {events} of each {unit}"
        return f"{of_report} {every} that meets this"
    side = "up to the first one of the last occurrence" if segment.include == "only_before" else "from the last one of the first occurrence on"
    return f"{of_report} of each {unit}, within which the sequence runs, the {events} {side} of this"
