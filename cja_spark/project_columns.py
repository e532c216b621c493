"""Columns that reports have of their own: their names, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cja_spark.project_uses import Use
from cja_spark.reports.own_columns import Column, WithColumns
from cja_spark.reports.spec import Report
from cja_spark.view.formula.parse import parse
from cja_spark.view.formula.uses import components_of
from cja_spark.view.spec import STANDARD_METRICS, View
from cja_spark.view.standard import STANDARD_DIMENSIONS

Place = tuple[str | int, ...]


def columns_in(report: Report) -> Mapping[str, Column]:
    """The columns that only a report has."""
    return report.columns if isinstance(report, WithColumns) else {}


def column_uses(report: Report) -> Iterator[Use]:
    """Names that the columns of a report are made of: components of the view."""
    for name, column in columns_in(report).items():
        if column.calculate is not None:
            for one in components_of(parse(column.calculate)):
                yield Use(one.kind, one.name, one.role, name, column.calculate, one.at)
            continue
        yield Use("metric", str(column.metric), "attributed" if column.attribution else "")
        yield from (Use("segment", segment) for segment in column.segments)


def column_faults(reports: Mapping[str, Report], view: View) -> Iterator[tuple[str, Place, str]]:
    """Columns whose name something else has: the report's name, the place in its file, and why.

    Decision: the columns of all reports of a project have different names, unless they are the same, for tables of several
    reports are joined, and `cja explain component` knows them by their names.
    """
    taken = {name.lower(): f"a metric of the view, '{name}'," for name in (*STANDARD_METRICS, *view.metrics)}
    taken |= {name.lower(): f"a dimension, '{name}'," for name in (*STANDARD_DIMENSIONS, *view.dimensions)}
    first: dict[str, tuple[str, Column]] = {}
    for of, report in reports.items():
        for name, column in columns_in(report).items():
            there = first.setdefault(name.lower(), (of, column))
            if what := taken.get(name.lower()):
                yield of, ("columns", name), f"columns: '{name}' is {what} already; give the column another name."
            elif there[1] != column:
                yield of, ("columns", name), f"columns: '{name}' is another column in the report '{there[0]}'; give one of them another name."
