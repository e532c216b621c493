"""What a trace shows: from the names and the report that are asked for to dimensions, metrics, segments and credit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cja_spark.errors import ConfigurationError
from cja_spark.project import Project
from cja_spark.reports.compile import dimensions_read, report_leaves
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.include_no_value import IncludeNoValue
from cja_spark.reports.measures import measures
from cja_spark.reports.spec import Report
from cja_spark.reports.table import MOST_DIMENSIONS, Table
from cja_spark.reports.traced import Traced
from cja_spark.view.components import CalculatedMetric, Metric
from cja_spark.view.formula.uses import made_of
from cja_spark.view.spec import View
from cja_spark.view.standard import STANDARD_DIMENSIONS, TIMES
from cja_spark.view.summary_sources import is_of_summary, summary_dimensions


def asked_of(project: Project, names: Sequence[str], report: str | None, credit: Sequence[str]) -> Traced:
    """What a trace shows.

    Args:
        project: the project.
        names: dimensions, metrics and segments; none for all of the report, or of the view.
        report: the name of a report.
        credit: dimensions, with commas between those whose combinations are credited.

    Raises:
        ConfigurationError: a name that nothing has, or of summary data.
    """
    view = project.view
    if report is not None and report not in project.reports:
        raise ConfigurationError.unknown("report", report, project.reports)
    like = project.reports[report] if report is not None else Report(report="trace")
    wanted = tuple(dict.fromkeys(names)) or (_all(view) if report is None else _of_report(like, view))
    _require_known(wanted, view)
    dimensions = (name for name in wanted if name in view.dimensions or name in STANDARD_DIMENSIONS)
    metrics = tuple(name for name in wanted if name in view.metric_names())
    parts = measures(metrics, view)
    of_events = (one.metric for one in parts if not one.distinct and not is_of_summary(view, one.metric))
    segments = (name for name in wanted if name in view.segments)
    credited = _credit(credit, view) or _credit_of(like, metrics, view)
    return Traced(
        name="trace", range=like.range, person_scope=like.person_scope, segments=like.segments,
        dimensions=_once(dimensions, (one.distinct for one in parts if one.distinct), (name for names in credited for name in names)),
        metrics=_once(of_events), marks=_once(segments, (name for one in parts for name in one.segments)),
        asked=metrics, credit=credited, rows=like.dimensions_used() if isinstance(like, Table) and metrics else (),
    )  # fmt: skip


def tables_of(project: Project, asked: Traced, report: str | None) -> list[Table]:
    """The tables whose cells a trace explains: one of each combination of dimensions that is credited, or the total alone."""
    if not asked.asked:
        return []
    like = project.reports[report] if report is not None else None
    shown = _no_value_of(like, project.view) if isinstance(like, Table) else {}
    return [
        Table(
            range=asked.range, person_scope=asked.person_scope, segments=asked.segments, metrics=asked.asked, dimensions=names,
            include_no_value=shown.get(names),
        ).settled(project.view)
        for names in dict.fromkeys(asked.credit or shown or (asked.rows,))
    ]  # fmt: skip


def _no_value_of(like: Table, view: View) -> dict[tuple[str, ...], IncludeNoValue | None]:
    """The tables that a report is made of, by their dimensions, and whether what has no value is a row of each.

    A dimension on the columns makes three of one: of the rows, of rows beside columns, of the columns. The last one is left out where rows without
    a value are hidden: a column then has what is in its rows alone, which is told beside them.
    """
    if like.across is None:
        return {like.dimensions: like.include_no_value}
    settled = like.settled(view).include_no_value
    names = settled if isinstance(settled, tuple) else like.dimensions if settled else ()
    columns: dict[tuple[str, ...], IncludeNoValue | None] = {(like.across,): True} if len(names) == len(like.dimensions) else {}
    return {like.dimensions: like.include_no_value, (*like.dimensions, like.across): (*names, like.across), **columns}


def formulas_of(asked: Traced, view: View) -> dict[str, str]:
    """The formulas of the calculated metrics that are shown, and of those that they are made of."""
    formulas = view.formulas()
    names = dict.fromkeys(made for name in asked.asked for made in made_of(name, formulas))
    return {name: one.calculate for name in names if isinstance(one := view.metrics[name], CalculatedMetric)}


def units_of(asked: Traced, view: View) -> dict[str, str]:
    """What amounts are of, where they are no plain numbers."""
    found = {}
    for name in dict.fromkeys((*asked.metrics, *asked.asked)):
        one = view.metrics.get(name)
        how = "time" if name == "time_spent_seconds" else one.format if one else "decimal"
        if how != "decimal":
            currency = getattr(one, "currency", None) or view.currency or "money"
            found[name] = {"time": "seconds", "percent": "1 is 100 %", "currency": currency}[how]
    return found


def _once(*names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))


def _require_known(names: Sequence[str], view: View) -> None:
    known = (*view.dimensions, *STANDARD_DIMENSIONS, *view.metric_names(), *view.segments)
    for name in names:
        if name not in known:
            raise ConfigurationError.unknown("component", name, known)
        if name in view.metrics and is_of_summary(view, name):
            raise ConfigurationError(f"'{name}' is of summary data, whose rows have no person; name a metric of events.")
        if name in summary_dimensions(view):
            raise ConfigurationError(f"'{name}' is of summary data, whose rows have no person; name a dimension of events.")


def _credit(credit: Sequence[str], view: View) -> tuple[tuple[str, ...], ...]:
    """The combinations of dimensions that are written, each once."""
    found = [tuple(dict.fromkeys(name.strip() for name in one.split(","))) for one in credit]
    known = (*view.dimensions, *STANDARD_DIMENSIONS)
    for names in found:
        for name in names:
            if name not in known:
                raise ConfigurationError.unknown("dimension", name, known)
        if len(names) > MOST_DIMENSIONS:
            raise ConfigurationError(f"--credit {','.join(names)}: a table has {MOST_DIMENSIONS} dimensions at most.")
        if len(names) > 1 and (own := [name for name in names if name in STANDARD_DIMENSIONS and name not in TIMES]):
            raise ConfigurationError(f"--credit {','.join(names)}: every event has its own '{own[0]}'; beside others only dimensions of time are credited.")
    return tuple(dict.fromkeys(found))


def _credit_of(like: Report, metrics: Sequence[str], view: View) -> tuple[tuple[str, ...], ...]:
    """The rows of the report, where some metric credits them in its own way."""
    found = like.credited_dimensions()
    every = tuple(_no_value_of(like, view)) if isinstance(like, Table) else (found,)
    return every if found and any(attribution_of(one, like, view) for one in measures(metrics, view)) else ()


def _of_report(like: Report, view: View) -> tuple[str, ...]:
    """What a report shows, and what its segments, steps and conditions ask."""
    segments = (use for use in (*view.view_segments, *like.segments, *like.segments_used(), *like.names_used()) if isinstance(use, str))
    dimensions = (*like.dimensions_used(), *like.credited_dimensions(), *dimensions_read(like, view))
    metrics = (*like.metrics_used(), *like.names_used(), *_compared(like, view))
    hidden = {*summary_dimensions(view), *(name for name in view.metrics if is_of_summary(view, name))}
    known = {*view.dimensions, *STANDARD_DIMENSIONS, *view.metric_names(), *view.segments} - hidden
    return tuple(name for name in dict.fromkeys((*dimensions, *metrics, *segments)) if name in known)


def _compared(like: Report, view: View) -> Iterator[str]:
    """Metrics that conditions compare."""
    return (metric for leaf in report_leaves(like, view) if (metric := getattr(leaf, "metric", None)) is not None)


def _all(view: View) -> tuple[str, ...]:
    metrics = (name for name, metric in view.metrics.items() if isinstance(metric, Metric))
    return (*(name for name, one in view.dimensions.items() if not one.summary), *metrics, *view.segments)
