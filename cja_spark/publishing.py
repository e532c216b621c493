"""Publishing: the members of an audience from the journeys, into the outbox; then every sink follows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
from pyspark.sql import DataFrame

from cja_spark import plan
from cja_spark.audiences.approvals import Approval
from cja_spark.audiences.approvals import approve as approve_audience
from cja_spark.audiences.publish import publish as publish_audience
from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.wish import MILLISECOND
from cja_spark.errors import CjaError, ConfigurationError
from cja_spark.instants import in_utc, milliseconds_of
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
from cja_spark.reports.members import members
from cja_spark.reports.periods_read import journeys_read
from cja_spark.reports.ranges import Ranges
from cja_spark.reports.readers import Reader
from cja_spark.reports.spec import Report
from cja_spark.reports.window import looking_back
from cja_spark.sinks.deliver import deliver as deliver_audiences
from cja_spark.sinks.spec import DeltaProfiles, Sink
from cja_spark.sources.failures import spark_errors
from cja_spark.spec import Spec
from cja_spark.view.calendar_settings import GREGORIAN
from cja_spark.view.components import Metric
from cja_spark.view.condition import (
    AllOf,
    AnyOf,
    DimensionCondition,
    Exclude,
    MetricCondition,
    Segment,
    SegmentReference,
    leaves,
)
from cja_spark.view.no_value import NoValue
from cja_spark.view.persistence import OnMetric
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import View
from cja_spark.view.standard import STANDARD_DIMENSIONS


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

    The dictionary of values only grows, and before the journeys that use it: its newest version does for any of theirs.

    Rows:    One per person.
    Columns: returns person_id string, person_namespace string.
    """
    view = project.view
    first, last = milliseconds_of(start), milliseconds_of(end)
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
    journeys = journeys_read(lake.journeys(view.name), version, [ask], view)
    return members(journeys, columns_of([asked], view), ask, partial(passes, tree=audience.segments), reader)


def _ranges(asked: Report, view: View, last: int, audience: Audience) -> Ranges:
    """What the date ranges of an audience's segments are: `last n days` end with the last day of its window.

    Decision: a recurring audience knows nothing from `as_of` on, which is the end of its window.
    """
    ranges = ranges_of(asked, view, last, last - 1)
    return ranges.up_to(last) if audience.kind == "recurring" else ranges


def publish(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, take_over: bool = False
) -> list[PublishReceipt]:
    """Publish some audiences, or all of the project; one that is held back or fails does not hold up the others.

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty.
        as_of: the end of the look-back window; when not given just after the newest event, or after the last run
            where that is later and the data or the definition changed since. A second publish of the same data
            changes nothing.
        take_over: take the claim of a run that is known to be dead.

    Returns:
        A receipt per audience; `exit_code` and `reason` say what became of it.

    Raises:
        ConfigurationError: a name that no audience has.
        InputError: there are no journeys yet.
    """
    return list(publish_each(lake, project, names, as_of=as_of, take_over=take_over))


def publish_each(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, take_over: bool = False
) -> Iterator[PublishReceipt]:
    """The same, a receipt as soon as its audience is done.

    Raises:
        ConfigurationError: a name that no audience has.
        InputError: there are no journeys yet.
    """
    audiences = chosen(project, names)
    with spark_errors("publish", lake.location):
        built = plan.built_of(lake, project)
    asked = in_utc(as_of)
    if asked is None:
        until = built.data_until
        moment = until.replace(microsecond=until.microsecond // 1000 * 1000) + MILLISECOND
    else:
        moment = asked
    for audience in audiences:
        try:
            with spark_errors(f"publish of audience '{audience.name}'", lake.location):
                receipt = _publish(lake, project, audience, moment, built.version, moves=as_of is None, take_over=take_over)
        except CjaError as error:
            receipt = PublishReceipt.failed(audience.name, str(uuid.uuid4()), error)
        yield receipt


def _publish(
    lake: Lake, project: Project, audience: Audience, as_of: datetime, version: int, *, moves: bool, take_over: bool
) -> PublishReceipt:
    return publish_audience(
        lake,
        audience,
        lambda start, end: people(lake, project, audience, start, end, version=version),
        as_of=as_of,
        moves=moves,
        definition=audience.definition(definitions(project, audience)),
        time_zone=project.view.time_zone,
        inputs={"journeys": version},
        take_over=take_over,
    )


def definitions(project: Project, audience: Audience) -> dict[str, object]:
    """What an audience is made of, as it is defined now: segments, their components, sessions, the time zone, the calendar."""
    view = project.view
    segments = _segments(project, audience)
    inline = [use for use in view.view_segments if isinstance(use, Segment)]
    named = [leaf for segment in (*(view.segments[name] for name in segments), *inline) for leaf in leaves(segment)]
    metrics = {leaf.metric for leaf in named if isinstance(leaf, MetricCondition)} | {*view.session.starts_with}
    dimensions = {leaf.dimension for leaf in named if isinstance(leaf, DimensionCondition | Changes)} - {*STANDARD_DIMENSIONS}
    for metric in [view.metrics[name] for name in metrics if name in view.metrics]:
        if isinstance(metric, Metric) and metric.deduplication and metric.deduplication.id:
            dimensions.add(metric.deduplication.id)
    for how in [view.dimensions[name].persistence for name in dimensions]:
        metrics |= {how.expiration.metric} if how and isinstance(how.expiration, OnMetric) else set()
        metrics |= {how.binding_metric} if how and how.binding_metric else set()
        dimensions |= {how.binding} if how and how.binding else set()
    components = [view.dimensions[name] for name in dimensions] + [view.metrics[name] for name in metrics if name in view.metrics]
    made = {part for one in components for part in view.derived_fields_of(one)}
    return {
        "segments": segments,
        "metrics": {name: _plain(view.metrics[name]) for name in metrics if name in view.metrics},
        "dimensions": {name: _dimension(view, name) for name in dimensions},
        **({"derived": {name: _plain(view.derived[name]) for name in made}} if made else {}),
        "session": _plain(view.session),
        "time_zone": view.time_zone,
        **({"calendar": _plain(view.calendar)} if view.calendar != GREGORIAN else {}),
        **({"view_segments": [_plain(use) if isinstance(use, Segment) else use for use in view.view_segments]}
           if view.view_segments else {}),
    }  # fmt: skip


_SHOWN_ONLY = {"label", "description", "context", "external_id", "format", "decimals", "currency", "upward_trend", "attribution"}  # no segment asks for these


def _plain(spec: Spec) -> object:
    return json.loads(spec.model_dump_json(exclude=_SHOWN_ONLY, exclude_none=True))


def _dimension(view: View, name: str) -> object:
    """A dimension; its label of no value where that is a value."""
    dimension = view.dimensions[name]
    label = view.no_value_of(name) if dimension.as_value else None
    return _plain(dimension.model_copy(update={"no_value": NoValue(label=label, as_value=True) if label else None}))


def _segments(project: Project, audience: Audience) -> dict[str, object]:
    """The segments an audience names and those that they name."""
    found: dict[str, object] = {}
    ahead = list(audience.segment_names())
    for use in project.view.view_segments:
        ahead += plan.segments_named(use) if isinstance(use, Segment) else [use]
    while ahead:
        name = ahead.pop()
        if name not in found:
            segment: Segment = project.view.segments[name]
            found[name] = _plain(segment)
            ahead += [leaf for leaf in plan.segments_named(segment) if leaf not in found]
    return found


def approve(
    lake: Lake, project: Project, name: str, *, approved_by: str, changes: str | None = None, note: str | None = None
) -> Approval:
    """Approve the changes of an audience's blocked run; the next publish commits these very changes.

    Raises:
        ConfigurationError: a name that no audience has, nothing is blocked, or other changes than those.
        BlockedError: a sign that nobody can approve (A7).
    """
    [audience] = chosen(project, [name])
    return approve_audience(lake, audience.name, approved_by=approved_by, changes=changes, note=note)


def deliver(lake: Lake, project: Project, names: Sequence[str] = (), *, take_over: bool = False) -> DeliverReceipt:
    """Bring every sink of some audiences, or of all, up to the outbox; a sink that is away does not hold up the others.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    sinks = {name: _placed(project, sink) for name, sink in project.sinks.items()}
    with spark_errors("deliver", lake.location):
        return deliver_audiences(lake, sinks, chosen(project, names), take_over=take_over)


def _placed(project: Project, sink: Sink) -> Sink:
    """A sink with its location as lake.yaml's is meant: relative to the project's folder."""
    if not isinstance(sink, DeltaProfiles) or sink.location is None:
        return sink
    return sink.model_copy(update={"location": project.place(sink.location)})


def chosen(project: Project, names: Sequence[str]) -> list[Audience]:
    """Audiences by name; all of the project, sorted, when none is named.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    for name in names:
        if name not in project.audiences:
            raise ConfigurationError.unknown("audience", name, project.audiences)
    return [project.audiences[name] for name in (names or sorted(project.audiences))]
