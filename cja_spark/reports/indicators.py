"""Indicators: which behaviours come before an outcome more often than chance, and which less often (rule N)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cja_spark.journeys.batch import Bools, Ints, Items
from cja_spark.kernels.counting import coded, distinct_units, places
from cja_spark.kernels.indicators import Counts, Windows, exposed, windows
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Cells
from cja_spark.reports.indicators_rows import LEFT_OUT, PEOPLE, TOTAL, TOTAL_PEOPLE, UNITS, behind, finish
from cja_spark.reports.kind import REPORTS, Kind
from cja_spark.reports.measures import DISTINCT
from cja_spark.reports.row_segments import RowSegments, named_segments, segments_in_place
from cja_spark.reports.spec import Report
from cja_spark.spec import Name, Spec


class Indicators(Report):
    """Which behaviours come before an outcome more often than chance, and which less often. It is association, not cause.

    One of `dimension` and `by_segments` says what behaviours are.

    Attributes:
        report: which behaviours come before an outcome.
        outcome: the metric that the first event which has some of it is the outcome of its session or person.
        dimension: the dimension whose values are behaviours; who has an event that sets one before the outcome did it.
        by_segments: segments that are behaviours; who has an event of one before the outcome did it.
        container: whose outcomes are counted, each session's or each person's.
        min_support: a behaviour of fewer sessions or persons is pooled in *other*.
        rows: how many behaviours each list shows.
    """

    report: Literal["indicators"] = "indicators"
    outcome: Name
    dimension: Name | None = None
    by_segments: RowSegments = ()
    container: Literal["session", "person"] = "session"
    min_support: int = Field(default=30, ge=1)
    rows: int = Field(default=20, ge=1, le=1_000)

    @model_validator(mode="after")
    def _of_some_events(self) -> Self:
        if self.outcome in ("events", *DISTINCT):
            raise ValueError(f"outcome: '{self.outcome}' is of every event, or of all of a session; name a metric that some events have.")
        if bool(self.by_segments) == (self.dimension is not None):
            raise ValueError("behaviours are the values of a dimension or the events of segments; write one of dimension and by_segments.")
        return self

    def metrics_used(self) -> tuple[str, ...]:
        """What the outcome is."""
        return (self.outcome,)

    def metrics_of_events(self) -> tuple[str, ...]:
        """An event has the outcome."""
        return (self.outcome,)

    def dimensions_used(self) -> tuple[str, ...]:
        """What behaviours are, where they are values."""
        return (self.dimension,) if self.dimension else ()

    def segments_used(self) -> tuple[str, ...]:
        """Those that are behaviours by name."""
        return named_segments(self.by_segments)

    def conditions(self) -> tuple[Spec, ...]:
        """Those that are behaviours and written in place."""
        return segments_in_place(self.by_segments)


def kernel(seen: Seen[Indicators]) -> Cells:
    """Count the units of each stratum with the outcome and without, in all and for each behaviour, and the people of each.

    Source: N.
    """
    cells, mask = Cells(), seen.masked()
    if not mask.any():
        return cells
    at = places(mask)
    people = np.asarray(seen.journeys.person_of_event(), np.int64)[at]
    units = np.asarray(seen.sessions, np.int64)[at] if seen.ask.report.container == "session" else people
    found, *left = windows(units, people, seen.step(seen.ask.report.outcome)[at])
    for number, count in enumerate(left):
        cells.add(LEFT_OUT + number, float(count))
    _add_total(cells, found)
    for keys, codes, own in _behaviours(seen, mask, at, found):
        _add(cells, keys, codes, own)
    return cells


def _behaviours(seen: Seen[Indicators], mask: Bools, at: Ints | slice, found: Windows) -> Iterator[tuple[Ints, Counts, Windows]]:
    """Behaviours: the key of each, which one each value is, less than 0 for none, and the windows in values.

    Shapes: mask bool[all events], at int64[events] or a slice of them -> int64[behaviours], int32[values].
    """
    report = seen.ask.report
    for number, use in enumerate(report.by_segments):
        met = seen.matches(seen.ask.segment(use))[at]
        yield np.array([number]), np.asarray(np.where(met, 0, -1), np.int32), found
    if report.dimension:
        own = seen.journeys.own_values(report.dimension)
        values = own.kept(mask) if isinstance(own, Items) else own[at]
        ids = values.values if isinstance(values, Items) else values
        keys, codes = coded(ids)
        yield keys, np.where(ids != 0, codes, np.int32(-1)), found.of_items(values.offsets) if isinstance(values, Items) else found


def _add_total(cells: Cells, found: Windows) -> None:
    """Add the units of each stratum, and how many people there are: in all, with the outcome, without."""
    for has in (0, 1):
        counts = np.bincount(found.strata[found.outcome == has])
        cells.add(TOTAL + has, counts, np.arange(len(counts)))
    for number, some in enumerate((found.outcome | True, found.outcome, ~found.outcome)):
        cells.add(TOTAL_PEOPLE + number, float(distinct_units(found.people, some)))


def _add(cells: Cells, keys: Ints, codes: Counts, found: Windows) -> None:
    """Add what is counted of some behaviours, where it is not 0."""
    units, persons = exposed(found, codes, len(keys))
    for has in (0, 1):
        code, stratum = np.nonzero(units[:, :, has])
        cells.add(UNITS + has, units[code, stratum, has], keys[code], stratum)
    for number in range(persons.shape[1]):
        some = np.flatnonzero(persons[:, number])
        cells.add(PEOPLE + number, persons[some, number], keys[some])


REPORTS.register("indicators")(Kind(Indicators, kernel, finish, behind=behind))
