"""The people of an audience: persons with an event in a window that passes its tree of segments, from the journeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.spec import Audience
from cja_spark.instants import milliseconds_of
from cja_spark.journeys.batch import Bools, Window
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.compile import (
    asks_persons,
    columns_of,
    deduplicated_in,
    looks_back,
    neighbours_in,
    persistent_in,
    ranges_of,
    standard_ids,
    standard_in,
    values_of,
)
from cja_spark.reports.members import Tree, members
from cja_spark.reports.one_pass import place_of
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.ranges import Ranges
from cja_spark.reports.readers import Reader
from cja_spark.reports.spec import Report
from cja_spark.reports.window import looking_back
from cja_spark.spec import Spec
from cja_spark.stored import Stored
from cja_spark.view.condition import AllOf, AnyOf, Exclude, SegmentReference
from cja_spark.view.spec import View


def passes(seen: Seen, tree: Spec) -> Bools:
    """Range events that pass a tree of segments; an exclusion is the events that the part does not return (G4)."""
    if isinstance(tree, AllOf):
        return np.asarray(np.logical_and.reduce([passes(seen, part) for part in tree.all]), bool)
    if isinstance(tree, AnyOf):
        return np.asarray(np.logical_or.reduce([passes(seen, part) for part in tree.any]), bool)
    if isinstance(tree, Exclude):
        return seen.of_view & ~passes(seen, tree.exclude)
    assert isinstance(tree, SegmentReference)
    return seen.matches(seen.ask.segment(tree.segment))


class Part(NamedTuple):
    """What is read of the journeys: a version, the newest if none is given; some buckets of persons, or all; by whom."""

    version: int | None = None
    buckets: frozenset[int] | None = None
    reader: Reader = "auto"


def people(
    lake: Lake,
    project: Project,
    audience: Audience,
    start: datetime,
    end: datetime,
    *,
    version: int | None = None,
    reader: Reader = "auto",
) -> DataFrame:
    """Persons with an event in [start, end) that passes the audience's tree (A2), in one version of the journeys.

    Rows:    One per person.
    Columns: returns person_id string, person_namespace string.
    """
    passing = partial(passes, tree=audience.segments)
    return persons(lake, project, audience, (start, end), passing, Part(version, reader=reader))


def everybody(seen: Seen) -> Bools:
    """All range events of the view."""
    return seen.of_view


def persons(
    lake: Lake, project: Project, audience: Audience, within: tuple[datetime, datetime], passing: Tree, part: Part
) -> DataFrame:
    """Persons with an event within a window that passes, in one version of the journeys or in some of its buckets.

    The dictionary of values only grows, and before the journeys that use it: its newest version does for any of theirs.

    Rows:    One per person.
    Columns: returns person_id string, person_namespace string.
    """
    view = project.view
    first, last = milliseconds_of(within[0]), milliseconds_of(within[1])
    # A report without rows of its own: it only says which columns the tree's segments read.
    asked = Report(name=audience.name, report="members", segments=audience.segment_names())
    ids, maps = values_of([asked], view, lake.values(view.name).read())
    persistent = persistent_in(asked, view)
    plain = Window(first, first, last, last, last, first)
    standard = standard_in(asked, view)
    window = looking_back(
        plain, view, persistent, of_person=asks_persons(asked, view), back=looks_back(asked, view, first)
    )
    reading = Ask(
        asked, view, window, persistent=persistent, deduplicated=deduplicated_in(asked, view), standard=standard, values=maps,
        neighbours=neighbours_in(asked, view), ranges=_ranges(asked, view, last, audience),
    )  # fmt: skip
    members_of = Report(name=audience.name, report="members")
    ask = replace(reading, report=members_of, text_ids={**ids, **standard_ids([reading])})
    journeys = _part(journeys_read(lake.journeys(view.name), part.version, [ask], view), part.buckets)
    return members(journeys, columns_of([asked], view), ask, passing, part.reader)


def _part(journeys: Stored, buckets: frozenset[int] | None) -> Stored:
    if buckets is None:
        return journeys
    files = [file for file in journeys.files if place_of(file)[1] in buckets]
    return Stored(journeys.rows.where(F.col("bucket").isin(*buckets)), lambda: files)


def _ranges(asked: Report, view: View, last: int, audience: Audience) -> Ranges:
    """What the date ranges of an audience's segments are: `last n days` end with the last day of its window.

    Decision: a recurring audience knows nothing from `as_of` on, which is the end of its window.
    """
    ranges = ranges_of(asked, view, last, last - 1)
    return ranges.up_to(last) if audience.kind == "recurring" else ranges
