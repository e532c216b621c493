"""Options of a report on the page that are said in other words than they are written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cja_spark.publish_attribution import models_in_words
from cja_spark.publish_calls import steps_of_calls
from cja_spark.publish_times import steps_of_times
from cja_spark.reports.attribution import AttributionPanel
from cja_spark.reports.canvas import Canvas
from cja_spark.reports.cohort import Cohort
from cja_spark.reports.cohort_criteria import Criteria
from cja_spark.reports.deflection import Deflection
from cja_spark.reports.engagement import Engagement
from cja_spark.reports.fallout import Fallout
from cja_spark.reports.fallout_steps import Step
from cja_spark.reports.frequency import Frequency
from cja_spark.reports.growth import Growth
from cja_spark.reports.impact import Impact
from cja_spark.reports.indicators import Indicators
from cja_spark.reports.overlap import Overlap
from cja_spark.reports.own_columns import WithColumns
from cja_spark.reports.presets import effect
from cja_spark.reports.retention import Retention
from cja_spark.reports.row_segments import row_text
from cja_spark.reports.spec import Report
from cja_spark.reports.table import Table
from cja_spark.reports.time_to_event import TimeToEvent
from cja_spark.reports.timeline import Timeline
from cja_spark.view.spec import View
from cja_spark.words.condition import condition_in_words


def options_in_words(report: Report, view: View, sentence: Callable[[str], str]) -> dict[str, Any]:
    """The options of a report that are said in other words than they are written in.

    Args:
        report: the report.
        view: the view, for what its containers are called.
        sentence: makes a name a heading.
    """
    if isinstance(report, Fallout):
        return {"container": view.containers.named(report.container), **_of_fallout(report, sentence)}
    if isinstance(report, Deflection):
        return steps_of_calls(report, sentence)
    if isinstance(report, TimeToEvent | AttributionPanel):
        own_words = steps_of_times(report, sentence) if isinstance(report, TimeToEvent) else models_in_words(report, sentence)
        return {"container": view.containers.named(report.container), **own_words}
    if isinstance(report, Overlap | Frequency | Engagement | Canvas):
        return _of_own_steps(report, sentence)
    if isinstance(report, Retention | Cohort | Growth | Impact):
        indicators = {"indicators": [sentence(one.name()) for one in report.indicators]} if isinstance(report, Impact) else {}
        parts = _of_parts(report, sentence) if isinstance(report, Retention) else {}
        return {**indicators, **parts, **{name: sentence(one.name()) for name, one in _criteria(report).items()}}
    own = _of_columns(report, sentence) if isinstance(report, WithColumns) else {}
    own |= _of_persons(report) if isinstance(report, Timeline) else {}
    own |= {"filter": [condition_in_words(one) for one in report.filter]} if isinstance(report, Table) else {}
    return own | ({"by_segments": ", ".join(map(row_text, report.by_segments))} if isinstance(report, Table | Indicators) else {})


def _of_own_steps(report: Overlap | Frequency | Engagement | Canvas, sentence: Callable[[str], str]) -> dict[str, Any]:
    """What the report asks of events, by its setting."""
    if isinstance(report, Canvas):
        return {name: step and sentence(step.name()) for name, step in (("exits", report.exits), ("enters", report.enters), ("errors", report.errors))}
    return {"sets" if isinstance(report, Overlap) else "events": [sentence(one.name()) for one in report.own_steps()]}


def _of_persons(report: Timeline) -> dict[str, Any]:
    """How many persons are named; who they are is not on the page."""
    return {"persons": f"{len(report.persons)} that are named", "people": None, "sample": None} if report.persons else {}


def _of_columns(report: WithColumns, sentence: Callable[[str], str]) -> dict[str, Any]:
    """The columns of the report alone, with what each is."""
    return {"columns": [f"{column.label or sentence(name)}: {column.formula()}" for name, column in report.columns.items()]}


def _of_parts(report: Retention, sentence: Callable[[str], str]) -> dict[str, Any]:
    """Several returns by their names; without a breakdown there are no rows of values."""
    return {"returns": [sentence(one.name()) for one in report.returns], **({} if report.breakdown else {"rows": None})}


def _criteria(report: Retention | Cohort | Growth | Impact) -> dict[str, Step | Criteria]:
    """What somebody has to do, or to have in a period."""
    if isinstance(report, Impact):
        return {} if report.first_use is None else {"first_use": report.first_use}
    if isinstance(report, Growth):
        return {"active": report.active}
    if isinstance(report, Cohort):
        return dict(zip(("inclusion", "return"), report.criteria(), strict=True))
    return {"start": report.start, **({} if report.returns else {"return": report.returning()[0]})}


def preset_in_words(report: Report, sentence: Callable[[str], str]) -> dict[str, Any]:
    """A report's preset, which options are as it says, and which are otherwise; nothing of a report without one.

    Args:
        report: the report.
        sentence: makes a name a heading.
    """
    if report.preset is None:
        return {}
    same, others = effect(report)
    named = {"set_by_the_preset": [*same], "other_than_the_preset": [*others]}
    words = {key: ", ".join(sentence(name).lower() for name in sorted(names)) for key, names in named.items() if names}
    return {"preset": report.preset, **words}


def _of_fallout(report: Fallout, sentence: Callable[[str], str]) -> dict[str, Any]:
    """Its steps in a few words, and what must not happen between them."""
    places = [one.steps_of(len(report.steps)) for one in report.exclude]
    words = [f"{sentence(one.name())} between steps {a} and {b}" for one, (a, b) in zip(report.exclude, places, strict=True)]
    around = {name: f"{what.items} values of {sentence(what.dimension)}{', events without one passed over' if what.include_no_value is False else ''}" for name, what in (("between", report.between), ("after", report.after)) if what}
    return {"steps": [sentence(step.name()) for step in report.steps], "exclude": words, **around}
