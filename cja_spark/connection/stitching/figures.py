"""Figures of stitching as a person at the terminal reads them."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.exposure import capped_devices, exposure
from cja_spark.connection.stitching.graph import overridden_own_id
from cja_spark.connection.stitching.placeholders import placeholders
from cja_spark.connection.stitching.preflight import (
    BAD_ID_EVENTS,
    LEAST_PERSISTENT,
    LEAST_PERSON,
    SAMPLE,
    bad_ids,
    preflight,
)
from cja_spark.connection.stitching.spec import FieldBased, GraphBased, StitchingMethod
from cja_spark.connection.stitching.validation import validation
from cja_spark.spec import Spec

LISTED = 20


class Count(Spec):
    """A value and how often it came."""

    what: str
    value: str
    count: int


class StitchingFigures(Spec):
    """What stitching did to one dataset (F12, F13, F17, F18, G19); shares are of 1, null of nothing."""

    dataset: str
    events: int
    people: int
    authentication_rate: float | None
    stitched_authentication_rate: float | None
    increase: float | None
    lift: float | None
    shared_devices: int
    event_share: float | None
    anonymous_share_on_shared: float | None
    anonymous_event_share: float | None
    placeholders: tuple[Count, ...]
    capped: tuple[Count, ...]
    overridden_own_id: int = 0

    def text(self) -> str:
        """The figures as lines."""
        lines = [
            f"{self.dataset}: {self.events:,} events, {self.people:,} people",
            f"  with a person ID          {percent(self.authentication_rate)}",
            f"  stitched to a person      {percent(self.stitched_authentication_rate)}"
            f"   increase {points(self.increase)}, lift {percent(self.lift)}",
            f"  shared devices            {self.shared_devices:,}   {percent(self.event_share)} of all events, "
            f"{percent(self.anonymous_share_on_shared)} of theirs anonymous, "
            f"{percent(self.anonymous_event_share)} of all events are theirs and anonymous",
        ]
        lines += [f"  placeholder {one.what} {one.value!r}: {one.count:,} events" for one in self.placeholders]
        lines += [f"  device {one.value!r}: {one.count:,} switches, not stitched any more" for one in self.capped]
        if self.overridden_own_id:
            lines.append(f"  warning: {self.overridden_own_id:,} events have a person ID of their own that the graph overrides")
        return "\n".join(lines)


class PreflightFigures(Spec):
    """How good the identities of one dataset are (F4, F19); shares are of 1, null without events."""

    dataset: str
    until: datetime | None
    events: int = 0
    persistent_coverage: float | None = None
    person_coverage: float | None = None
    primary_is_person: int = 0
    bad_ids: tuple[Count, ...] = ()
    max_monthly_events: int = BAD_ID_EVENTS

    def warnings(self) -> list[str]:
        """What speaks against stitching this dataset, one sentence each."""
        found = []
        for coverage, least, what in (
            (self.persistent_coverage, LEAST_PERSISTENT, "persistent"),
            (self.person_coverage, LEAST_PERSON, "person"),
        ):
            if coverage is not None and coverage < least:
                found.append(f"only {percent(coverage)} of the events have a {what} ID, {percent(least)} are needed.")
        for one in self.bad_ids:
            found.append(f"bad {one.what} {one.value!r}: {one.count:,} events in a month, over {self.max_monthly_events:,}.")
        if not self.events:
            found.append("there is no usable event.")
        return found

    def text(self) -> str:
        """The figures as lines; warnings last."""
        lines = [
            f"{self.dataset}: {self.events:,} events in the {SAMPLE.days} days up to "
            f"{self.until.isoformat() if self.until else 'now'}",
            f"  with a persistent ID      {percent(self.persistent_coverage)}",
            f"  with a person ID          {percent(self.person_coverage)}",
        ]
        if self.primary_is_person:
            lines.append(f"  primary identity is the person's: {self.primary_is_person:,} events")
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings())])


def percent(value: float | None) -> str:
    """A share of 1 as per cent; a dash of nothing."""
    return "–" if value is None else f"{value:.2%}"


def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return "–" if value is None else f"{100 * value:.2f} points"


def stitching_figures(events: DataFrame, dataset: str, spec: StitchingMethod) -> StitchingFigures:
    """Measure what stitching did to the events of one dataset; the longest lists are cut to 20.

    Columns: reads person_id, own_person_id, persistent_id, stitch_reason string, ts timestamp.
    """
    measured = validation(events, spec).collect()[0].asDict()
    shared = exposure(events, spec).drop("events").collect()[0].asDict()
    hits = placeholders(events, spec).orderBy(F.desc("events"), "role", "value").limit(LISTED).collect()
    capped = []
    if isinstance(spec, FieldBased):
        capped = capped_devices(events, spec).orderBy(F.desc("switches"), "device").limit(LISTED).collect()
    overridden = events.where(overridden_own_id(spec)).count() if isinstance(spec, GraphBased) else 0
    return StitchingFigures(
        dataset=dataset,
        **measured,
        **shared,
        placeholders=tuple(Count(what=row["role"], value=row["value"], count=row["events"]) for row in hits),
        capped=tuple(Count(what="device", value=row["device"], count=row["switches"]) for row in capped),
        overridden_own_id=overridden,
    )


def preflight_figures(
    rows: DataFrame, dataset: str, spec: StitchingMethod, until: datetime | None, more_than: int = BAD_ID_EVENTS
) -> PreflightFigures:
    """Measure the identities of one dataset's conformed rows; `until` is None when no row can be used."""
    if until is None:
        return PreflightFigures(dataset=dataset, until=None)
    measured = preflight(rows, spec, until).collect()[0].asDict()
    bad = bad_ids(rows, until, more_than).orderBy(F.desc("events"), "role", "value", "month").limit(LISTED).collect()
    return PreflightFigures(
        dataset=dataset,
        until=until,
        **measured,
        max_monthly_events=more_than,
        bad_ids=tuple(Count(what=row["role"], value=row["value"], count=row["events"]) for row in bad),
    )
