"""From a run's answers to the page's content: labels, formats, effective options, the receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import JsonValue

import cja_spark
from cja_spark.connection.spec import Connection, EventDataset, IdentityField, ProfileDataset
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake
from cja_spark.page import ColumnSpec, PageContent, Panel, Receipt
from cja_spark.page.content import Format, ReportKind
from cja_spark.plan import Answer, Run
from cja_spark.project import Project
from cja_spark.publish_attribution import column_of_attribution
from cja_spark.publish_calls import column_of_calls
from cja_spark.publish_canvas import column_of_canvas
from cja_spark.publish_columns import FIXED
from cja_spark.publish_contribution import column_of_contribution, compared_in_words, row_of_contribution
from cja_spark.publish_fallout import column_of_fallout
from cja_spark.publish_indicators import column_of_indicators, row_of_indicators
from cja_spark.publish_options import options_in_words, preset_in_words
from cja_spark.publish_paths import column_of_paths
from cja_spark.publish_query import query_of
from cja_spark.publish_sections import in_sections
from cja_spark.publish_times import column_of_times
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.canvas import Canvas
from cja_spark.reports.cohort import Cohort
from cja_spark.reports.contribution import Contribution
from cja_spark.reports.deflection import Deflection
from cja_spark.reports.engagement import Engagement
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.flow import Flow
from cja_spark.reports.growth import Growth
from cja_spark.reports.impact import Impact
from cja_spark.reports.indicators import Indicators
from cja_spark.reports.next_previous import NextPrevious
from cja_spark.reports.paths import Paths
from cja_spark.reports.results import instant
from cja_spark.reports.spec import Report
from cja_spark.reports.time_to_event import TimeToEvent
from cja_spark.reports.timeline import Timeline
from cja_spark.reports.trend import Trend
from cja_spark.table import Table
from cja_spark.view.calendar import local_day
from cja_spark.view.components import CalculatedMetric, Metric
from cja_spark.view.condition import DimensionCondition, Segment, leaves
from cja_spark.view.formula.uses import counts_people
from cja_spark.view.sequence import Changes
from cja_spark.view.spec import View
from cja_spark.view.summary import SummaryMetric

_FORMATS: Mapping[str, Format] = {"decimal": "number", "percent": "percent", "currency": "money", "time": "seconds"}
_IDENTITIES = frozenset({"person_id", "persistent_id", "own_person_id"})  # of the events table
_OfValues = Canvas | Paths | Flow | NextPrevious | Cohort | Contribution | Deflection | TimeToEvent | Indicators | AttributionPanel
_SAID_IF_ASKED = {"across", "after", "between", "breakdown", "by_segments", "columns", "columns_shown", "filter", "return", "returns", "rows"}
_SAID_ELSEWHERE = {"name", "title", "description", "segments", "report", "range", "preset"}


def page_place(out: str | None, project: str) -> Path:
    """Where the page goes when the command line does not say."""
    return Path(out) if out else Path("build") / Path(project).name / "report.html"


def page_of(lake: Lake, project: Project, run: Run) -> PageContent:
    """Everything the page shows of a run."""
    identities, plan = identities_of(project.connection), project.page
    panels = (panel_of(answer, project.view, identities).model_copy(update={"query": query_of(lake, answer)}) for answer in run.answers)
    title, receipt = plan.title or project.connection.name.replace("_", " ").title(), receipt_of(lake, run, project.connection.summaries())
    return PageContent(title=title, description=plan.description, panels=in_sections(panels, plan), receipt=receipt)


def identities_of(connection: Connection) -> frozenset[str]:
    """Paths that hold an identifier of a person or a device, as a view's dimensions write them."""
    found = set(_IDENTITIES)
    for name, dataset in connection.datasets.items():
        if isinstance(dataset, ProfileDataset):
            found |= {f"{name}.{path}" for path in _paths(dataset.person_id)}
        if isinstance(dataset, EventDataset):
            found |= {*_paths(dataset.person_id), *_paths(dataset.persistent_id)}
    return frozenset(found)


def _paths(identity: IdentityField | None) -> tuple[str, ...]:
    if identity is None or not identity.on_rows():
        return ()
    return (identity.column,) if identity.column else (identity.map_column,)


def panel_of(answer: Answer, view: View, identities: Collection[str] = _IDENTITIES) -> Panel:
    """One report: its rows, its columns with labels and formats, its options as they took effect."""
    ask, report = answer.ask, answer.ask.report
    first, last = local_day(ask.window.start, view.time_zone), local_day(ask.window.end - 1, view.time_zone)
    said = labels_of(report, view)
    named = (_named(field, report, view, identities) for field in answer.rows.schema)
    columns = (_of_values(column, report, view, identities) if isinstance(report, _OfValues) else column_of_fallout(column, report, partial(column_of, view=view, identities=identities)) if isinstance(report, Fallout) else column for column in named)
    return Panel(
        name=report.name,
        title=report.title or _sentence(report.name),
        description=report.description or "",
        report=ReportKind(report.report),
        range=f"{first} to {last} ({view.time_zone})" if ask.window.end > ask.window.start else "an empty range",
        segments=tuple(
            _in_words(use, view, identities) if isinstance(use, Segment) else use
            for use in dict.fromkeys((*view.view_segments, *report.segments))
        ),
        options=_options(answer),
        columns=tuple(c.model_copy(update={"label": said[c.name]}) if c.name in said else c for c in columns),
        rows=tuple(_spoken(row, view, report) for row in answer.rows.to_pylist()),
        behind=tuple({name: counts[at] for name, counts in answer.behind.items()} for at in range(len(answer.rows))) if answer.behind else (),
        run_id=answer.run_id,
    )


def column_of(name: str, view: View, identities: Collection[str] = _IDENTITIES) -> ColumnSpec:
    """A column's label, format, decimals and, of money, the currency that its metric or the view names."""
    if name in FIXED:
        kind, label = FIXED[name]
        return ColumnSpec(name=name, label=label, format=kind)
    entered = name.removeprefix("entry_")
    if name not in view.metric_names() and name not in view.dimensions and entered in view.dimensions:
        inner = column_of(entered, view, identities)
        return inner.model_copy(update={"name": name, "label": f"Entry {inner.label[:1].lower()}{inner.label[1:]}"})
    if name in view.dimensions:
        dimension = view.dimensions[name]
        held = any(path == one or path.startswith(f"{one}.") for path in view.paths_of(dimension) for one in identities)
        return ColumnSpec(name=name, label=_sentence(dimension.label or name), format="identifier" if held else "text")
    metric = view.metrics.get(name)
    if metric is None:
        return ColumnSpec(name=name, label=_sentence(name))
    whole = metric.format == "decimal" and metric.decimals == 0 and not isinstance(metric, SummaryMetric)  # whose rows are of nobody
    usual: Format = "count" if whole else _FORMATS[metric.format]
    shown: Format = "people" if counts_people(name, view.formulas()) else usual
    unit = (metric.currency or view.currency or "") if metric.format == "currency" else ""
    return ColumnSpec(name=name, label=_sentence(metric.label or name), format=shown, unit=unit, decimals=metric.decimals)


def _named(field: pa.Field, report: Report, view: View, identities: Collection[str]) -> ColumnSpec:
    """A column as any report has it: values of a breakdown as the dimension shows them."""
    breakdown = getattr(report, "breakdown", None) if field.name == "breakdown" else None
    return _typed(column_of(breakdown or field.name, view, identities).model_copy(update={"name": field.name}), field.type)


def _typed(column: ColumnSpec, kind: pa.DataType) -> ColumnSpec:
    """A column that nobody knows is a figure where it holds fractions: what is about few people must not show."""
    is_figure = column.format == "text" and pa.types.is_floating(kind)
    return column.model_copy(update={"format": "number"}) if is_figure else column


def _of_values(column: ColumnSpec, report: _OfValues, view: View, identities: Collection[str]) -> ColumnSpec:
    """A column of a report of values, as its kind says it."""
    shown_as = partial(column_of, view=view, identities=identities)
    if isinstance(report, TimeToEvent | Canvas):
        return column_of_times(column) if isinstance(report, TimeToEvent) else column_of_canvas(column, report, shown_as)
    if isinstance(report, Deflection):
        return column_of_calls(column, report, view, shown_as)
    if isinstance(report, Indicators):
        return column_of_indicators(column, report, shown_as)
    if isinstance(report, Contribution):
        return column_of_contribution(column, report, shown_as, _sentence)
    if isinstance(report, AttributionPanel):
        return column_of_attribution(column, report, shown_as, _sentence)
    return column_of_paths(column, report, shown_as) if isinstance(report, Paths) else _of_items(column, report, shown_as)


def _of_items(column: ColumnSpec, report: Flow | NextPrevious | Cohort, shown_as: Callable[[str], ColumnSpec]) -> ColumnSpec:
    """A column of a flow or of cohorts: values as the dimension shows them."""
    label = {"flow_item": "Item", "next_item": "Next item", **({"label": "Value"} if isinstance(report, Cohort) else {})}.get(column.name)
    return shown_as(report.dimension).model_copy(update={"name": column.name, "label": label}) if label and report.dimension else column


def labels_of(report: Report, view: View) -> Mapping[str, str]:
    """What a report calls its columns, where that depends on what was asked."""
    size = report.trend and report.trend.granularity if isinstance(report, Flow) else report.granularity if isinstance(report, Trend | Growth) else "time" if isinstance(report, Timeline) else None
    if size:
        return {"label": size.capitalize()}
    if isinstance(report, Impact):
        return {"interval": {1: "Day", 7: "Week"}.get(report.days, f"{report.days} days")}
    if isinstance(report, Engagement):
        period = report.granularity
        return {"person_periods": f"Person-{period}s", "active_periods": f"{period.capitalize()}s", "times_per_person": f"Times per person and {period}"}
    if isinstance(report, Cohort):
        rows = column_of(report.dimension, view).label if report.dimension else report.granularity.capitalize()
        return {"label": rows, "periods_after": f"{report.granularity.capitalize()}s after"}
    return {"label": report.trend.capitalize()} if isinstance(report, Fallout) and report.trend else {}


def _spoken(row: dict[str, Any], view: View, report: Report) -> dict[str, Any]:
    """A row as it is, but for a step that is a metric or a segment: it has the metric's label or its name in words."""
    if isinstance(report, Indicators):
        return row_of_indicators(row, report, view, _sentence)
    if isinstance(report, Contribution):
        return row_of_contribution(row, view, lambda name: column_of(name, view), _sentence)
    if row.get("in_segment") in view.segments:
        row = {**row, "in_segment": view.segments[row["in_segment"]].label or _sentence(row["in_segment"])}
    name = row.get("step_name")
    if name in view.metrics:
        return {**row, "step_name": column_of(name, view).label}
    return {**row, "step_name": _sentence(name)} if name in view.segments else row


def _sentence(name: str) -> str:
    """A name as a heading: its first letter large, the rest as it is."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _options(answer: Answer) -> dict[str, str | int | float | bool | None]:
    report = answer.ask.report
    options = json.loads(report.effective().model_dump_json(by_alias=True, exclude=_SAID_ELSEWHERE))
    if not answer.ask.persistent:  # nothing of this report belongs to the person
        del options["person_scope"]
    if options.get("include_no_value", True) is None:  # no rows are of a dimension
        del options["include_no_value"]
    options |= {**options_in_words(report, answer.ask.view, _sentence), **preset_in_words(report, _sentence)}
    if isinstance(report, Contribution | Trend):
        options |= compared_in_words(report, answer.ask, _sentence)
    options = {name: option for name, option in options.items() if option or name not in _SAID_IF_ASKED}
    if answer.excluded_persons:
        options |= {"excluded_persons": answer.excluded_persons, "excluded_events": answer.excluded_events}
    if answer.shared_equally:
        options["shared_equally"] = f"{answer.shared_equally:,} conversions with more values than a rate game takes"
    bad = [column_of(name, answer.ask.view).label for name in report.metrics_used() if _worsens(answer.ask.view.metrics.get(name))]
    options |= {"an_upward_trend_is_bad_of": bad} if bad else {}
    return {_sentence(key): _option(value) for key, value in options.items()}


def _worsens(metric: Metric | CalculatedMetric | SummaryMetric | None) -> bool:
    """Whether more of a metric is bad."""
    return metric is not None and metric.upward_trend == "bad"


def _in_words(segment: Segment, view: View, identities: Collection[str]) -> str:
    """A segment that is written in the report itself; what it says of an identifier stays there."""
    named = [leaf.dimension for leaf in leaves(segment) if isinstance(leaf, DimensionCondition | Changes)]
    if any(column_of(name, view, identities).format == "identifier" for name in named):
        return segment.label or "in place"
    said = {"label", "description", *(("include",) if segment.include == "everyone" else ())}
    written = json.loads(segment.model_dump_json(by_alias=True, exclude_none=True, exclude=said))
    return segment.label or f"in place: {_option(written)}"


def _option(value: JsonValue) -> str | int | float | bool | None:
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, list):
        return ", ".join(str(_option(part)) for part in value) or None
    return ", ".join(f"{key} {_option(part)}" for key, part in value.items())


def receipt_of(lake: Lake, run: Run, summaries: Iterable[str] = ()) -> Receipt:
    """What a reader must know to trust the numbers."""
    window = run.answers[0].ask.window if run.answers else None
    dropped = dropped_rows(lake)
    tables = {"events": lake.events, **{f"summary data {name}": lake.summary(name) for name in summaries}}
    there = {name: table for name, table in tables.items() if table.exists()}
    return Receipt(
        data_until=instant(window.complete) if window else None,
        events_read=run.passed.events,
        dropped=dropped,
        rows_loaded=sum(table.count() for table in there.values()) + sum(dropped.values()),
        excluded_persons=run.passed.excluded_persons,
        duration=timedelta(seconds=round(run.passed.seconds, 3)),
        versions=versions_of(lake, run, there),
    )


def versions_of(lake: Lake, run: Run, tables: Mapping[str, Table]) -> Mapping[str, str]:
    """What computed the figures, and which versions of which tables they are of."""
    journeys = {"journeys": run.journeys_version} if run.journeys_version >= 0 else {}
    versions = {**journeys, **{name: table.version() for name, table in tables.items()}}
    return {
        "cja_spark": cja_spark.__version__,
        "pyspark": lake.spark.version,
        "delta": version("delta-spark"),
        **{name: f"version {number} of the table" for name, number in versions.items()},
    }


def dropped_rows(lake: Lake) -> Mapping[str, int]:
    """Rows in quarantine by reason, the most frequent first."""
    rows = lake.table(QUARANTINE).totals(("reason",), {"count": ("count", "reason")})
    return {row["reason"]: row["count"] for row in sorted(rows, key=lambda row: (-row["count"], row["reason"]))}
