"""From a run's answers to the page's content: labels, formats, effective options, the receipt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyspark.sql import functions as F

from cja_spark.lake import Lake
from cja_spark.page import ColumnSpec, PageContent, Panel, Receipt
from cja_spark.plan import Answer, Run
from cja_spark.project import Project
from cja_spark.reports.results import instant
from cja_spark.view.calendar import local_day
from cja_spark.view.condition import Segment
from cja_spark.view.spec import View

_FORMATS = {"decimal": "number", "percent": "percent", "currency": "money", "time": "seconds"}
_FIXED = {
    "people": "people", "fallout_people": "people", "open_people": "people", "events": "count", "sessions": "count",
    "session_starts": "count", "session_ends": "count", "bounces": "count", "step": "text", "bounce_rate": "percent",
    "percent_of_previous": "percent", "percent_of_total": "percent", "time_spent_seconds": "seconds",
    "mean_session_seconds": "seconds", "sessions_per_person": "number", "events_per_session": "number",
    "bucket": "time", "row_kind": "text", "label": "text", "step_name": "text", "breakdown": "text",
}  # fmt: skip


def page_place(out: str | None, project: str) -> Path:
    """Where the page goes when the command line does not say."""
    return Path(out) if out else Path("build") / Path(project).name / "report.html"


def page_of(lake: Lake, project: Project, run: Run) -> PageContent:
    """Everything the page shows of a run."""
    return PageContent(
        title=project.connection.name.replace("_", " ").title(),
        panels=tuple(panel_of(answer, project.view) for answer in run.answers),
        receipt=receipt_of(lake, run),
    )


def panel_of(answer: Answer, view: View) -> Panel:
    """One report: its rows as they are, its columns with labels and formats, its options as they took effect."""
    ask, report = answer.ask, answer.ask.report
    options = json.loads(report.model_dump_json(by_alias=True, exclude={"name", "title", "description", "segments"}))
    if answer.excluded_persons:
        options |= {"excluded_persons": answer.excluded_persons, "excluded_events": answer.excluded_events}
    first, last = local_day(ask.window.start, view.time_zone), local_day(ask.window.end - 1, view.time_zone)
    return Panel(
        name=report.name,
        title=report.title or report.name.replace("_", " ").capitalize(),
        description=report.description or "",
        report=report.report,  # type: ignore[arg-type]
        range=f"{first} to {last} ({view.time_zone})" if ask.window.end > ask.window.start else "an empty range",
        segments=tuple("in place" if isinstance(use, Segment) else use for use in report.segments),
        options={key: _option(value) for key, value in options.items()},
        columns=tuple(column_of(name, view) for name in answer.rows.column_names),
        rows=tuple(answer.rows.to_pylist()),
    )


def column_of(name: str, view: View) -> ColumnSpec:
    """A column's label and format."""
    label = name.replace("_", " ")
    if name in _FIXED:
        return ColumnSpec(name=name, label=label, format=_FIXED[name])  # type: ignore[arg-type]
    if name in view.dimensions:
        return ColumnSpec(name=name, label=view.dimensions[name].label or label)
    metric = view.metrics.get(name)
    if metric is None:
        return ColumnSpec(name=name, label=label)
    kind = "count" if metric.format == "decimal" and metric.decimals == 0 else _FORMATS[metric.format]
    return ColumnSpec(name=name, label=metric.label or label, format=kind, unit="USD" if kind == "money" else "")  # type: ignore[arg-type]


def _option(value: Any) -> str | int | float | bool | None:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, str | int | float | bool | None) else json.dumps(value)


def receipt_of(lake: Lake, run: Run) -> Receipt:
    """What a reader must know to trust the numbers."""
    window = run.answers[0].ask.window if run.answers else None
    return Receipt(
        data_until=instant(window.complete) if window else None,
        rows_read=run.passed.events,
        dropped=dropped_rows(lake),
        excluded_persons=run.passed.excluded_persons,
        duration=timedelta(seconds=round(run.passed.seconds, 3)),
        run_id=run.answers[0].run_id if run.answers else "",
    )


def dropped_rows(lake: Lake) -> Mapping[str, int]:
    """Rows in quarantine by reason."""
    from cja_spark.connection.tables import QUARANTINE

    rows = lake.table(QUARANTINE).read()
    if "reason" not in rows.columns:
        return {}
    return {
        row["reason"]: row["count"] for row in rows.groupBy("reason").count().orderBy(F.col("count").desc()).collect()
    }
