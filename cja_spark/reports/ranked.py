"""The rows of a table that are shown: ranked, cut, and named (rule T4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cja_spark.journeys.batch import Floats
from cja_spark.reports.ask import Ask, Names
from cja_spark.reports.measures import shown
from cja_spark.view.formula.uses import Measure

if TYPE_CHECKING:
    from cja_spark.reports.table import Table


def ranked(
    keys: list[tuple[int, ...]], amounts: dict[Measure, Floats], grand: dict[Measure, float], ask: Ask[Table], names: Names
) -> tuple[list[int], list[tuple[str, ...]]]:
    """The places of the rows that are shown, and their texts. Only rows that can be shown are named."""
    report = ask.report
    sort = report.sorted_by()
    if not keys or sort is None:
        return [], []
    by = shown([sort], ask.view, amounts, grand, np.ones(len(keys), bool))[sort]
    ranks = np.where(np.isnan(by), -np.inf, by)
    order = np.argsort(-ranks, kind="stable")
    if len(order) > report.rows:
        order = order[ranks[order] >= ranks[order[report.rows - 1]]]
    some = [keys[at] for at in order]
    texts = dict(zip(order.tolist(), _texts(some, report, ask, names), strict=True))
    chosen = sorted(texts, key=lambda at: (-ranks[at], [text.encode() for text in texts[at]], keys[at]))[: report.rows]
    return chosen, [texts[at] for at in chosen]


def _texts(keys: list[tuple[int, ...]], report: Table, ask: Ask, names: Names) -> list[tuple[str, ...]]:
    nothing = [ask.view.no_value_of(name) for name in report.dimensions]
    known = [
        names(name, np.unique(np.array([key[at] for key in keys], np.int64))) for at, name in enumerate(report.dimensions)
    ]
    return [
        tuple(one.get(value, label) if value else label for one, value, label in zip(known, key, nothing, strict=True))
        for key in keys
    ]
