"""Counts of people that figures rest on, row by row, also where no column shows them: a page hides what is about few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.kind import REPORTS, Behind, Names
from cja_spark.reports.standard import texts_with_standard
from cja_spark.view.components import CalculatedMetric
from cja_spark.view.formula.uses import Measure, controls_of, measures_of
from cja_spark.view.spec import View

__all__ = ["Behind", "people_behind"]


def people_behind(ask: Ask, sums: Sums, names: Names, shown: int) -> Behind:
    """Per calculated metric that a report shows, the smallest count of people above 0 that each of its `shown` rows is made of.

    Metrics that no people go into are not in it; null is a row whose people are not known, or nobody. A metric that
    compares rows with a control is made of the control's people too. A kind of report that knows whom its figures are about says it itself.

    Source: spec publishing, S4. Decision: the same rows with more columns, since order and rest do not depend on columns.
    """
    kind = REPORTS.named(ask.report.report)
    if kind.behind:
        return kind.behind(sums, ask, texts_with_standard(names, ask.view))
    wanted = {name: _people_of(name, ask.view) for name in getattr(ask.report, "metrics", ())}
    counts = {one: f"people {number}" for number, one in enumerate(dict.fromkeys(one for some in wanted.values() for one in some))}
    if not counts:
        return {}
    more = {name: CalculatedMetric(calculate=one) for one, name in counts.items()}
    view = ask.view.model_copy(update={"metrics": {**ask.view.metrics, **more}})
    report = ask.report.model_copy(update={"metrics": (*ask.report.metrics, *more)})  # type: ignore[attr-defined]
    rows = _as_many(kind.finish(sums, replace(ask, report=report, view=view), names), shown)
    amounts = {one: rows[name].to_pylist() for one, name in counts.items()}
    return {name: _smallest(amounts[one] for one in some) for name, some in wanted.items() if some}


def _people_of(name: str, view: View) -> tuple[str, ...]:
    """The counts of people that a calculated metric is made of, as formulas."""
    if not isinstance(view.metrics.get(name), CalculatedMetric):
        return ()
    formulas = view.formulas()
    people = [one for one in measures_of(name, formulas) if one.metric == "people"]
    controls = sorted(controls_of(name, formulas))
    return tuple(_within(text, one) for one in people for text in ("people", *(f"control_units(people, people, {_quoted(control)})" for control in controls)))


def _within(text: str, measure: Measure) -> str:
    return f"{text}[{', '.join(measure.segments)}]" if measure.segments else text


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _as_many(rows: pa.Table, shown: int) -> pa.Table:
    """A grand total that only the added columns need is no row."""
    if len(rows) == shown:
        return rows
    return rows.filter(pc.not_equal(rows["row_kind"], "grand_total"))


def _smallest(columns: Iterable[list[float | None]]) -> tuple[float | None, ...]:
    rows = zip(*columns, strict=True)
    return tuple(min((one for one in row if one is not None and one > 0), default=None) for row in rows)
