"""What an audience is made of: its segments, their components and what these rest on; a change of it changes who belongs."""

from __future__ import annotations

import json

from cja_spark import plan
from cja_spark.audiences.spec import Audience
from cja_spark.project import Project
from cja_spark.spec import Spec
from cja_spark.view.calendar_settings import GREGORIAN
from cja_spark.view.components import Metric
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, leaves
from cja_spark.view.no_value import NoValue
from cja_spark.view.persistence import OnMetric
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import View
from cja_spark.view.standard import STANDARD_DIMENSIONS


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
