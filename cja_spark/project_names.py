"""Names across files: every component, segment, dataset and sink that is named must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cja_spark.audiences.spec import Audience
from cja_spark.configuration import Document
from cja_spark.connection.spec import Connection
from cja_spark.errors import Fault, did_you_mean
from cja_spark.reports.spec import Report, several_values
from cja_spark.sinks.spec import Sink
from cja_spark.spec import Spec
from cja_spark.view.arrays import arrays_in
from cja_spark.view.calculate import names_in
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, SegmentReference, leaves
from cja_spark.view.spec import CalculatedMetric, View


@dataclass(frozen=True)
class Names:
    """All specs of a project that could be read."""

    view: View
    connection: Connection
    reports: Mapping[str, Report]
    audiences: Mapping[str, Audience]
    sinks: Mapping[str, Sink]

    def known(self, kind: str) -> Iterable[str]:
        """What exists of a kind."""
        return {
            "metric": self.view.metric_names(),
            "dimension": tuple(self.view.dimensions),
            "segment": tuple(self.view.segments),
            "metric or segment": (*self.view.metric_names(), *self.view.segments),
            "sink": tuple(self.sinks),
            "lookup dataset": tuple(self.connection.lookups()),
            "profile dataset": tuple(self.connection.profiles()),
        }[kind]


Use = tuple[str, str]


def name_faults(names: Names, documents: Mapping[str, Document]) -> list[Fault]:
    """All names that nothing has, and segments and calculated metrics that refer to themselves."""
    faults = []
    for key, uses in _uses(names):
        document = documents.get(key)
        for kind, name in dict.fromkeys(uses):
            known = names.known(kind)
            if name not in known and document is not None:
                message = f"no {kind} named '{name}'. {did_you_mean(name, known)}".rstrip()
                faults.append(Fault(document.file, _line_of(document, name), message))
    faults += list(_several_values(names, documents))
    if "view.yaml" in documents:
        faults += [
            Fault(documents["view.yaml"].file, documents["view.yaml"].line((section, name)), message)
            for section, name, message in _circles(names.view)
        ]
    return faults


def _uses(names: Names) -> Iterator[tuple[str, Iterable[Use]]]:
    yield "view.yaml", list(_view_uses(names.view))
    for name, report in names.reports.items():
        yield f"reports/{name}", list(_report_uses(report))
    for name, audience in names.audiences.items():
        uses = [("segment", segment) for segment in audience.segment_names()]
        yield f"audiences/{name}", [*uses, *(("sink", sink) for sink in audience.sinks)]


def _view_uses(view: View) -> Iterator[Use]:
    for metric in view.metrics.values():
        if isinstance(metric, CalculatedMetric):
            yield from (("metric", name) for name in names_in(metric.calculate))
    yield from (("metric", name) for name in view.session.starts_with)
    for segment in view.segments.values():
        yield from _condition_uses(segment)
    for dimension in view.dimensions.values():
        if dimension.lookup:
            yield "lookup dataset", dimension.lookup.split(".", 1)[0]
        if dimension.profile:
            yield "profile dataset", dimension.profile.split(".", 1)[0]


def _condition_uses(condition: Spec) -> Iterator[Use]:
    for leaf in leaves(condition):
        if isinstance(leaf, MetricCondition):
            yield "metric", leaf.metric
        elif isinstance(leaf, DimensionCondition):
            yield "dimension", leaf.dimension
        else:
            yield "segment", leaf.segment


def _report_uses(report: Report) -> Iterator[Use]:
    yield from (("metric", name) for name in report.metrics_used())
    yield from (("dimension", name) for name in report.dimensions_used())
    yield from (("segment", name) for name in report.segments_used())
    yield from (("metric or segment", name) for name in report.names_used())
    for use in report.segments:
        if isinstance(use, Segment):
            yield from _condition_uses(use)
        else:
            yield "segment", use
    for condition in report.conditions():
        yield from _condition_uses(condition)


def _several_values(names: Names, documents: Mapping[str, Document]) -> Iterator[Fault]:
    """Dimensions inside arrays where a report needs one value per event."""
    matches = names.connection.matches()
    for key, report in names.reports.items():
        document = documents.get(f"reports/{key}")
        for name in report.single_valued():
            dimension = names.view.dimensions.get(name)
            if dimension is None or document is None:
                continue
            inside = arrays_in(dimension.field or matches.get((dimension.lookup or "").split(".", 1)[0], ""))
            if inside:
                yield Fault(document.file, _line_of(document, name), several_values(name, inside))


def _circles(view: View) -> Iterator[tuple[str, str, str]]:
    segments = {
        name: {leaf.segment for leaf in leaves(segment) if isinstance(leaf, SegmentReference)}
        for name, segment in view.segments.items()
    }
    metrics = {
        name: set(names_in(metric.calculate))
        for name, metric in view.metrics.items()
        if isinstance(metric, CalculatedMetric)
    }
    for section, kind, graph in (("segments", "segment", segments), ("metrics", "metric", metrics)):
        for name in graph:
            if name in _reached(name, graph):
                yield section, name, f"{kind} '{name}' refers to itself."


def _reached(name: str, graph: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(graph.get(name, ()))
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead |= graph.get(here, set())
    return reached


def _line_of(document: Document, name: str) -> int:
    """Line of the first place where a name is written as a value, else as part of one."""
    places = list(_written(document.value, ()))
    whole = [path for path, value in places if value == name]
    part = [path for path, value in places if isinstance(value, str) and name in value]
    return document.line((whole or part or [()])[0])


def _written(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:  # noqa: ANN401
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _written(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _written(inner, (*path, at))
    else:
        yield path, value
