"""Functions of experiments in views and reports: what their metrics must be, and which reports have a control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.project_uses import Use
from cja_spark.reports.spec import Report
from cja_spark.view.context import labelled, variant_among
from cja_spark.view.formula.experiments import CONTAINERS
from cja_spark.view.formula.uses import controls_of
from cja_spark.view.spec import View
from cja_spark.view.standard import SESSION_TYPES

COUNTED = {"people": "people", "sessions": "sessions", **dict.fromkeys(SESSION_TYPES, "sessions")}
PARTS = {"people": "a person", "sessions": "a session"}


def measurable(name: str, container: str, parts: Mapping[str, tuple[str, ...]], attributed: bool) -> str | None:
    """Refuse a metric that a unit of an experiment has no amount of.

    Args:
        name: the metric.
        container: what it is counted per: people, sessions or events.
        parts: per calculated metric the metrics it is made of.
        attributed: whether the metric has an attribution.
    """
    if name in parts:
        made = ", ".join(f"'{part}'" for part in parts[name]) or "numbers"
        return f"metric '{name}' is calculated from sums, so no {_one(container)} has it; name a metric of events. It is made of {made}."
    if attributed:
        return f"metric '{name}' has attribution, which credits other events; an experiment takes a metric without."
    unit = COUNTED.get(name)
    if unit and CONTAINERS.index(unit) < CONTAINERS.index(container):
        return f"metric '{name}' counts {unit}, and {PARTS[unit]} has several {container}; normalize it by {unit}."
    return None


def _one(container: str) -> str:
    return {"people": "person", "sessions": "session", "events": "event"}[container]


def experiment_faults(report: Report, view: View) -> Iterator[tuple[Use, str]]:
    """Metrics of a report that compare its rows with a control, where no row can be one: the use, the sentence."""
    formulas, dimensions = view.formulas(), report.dimensions_used()
    if variant_among(dimensions, view.dimensions) is not None:
        return
    for name in report.metrics_used():
        if controls := sorted(controls_of(name, formulas)):
            yield Use("metric", name, "compared"), _no_control(name, controls[0], dimensions, view)


def _no_control(name: str, control: str, dimensions: tuple[str, ...], view: View) -> str:
    what = f"metric '{name}' compares rows with the control '{control}'"
    if not dimensions:
        return f"{what}; it needs a table of the dimension that has the variants."
    found = labelled("variant", view.dimensions)
    there = f"'{found}' has the label, and is not in the table." if found else "Label the one that has the variants with context: variant."
    return f"{what}, and the table has {len(dimensions)} dimensions. {there}"
