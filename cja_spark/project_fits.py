"""Whether parts that are right by themselves fit together: rules of a view, bindings, experiments, summary data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.audiences.spec import Audience
from cja_spark.configuration import Document
from cja_spark.errors import Fault
from cja_spark.project_bindings import binding_faults
from cja_spark.project_circles import circles
from cja_spark.project_conditions import condition_faults, conditions_of_report, conditions_of_view
from cja_spark.project_credit import credit_faults
from cja_spark.project_experiments import experiment_faults
from cja_spark.project_places import line_of
from cja_spark.project_rules import rule_faults
from cja_spark.project_summaries import audience_summary_faults, report_summary_faults, summary_faults
from cja_spark.project_uses import derived_shown
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.spec import Report
from cja_spark.view.spec import View


def faults_of_what_fits(
    documents: Mapping[str, Document], view: View, reports: Mapping[str, Report], audiences: Mapping[str, Audience],
    matches: Mapping[str, str], granularity: Mapping[str, str],
) -> list[Fault]:  # fmt: skip
    """Faults of a view, and of its reports and audiences.

    Args:
        documents: all files, by their place in the project's folder.
        view: the view, or what can be read of it.
        reports: the same of each report.
        audiences: the same of each audience.
        matches: per lookup dataset the field that its key matches.
        granularity: per summary dataset how fine its rows are.
    """
    whole = with_columns(view, reports.values())
    return [
        *_of_view(documents["view.yaml"], view, matches),
        *(fault for name, one in reports.items() for fault in _of_report(documents[f"reports/{name}"], one, whole, granularity)),
        *(_at(documents[f"audiences/{name}"], *found) for name, one in audiences.items() for found in audience_summary_faults(one, view)),
    ]


def _at(document: Document, path: tuple[str | int, ...], message: str) -> Fault:
    return Fault(document.file, document.line(path), message)


def _of_view(document: Document, view: View, matches: Mapping[str, str]) -> Iterator[Fault]:
    asked = condition_faults(conditions_of_view(view), view, document.value)
    for path, message in (*circles(view), *rule_faults(view), *summary_faults(view), *asked):
        yield _at(document, path, message)
    for name, message in binding_faults(view, matches):
        yield _at(document, ("dimensions", name), message)


def _of_report(document: Document, report: Report, view: View, granularity: Mapping[str, str]) -> Iterator[Fault]:
    if message := derived_shown(report, view):
        yield Fault(document.file, 1, message)
    for use, message in experiment_faults(report, view):
        yield Fault(document.file, line_of(document, use), message)
    asked = condition_faults(conditions_of_report(report), view, document.value)
    for path, message in (*credit_faults(report, view), *report_summary_faults(report, view, granularity), *asked):
        yield _at(document, path, message)
