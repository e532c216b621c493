"""The people of audiences: persons with an event in a window that passes a tree of segments, from the journeys."""

from __future__ import annotations

from collections.abc import Sequence
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
from cja_spark.reports.mapped import Maps
from cja_spark.reports.members import Question, Tree, members
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


class Within(NamedTuple):
    """Whom an audience asks for: persons with an event in [start, end) that passes."""

    audience: Audience
    start: datetime
    end: datetime
    passing: Tree

    @classmethod
    def of(cls, audience: Audience, start: datetime, end: datetime) -> Within:
        """Those who pass the audience's own tree (A2)."""
        return cls(audience, start, end, partial(passes, tree=audience.segments))


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
    return persons(lake, project, Within.of(audience, start, end), Part(version, reader=reader))


def everybody(seen: Seen) -> Bools:
    """All range events of the view."""
    return seen.of_view


def persons(lake: Lake, project: Project, within: Within, part: Part) -> DataFrame:
    """Persons of one question, in one version of the journeys or in some of its buckets.

    Rows:    One per person.
    Columns: returns person_id string, person_namespace string.
    """
    return persons_of_each(lake, project, [within], part).drop("question")


def persons_of_each(lake: Lake, project: Project, questions: Sequence[Within], part: Part) -> DataFrame:
    """Persons of several questions, from one pass over a version of the journeys or some of its buckets.

    The dictionary of values only grows, and before the journeys that use it: its newest version does for any of theirs.

    Rows:    One per question and person.
    Columns: returns question int (its number), person_id string, person_namespace string.
    """
    view = project.view
    # Reports without rows of their own: they only say which columns the trees' segments read.
    asked = [Report(name=one.audience.name, report="members", segments=one.audience.segment_names()) for one in questions]
    ids, maps = values_of(asked, view, lake.values(view.name).read())
    readings = [_reading(view, one, report, maps) for one, report in zip(questions, asked, strict=True)]
    known = {**ids, **standard_ids(readings)}
    asks = [replace(one, report=Report(name=one.report.name, report="members"), text_ids=known) for one in readings]
    journeys = _part(journeys_read(lake.journeys(view.name), part.version, asks, view), part.buckets)
    wanted = [Question(ask, one.passing) for ask, one in zip(asks, questions, strict=True)]
    return members(journeys, columns_of(asked, view), wanted, part.reader)


def _reading(view: View, within: Within, asked: Report, maps: Maps) -> Ask:
    """What one question reads of the journeys."""
    first, last = milliseconds_of(within.start), milliseconds_of(within.end)
    persistent = persistent_in(asked, view)
    window = looking_back(
        Window(first, first, last, last, last, first), view, persistent, of_person=asks_persons(asked, view),
        back=looks_back(asked, view, first),
    )  # fmt: skip
    return Ask(
        asked, view, window, persistent=persistent, deduplicated=deduplicated_in(asked, view), standard=standard_in(asked, view),
        values=maps, neighbours=neighbours_in(asked, view), ranges=_ranges(asked, view, last, within.audience),
    )  # fmt: skip


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
