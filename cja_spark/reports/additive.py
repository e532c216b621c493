"""Whether the rows of a table add up (rule T2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cja_spark.reports.ask import Ask
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.measures import DISTINCT
from cja_spark.reports.table_rows import arrays_of, overlaps
from cja_spark.view.arrays import of_objects
from cja_spark.view.attribution import Attribution
from cja_spark.view.formula.uses import Measure
from cja_spark.view.standard import TIMES

if TYPE_CHECKING:
    from cja_spark.reports.table import Table


def additive(measure: Measure, report: Table, ask: Ask) -> bool:
    """Whether the rows of a column add up: not people, not sessions, not amounts that go to several (T2)."""
    if measure.distinct or measure.squared_per or measure.metric in DISTINCT:
        return False
    if how := attribution_of(measure, report, ask.view):
        return credits_add_up(how, report.dimensions, ask)
    return not overlaps(ask, measure.metric, report.dimensions)


def credits_add_up(how: Attribution, dimensions: Sequence[str], ask: Ask) -> bool:
    """Whether what the values of dimensions are credited with adds up: not where an amount goes to several in full (T2, A4)."""
    if how.model in ("algorithmic", "participation"):
        return how.model == "algorithmic"
    inside = arrays_of(ask, dimensions)
    return not of_objects(inside) and (not inside or len({*dimensions} - {*TIMES}) == 1)
