"""Rows of a retention: who starts, who is back per return and period, in all and per value at the start (rule C5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums
from cja_spark.reports.include_no_value import shows
from cja_spark.reports.kind import Names
from cja_spark.reports.retention_cells import BACK, BY_VALUE, RESERVED, STARTED

if TYPE_CHECKING:
    from cja_spark.reports.retention import Retention

Row = dict[str, Any]
Counts = Mapping[tuple[int, ...], float]  # by period and return
_COLUMNS = {
    "row_kind": pa.string(), "breakdown": pa.string(), "step_name": pa.string(), "elapsed": pa.int64(), "label": pa.string(),
    "people": pa.float64(), "retention_rate": pa.float64(),
}  # fmt: skip


def finish(sums: Sums, ask: Ask[Retention], names: Names) -> pa.Table:
    """Those who start in time, those of them who are back per return and period, and those who start too late; then the same of each value.

    Columns: row_kind string (total, then `on` or `on_or_after`, reserved; then value, and other), breakdown string (where one is asked),
        the value at the start, null in rows of all and of the others together; step_name string (where several returns are asked), the return, elapsed
        bigint (periods, from 0) and label string (all three null but of periods), people double (not additive: a person is back in several
        periods), retention_rate double, the share of those who start in time (null where none does, and of those reserved).
    """
    report = ask.report
    rows = [*_of_some(report, ("total", report.mode), None, sums.total(STARTED), sums.by_key(BACK, 2))]
    rows.append({"row_kind": "reserved", "people": sums.total(RESERVED)})
    if report.breakdown:
        rows += _of_values(sums, ask, names)
    left_out = {*(() if report.breakdown else ("breakdown",)), *(() if report.returns else ("step_name",))}
    return pa.Table.from_pylist(rows, pa.schema([(name, kind) for name, kind in _COLUMNS.items() if name not in left_out]))


def _of_some(report: Retention, kinds: tuple[str, str], value: str | None, started: float, back: Counts) -> Iterator[Row]:
    """Who of some start, and who is back, return by return; x/0 is null."""
    yield {"row_kind": kinds[0], "breakdown": value, "people": started, "retention_rate": 1.0 if started else None}
    for number, step in enumerate(report.returning()):
        people = np.array([back.get((period, number), 0.0) for period in range(report.buckets + 1)])
        if report.mode == "on_or_after":
            people = np.cumsum(people[::-1])[::-1]
        for period, count in enumerate(people.tolist()):
            yield {
                "row_kind": kinds[1], "breakdown": value, "step_name": step.name(), "elapsed": period, "label": report.label_of(period),
                "people": count, "retention_rate": count / started if started else None,
            }  # fmt: skip


def _of_values(sums: Sums, ask: Ask[Retention], names: Names) -> Iterator[Row]:
    """The rows of each value that is shown, and of the others together where each person has one value.

    Decision: of several values at the start a person counts with each, so the others together would be no number of people.
    """
    report, started = ask.report, {value: people for (value,), people in sums.by_key(BY_VALUE + STARTED).items()}
    if not shows(report.include_no_value, report.breakdown, ask.view):
        started.pop(0, None)
    back: defaultdict[int, dict[tuple[int, ...], float]] = defaultdict(dict)
    for (value, *key), people in sums.by_key(BY_VALUE + BACK, 3).items():
        back[value][tuple(key)] = people
    shown = _shown(started, ask, names)
    for value, text in shown:
        yield from _of_some(report, ("value", "value"), text, started[value], back[value])
    rest = [value for value in started if value not in dict(shown)]
    if rest and not ask.arrays_of_dimension(report.breakdown or ""):
        yield from _of_some(report, ("other", "other"), None, sum(started[value] for value in rest), _added([back[value] for value in rest]))


def _added(some: Sequence[Counts]) -> Counts:
    counts: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for one in some:
        for key, people in one.items():
            counts[key] += people
    return counts


def _shown(started: Mapping[int, float], ask: Ask[Retention], names: Names) -> list[tuple[int, str]]:
    """Values that are shown and their texts: by how many start with them, descending, then value bytes."""
    report, breakdown = ask.report, ask.report.breakdown or ""
    least = sorted(started.values(), reverse=True)[: report.rows][-1] if started else 0
    some = [value for value, people in started.items() if people >= least]  # only what can be shown is named
    texts, nothing = names(breakdown, np.array(some, np.int64)), ask.view.no_value_of(breakdown)
    named = {value: texts.get(value, nothing) if value else nothing for value in some}
    order = sorted(some, key=lambda value: (-started[value], named[value].encode(), value != 0))
    return [(value, named[value]) for value in order[: report.rows]]
