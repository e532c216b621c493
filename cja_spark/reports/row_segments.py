"""Segments as the rows of a table, as an author writes them: names, or segments in place that have a label."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from cja_spark.reports.spec import SegmentUse
from cja_spark.spec import AsTuple
from cja_spark.view.condition import Segment


def row_text(use: SegmentUse) -> str:
    """What the row of a segment is called: its name, or its label."""
    return use if isinstance(use, str) else use.label or ""


def _told_apart(uses: tuple[SegmentUse, ...]) -> tuple[SegmentUse, ...]:
    texts = [row_text(use) for use in uses]
    if "" in texts:
        raise ValueError("a segment that is written in place is a row with its 'label'; give it one.")
    twice = [text for at, text in enumerate(texts) if text in texts[:at]]
    if twice:
        raise ValueError(f"two rows are called '{twice[0]}'.")
    return uses


RowSegments = Annotated[tuple[SegmentUse, ...], AsTuple, AfterValidator(_told_apart), Field(max_length=100)]


def named_segments(uses: tuple[SegmentUse, ...]) -> tuple[str, ...]:
    """Those that are segments of the view."""
    return tuple(use for use in uses if isinstance(use, str))


def segments_in_place(uses: tuple[SegmentUse, ...]) -> tuple[Segment, ...]:
    """Those that are written in place."""
    return tuple(use for use in uses if isinstance(use, Segment))
