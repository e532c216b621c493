"""Summary data across files: components that its rows cannot have, and reports that they cannot answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cja_spark.audiences.spec import Audience
from cja_spark.errors import did_you_mean
from cja_spark.project_circles import reached
from cja_spark.reports.spec import Report
from cja_spark.reports.summaries import CELLS, OF_TIME, of_time
from cja_spark.reports.trend import Trend
from cja_spark.spec import Spec
from cja_spark.view.components import CalculatedMetric, Dimension, Metric
from cja_spark.view.condition import DimensionCondition, Segment, SegmentReference, leaves
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import components_of, measures_of
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import source_of_metric, split, summary_dimensions

Place = tuple[str | int, ...]
NO_EVENT = "is of summary data, so no event has a value of it"


def summary_faults(view: View) -> Iterator[tuple[Place, str]]:
    """Components that do not fit rows of summary data, or events: where, sentence."""
    for name, dimension in view.dimensions.items():
        yield from ((("dimensions", name), text) for text in _group_faults(view, name, dimension))
    for place, by, text in (*_of_dimensions(view), *_of_metrics(view), *_of_derived(view)):
        if by in summary_dimensions(view):
            yield place, text.format(f"dimension '{by}' {NO_EVENT}")


def _of_dimensions(view: View) -> Iterator[tuple[Place, str, str]]:
    """The dimensions that events are asked for, and the sentence where they have none."""
    for name, dimension in view.dimensions.items():
        if dimension.persistence and dimension.persistence.binding:
            yield ("dimensions", name), dimension.persistence.binding, "persistence: {} that another could be bound to."


def _of_metrics(view: View) -> Iterator[tuple[Place, str, str]]:
    for name, metric in view.metrics.items():
        if isinstance(metric, Metric) and metric.deduplication and metric.deduplication.id:
            yield ("metrics", name), metric.deduplication.id, "deduplication: {} by which events could be told apart."
        if isinstance(metric, CalculatedMetric):
            counted = (one.name for one in components_of(parse(metric.calculate)) if one.kind == "dimension")
            yield from ((("metrics", name), by, "count_distinct: {} that could be counted; count one that groups it.") for by in counted)


def _of_derived(view: View) -> Iterator[tuple[Place, str, str]]:
    for name, field in view.derived.items():
        some = (one.id for one in field.functions if isinstance(one, Deduplicate) and one.id)
        yield from ((("derived", name), by, "deduplicate: {} by which events could be told apart.") for by in some)


def _group_faults(view: View, name: str, dimension: Dimension) -> Iterator[str]:
    group = dimension.summary_data_group
    if group is None:
        return
    if view.neighbour_of(dimension):
        yield "summary_data_group: a derived field that looks at other events has no values of single rows."
    datasets = {split(dimension.summary)[0]: name} if dimension.summary else {}
    for member in group.dimensions:
        if member not in view.dimensions:  # another's fault
            continue
        path = view.dimensions[member].summary
        if path is None:
            known = [one for one in summary_dimensions(view) if one != name]
            yield f"summary_data_group: dimension '{member}' is not of summary data. {did_you_mean(member, known)}".rstrip()
        elif (twin := datasets.setdefault(split(path)[0], member)) != member:
            yield f"summary_data_group: '{twin}' and '{member}' are both of '{split(path)[0]}', whose rows have one value here."


def report_summary_faults(report: Report, view: View, granularity: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """What a report asks that rows of summary data cannot answer: where, sentence.

    Args:
        report: the report.
        view: the view.
        granularity: per summary dataset whether a row is about an hour or a day.
    """
    formulas = view.formulas()
    sources = {
        (name, source[0])
        for name in report.metrics_used()
        for one in measures_of(name, formulas)
        if (source := source_of_metric(view, one.metric))
    }
    if report.report not in CELLS:
        yield from ((("metrics",), f"metric '{name}' {_OF_TABLES}") for name, _ in sorted(sources))
        own = {*report.dimensions_used(), *_compared_by(report, view)} & {*summary_dimensions(view)}
        yield from ((("report",), f"dimension '{name}' {_OF_TABLES}") for name in sorted(own))
    hidden = hidden_by(view)
    yield from (
        (("dimensions",), f"dimension '{name}' is hidden by the summary data group of '{hidden[name]}'; name that one.")
        for name in report.dimensions_used()
        if name in hidden
    )
    if isinstance(report, Trend) and report.compare is not None:
        yield from ((("compare",), f"metric '{name}' {_OF_ITS_RANGE}") for name, _ in sorted(sources))
    finer = report.granularity if isinstance(report, Trend) else ""
    asked = [name for name in (*report.dimensions_used(), finer) if name in OF_TIME]
    for metric, dataset in sorted(sources):
        if dataset not in granularity:  # a fault of its own
            continue
        if coarse := [name for name in asked if name not in of_time(granularity[dataset])]:
            place = ("granularity",) if finer in coarse else ("dimensions",)
            size = {"hour": "an hour", "day": "a day"}.get(granularity[dataset], granularity[dataset])
            text = f"metric '{metric}' has rows of summary data '{dataset}', each about {size}; none has one '{coarse[0]}'."
            yield place, text


_OF_TABLES = "is of summary data, which only tables and trends show: its rows have no person and no session."
_OF_ITS_RANGE = "is of summary data, which is read of the report's own range; leave compare or the metric out."


def hidden_by(view: View) -> dict[str, str]:
    """Per dimension that a summary data group hides the dimension with the group."""
    groups = {name: one.summary_data_group for name, one in view.dimensions.items()}
    return {member: name for name, group in groups.items() if group and group.hide for member in group.dimensions if member != name}


def audience_summary_faults(audience: Audience, view: View) -> Iterator[tuple[Place, str]]:
    """Conditions of an audience that no event can meet: where, sentence (publishing.md A1)."""
    for name in audience.segment_names():
        for by in sorted(_compared([SegmentReference(segment=name)], view) & {*summary_dimensions(view)}):
            yield ("segments",), f"segment '{name}': dimension '{by}' {NO_EVENT} that makes members."


def _compared_by(report: Report, view: View) -> set[str]:
    """The dimensions that a report's segments and conditions compare, those of named segments too."""
    named = (*report.segments_used(), *(name for name in report.names_used() if name in view.segments))
    uses = [one if isinstance(one, Segment) else SegmentReference(segment=one) for one in (*report.segments, *named)]
    return _compared([*uses, *report.conditions()], view)


def _compared(conditions: Iterable[Spec], view: View) -> set[str]:
    graph = {name: _segments(one) for name, one in view.segments.items()}
    some = [*conditions]
    named = set().union(*map(_segments, some))
    some += [view.segments[name] for name in named.union(*(reached(one, graph) for one in named)) if name in view.segments]
    return {leaf.dimension for one in some for leaf in leaves(one) if isinstance(leaf, DimensionCondition | Changes)}


def _segments(condition: Spec) -> set[str]:
    return {leaf.segment for leaf in leaves(condition) if isinstance(leaf, SegmentReference)}
