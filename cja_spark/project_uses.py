"""Uses: the names that a view, a report or an audience takes from elsewhere, and what each must be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from cja_spark.audiences.spec import Audience
from cja_spark.project_formulas import formula_components
from cja_spark.reports.spec import Report
from cja_spark.spec import Spec
from cja_spark.view.components import Metric
from cja_spark.view.condition import DimensionCondition, MetricCondition, Segment, all_sequences, leaves
from cja_spark.view.derived.deduplicate import Deduplicate
from cja_spark.view.formula.uses import measures_of
from cja_spark.view.persistence import OnMetric, Persistence
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import View
from cja_spark.view.standard import NOT_COMPARED, STANDARD_DIMENSIONS, TIMES
from cja_spark.view.summary import SummaryMetric


class Use(NamedTuple):
    """One name that is used.

    Attributes:
        kind: what has the name, in the analyst's words.
        name: the name.
        role: what it must be besides: `condition`, `step`, `start` and `expiry` take no calculated metric, `one_value`,
            `non_repeating`, `distance` and `id` no dimension inside an array,
            `set_before` none with attribution, `checkpoint` no segment of persons, `compared` none of too many times, `bound` one of fields,
            `attributed` only a metric of a field, `totalled` none that runs over rows, `ranks` none that depends on
            their order.
        metric: the calculated metric in whose formula the name stands, if it does.
        formula: its formula.
        at: the name's first character in it, from 1.
    """

    kind: str
    name: str
    role: str = ""
    metric: str = ""
    formula: str = ""
    at: int = 0


KINDS = ("metric", "dimension", "segment", "derived field")


def another_kind(use: Use, known: Mapping[str, Collection[str]]) -> str:
    """Say what a name is that is not of the kind that its place needs, such as ``: it is a metric.``; empty when nothing has it.

    Args:
        use: the name and the kind.
        known: names by kind.
    """
    if use.kind not in (*KINDS, "metric or segment"):
        return ""
    others = (kind for kind in KINDS if use.name in known.get(kind, ()))
    found = next(others, "dimension" if use.name in STANDARD_DIMENSIONS else "")
    return f": it is a {found}." if found else ""


def view_uses(view: View) -> Iterator[Use]:
    """Names that a view's own components refer to."""
    yield from _metric_uses(view)
    yield from (Use("account dataset", name) for name in (view.person_id,) if name)
    yield from (Use("metric", name, "start") for name in view.session.starts_with)
    for use in view.view_segments:
        yield from _condition_uses(use) if isinstance(use, Segment) else (Use("segment", use),)
    for segment in view.segments.values():
        yield from _condition_uses(segment)
    for dimension in view.dimensions.values():
        if dimension.persistence:
            yield from _persistence_uses(dimension.persistence)
        for kind in ("lookup", "profile", "account", "summary"):
            if path := getattr(dimension, kind):
                yield Use(f"{kind} dataset", path.split(".", 1)[0])
        if dimension.summary_data_group:
            yield from (Use("dimension", name) for name in dimension.summary_data_group.dimensions)
    yield from _derived_uses(view)


def _derived_uses(view: View) -> Iterator[Use]:
    components = (*view.dimensions.values(), *view.metrics.values())
    yield from (Use("derived field", name) for one in components if (name := getattr(one, "derived", None)))
    for derived in view.derived.values():
        yield from (Use("lookup dataset", one.dataset) for one in derived.lookups())
        yield from (Use("profile dataset", path.split(".", 1)[0]) for path in derived.profiles())
        yield from (Use("dimension", one.id, "id") for one in derived.functions if isinstance(one, Deduplicate) and one.id)


def _metric_uses(view: View) -> Iterator[Use]:
    for metric in view.metrics.values():
        if isinstance(metric, Metric) and metric.deduplication and metric.deduplication.id:
            yield Use("dimension", metric.deduplication.id, "id")
        if isinstance(metric, SummaryMetric):
            yield Use("summary dataset", metric.summary.split(".", 1)[0])
    for name, formula, one in formula_components(view):
        yield Use(one.kind, one.name, one.role, name, formula, one.at)


def _persistence_uses(how: Persistence) -> Iterator[Use]:
    if isinstance(how.expiration, OnMetric):
        yield Use("metric", how.expiration.metric, "expiry")
    if how.binding is not None:
        yield Use("dimension", how.binding, "bound")
    if how.binding_metric is not None:
        yield Use("metric", how.binding_metric, "expiry")


def report_uses(report: Report) -> Iterator[Use]:
    """Names that a report reads, those of its conditions too; segments of the view are not looked into."""
    yield from (Use("metric", name) for name in report.metrics_used())
    yield from (Use("metric", name, "condition") for name in report.metrics_of_events())
    yield from (Use("dimension", name) for name in report.dimensions_used())
    if sort := report.sorted_by():
        yield Use("metric", sort, "ranks")
    beside = {*report.dimensions_combined()}
    if len(beside) > 1 and beside & ({*STANDARD_DIMENSIONS} - {*TIMES}):
        yield from (Use("metric", name, "set_before") for name in report.metrics_used())
    yield from (Use("dimension", name, "one_value") for name in report.single_valued())
    yield from (Use("segment", name) for name in report.segments_used())
    yield from (Use("metric or segment", name, "step") for name in report.names_used())
    for use in report.segments:
        if isinstance(use, Segment):
            yield from _condition_uses(use)
        else:
            yield Use("segment", use)
    for condition in report.conditions():
        yield from _condition_uses(condition)


MOST_DERIVED = 5


def derived_shown(report: Report, view: View) -> str | None:
    """Refuse a table of more derived fields than there may be."""
    formulas = view.formulas()
    summed = {one.metric for name in report.metrics_used() for one in measures_of(name, formulas)}
    metrics = [view.metrics[name] for name in summed if name in view.metrics]
    components = (*metrics, *(view.dimensions[name] for name in report.dimensions_used() if name in view.dimensions))
    made = sorted({name for one in components if (name := getattr(one, "derived", None))})
    if report.report != "table" or len(made) <= MOST_DERIVED:
        return None
    return f"{len(made)} derived fields ({', '.join(made)}); a table has {MOST_DERIVED} at most."


def audience_uses(audience: Audience) -> Iterator[Use]:
    """Names that an audience is made of, and where it goes."""
    yield from (Use("segment", name) for name in audience.segment_names())
    yield from (Use("sink", name) for name in audience.sinks)


def _condition_uses(condition: Spec) -> Iterator[Use]:
    checkpoints = {part for sequence in all_sequences(condition) for part in sequence.checkpoints()}
    for leaf in leaves(condition):
        if isinstance(leaf, MetricCondition):
            yield Use("metric", leaf.metric, "condition")
        elif isinstance(leaf, DimensionCondition):
            yield Use("dimension", leaf.dimension, "non_repeating" if leaf.model == "non_repeating" else "")
            if leaf.dimension in NOT_COMPARED and not {"exists", "distinct"} & {*leaf.operators()}:
                yield Use("dimension", leaf.dimension, "compared")
        elif isinstance(leaf, Changes):
            yield Use("dimension", leaf.dimension, "distance")
        else:
            yield Use("segment", leaf.segment, "checkpoint" if leaf in checkpoints else "")
