"""Segments on rows of summary datasets: conditions that such rows can be asked, and what is left of the others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import numpy.typing as npt

from cja_spark.journeys.batch import Bools, Journeys
from cja_spark.kernels.segments import Matcher
from cja_spark.reports.ask import Ask
from cja_spark.spec import Spec
from cja_spark.view.condition import (
    AllOf,
    AnyOf,
    ContainerCondition,
    DimensionCondition,
    Exclude,
    Segment,
    SegmentReference,
    container_of,
)

FALSE, UNKNOWN, TRUE = -1, 0, 1
Truths = npt.NDArray[np.int8]


def kept_rows(rows: Journeys, ask: Ask, uses: Iterable[str | Segment], known: frozenset[str]) -> Bools:
    """The rows that none of some segments is known to hide: bool[rows].

    A row has no person and no session, so it can be asked only for values of dimensions that its dataset has, and for its
    time. All else is unknown: of `all` one part that is known to be false is enough to hide the row, of `any` all parts
    must be; what is not known hides nothing.

    Args:
        rows: the rows, each an event of its own.
        ask: the report.
        uses: the segments.
        known: the dimensions that rows can be asked for.

    Source: cja.md 3.6. Decision (docs/decisions/summary-data.md).
    """
    here = np.ones(rows.events, bool)
    matcher = Matcher(rows, here, np.arange(rows.events), ask.view.segments, ask.text_ids, zone=ask.view.time_zone)
    for use in uses:
        segment = ask.segment(use)
        if segment.container == "event" and segment.range is None:
            here &= _truth(segment.where, matcher, known) != FALSE
    return here


def _truth(condition: Spec, matcher: Matcher, known: frozenset[str]) -> Truths:
    """What is known of a condition, per row: int8[rows]."""
    ask = partial(_truth, matcher=matcher, known=known)
    if isinstance(condition, SegmentReference):
        condition = container_of(matcher.segments[condition.segment])
    if isinstance(condition, ContainerCondition) and condition.range is None:  # in an event a container is that event (G2)
        return ask(condition.where)
    if isinstance(condition, AllOf):
        return np.asarray(np.minimum.reduce([ask(part) for part in condition.all]), np.int8)
    if isinstance(condition, AnyOf):
        return np.asarray(np.maximum.reduce([ask(part) for part in condition.any]), np.int8)
    if isinstance(condition, Exclude):
        return np.asarray(-ask(condition.exclude), np.int8)
    if isinstance(condition, DimensionCondition) and _can_ask(condition, known):
        return np.where(matcher.meets(condition, 0), TRUE, FALSE).astype(np.int8)
    return np.full(matcher.journeys.events, UNKNOWN, np.int8)


def _can_ask(condition: DimensionCondition, known: frozenset[str]) -> bool:
    return condition.dimension in known and condition.distinct is None and condition.model == "repeating"
