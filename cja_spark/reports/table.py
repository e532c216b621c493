"""Table: metrics by the values of one or more dimensions, with its own total and the rest as *other* (rules T, M6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, sums_per_code
from cja_spark.reports.ask import REPORTS, Ask, Kind, Names, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.measures import DISTINCT, base_metrics, in_total, per_code, shown
from cja_spark.reports.spec import Report
from cja_spark.spec import AsTuple, Name
from cja_spark.view.spec import Metric, View

TOTAL = 100  # measures from here on are totals of the measure below


class Table(Report):
    """Metrics by the values of dimensions."""

    report: Literal["table"] = "table"
    dimensions: Annotated[tuple[Name, ...], AsTuple] = Field(default=(), max_length=4)
    metrics: Annotated[tuple[Name, ...], AsTuple] = Field(default=("events", "people", "sessions"), min_length=1)
    rows: int = Field(default=50, ge=1, le=50_000)
    sort: Name | None = None
    include_no_value: bool = True

    def metrics_used(self) -> tuple[str, ...]:
        """The columns, and what rows are sorted by."""
        return tuple(dict.fromkeys((*self.metrics, *((self.sort,) if self.sort else ()))))

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are."""
        return self.dimensions


def kernel(seen: Seen) -> Cells:
    """Sum each base metric per combination of values, and once over all events of the table.

    Source: T1-T3; M6: a metric above an item dimension goes in full to each distinct value of the event.
        Decision: without *no value*, the total of a metric on the items counts the items that have values, so that
        the rows of an additive column sum to it.
    """
    ask = seen.ask
    report: Table = ask.report  # type: ignore[assignment]
    cells = Cells()
    mask = seen.masked()
    at, keys, items = _rows(seen, report, mask)
    metrics = base_metrics(report.metrics_used(), ask.view)
    total_mask = mask if report.include_no_value or not keys else _touched(mask, at)
    for measure, metric in enumerate(metrics):
        if items is not None and not report.include_no_value and _pairs(seen, report, metric):
            amount = float(np.nansum(seen.journeys.item_amounts(metric).values[items]))
        else:
            amount = in_total(seen, metric, total_mask)
        cells.add(TOTAL + measure, amount)
    if not keys or len(at) == 0:
        return cells
    values, codes = _combined(keys)
    for measure, metric in enumerate(metrics):
        amounts = _amounts(seen, report, metric, (at, codes, items), len(values[0]))
        cells.add(measure, amounts, *values)
    return cells


def _touched(mask: Bools, at: Ints) -> Bools:
    touched = np.zeros(len(mask), bool)
    touched[at] = True
    return touched


def _array(seen: Seen, report: Table) -> str | None:
    """The one item-grain dimension that decides the grain of rows, if there is one."""
    return next((name for name in report.dimensions if seen.journeys.is_list(f"d_{name}")), None)


def _rows(seen: Seen, report: Table, mask: Bools) -> tuple[Ints, list[Ints], Ints | None]:
    """Rows of the table before summing: event positions, one key per dimension, and the item each row is.

    An event without items gives no row; an item without a value gives a row of *no value*.
    """
    array = _array(seen, report)
    items = None
    if array is None:
        at = np.flatnonzero(mask)
        keys = [seen.journeys.ids(name)[at] for name in report.dimensions]
    else:
        grain = seen.journeys.items(array)
        event = grain.event_of_item()
        items = np.flatnonzero(mask[event])
        at = event[items]
        keys = [
            seen.journeys.items(name).values[items]
            if seen.journeys.is_list(f"d_{name}")
            else seen.journeys.ids(name)[at]
            for name in report.dimensions
        ]
    if not report.include_no_value and keys:
        kept = np.logical_and.reduce([key != 0 for key in keys])
        at, keys, items = at[kept], [key[kept] for key in keys], None if items is None else items[kept]
    return at, keys, items


def _combined(keys: list[Ints]) -> tuple[list[Ints], npt.NDArray[np.int32]]:
    """Number the distinct combinations of keys: per dimension the value of each, and each row's number."""
    if len(keys) == 1:
        values, codes = coded(keys[0])
        return [values], codes
    parts = [coded(key) for key in keys]
    joint = np.zeros(len(keys[0]), np.int64)
    for values, codes in parts:
        joint = joint * len(values) + codes
    distinct, codes = coded(joint)
    found: list[Ints] = []
    for values, _ in reversed(parts):
        found.insert(0, values[distinct % len(values)])
        distinct = distinct // len(values)
    return found, codes


def _amounts(seen: Seen, report: Table, metric: str, rows: tuple[Ints, Any, Ints | None], size: int) -> Any:  # noqa: ANN401
    at, codes, items = rows
    if items is None:
        return per_code(seen, metric, at, codes, size)
    if _pairs(seen, report, metric):
        return sums_per_code(codes, seen.journeys.item_amounts(metric).values[items], size)
    joint = at * np.int64(size) + codes
    _, first = np.unique(joint, return_index=True)
    first.sort()
    return per_code(seen, metric, at[first], codes[first], size)


def _pairs(seen: Seen, report: Table, metric: str) -> bool:
    """Whether a metric lies on the array of the item dimension, so that both pair item by item."""
    array = _array(seen, report)
    return metric in seen.ask.view.metrics and _array_path(seen.ask.view, metric) == seen.ask.array_of(array or "")


def _array_path(view: View, metric: str) -> str:
    found = view.metrics[metric]
    return found.field.split("[]", 1)[0] if isinstance(found, Metric) and "[]" in found.field else ""


def finish(sums: Sums, ask: Ask, names: Names) -> pa.Table:
    """Rank, cut, name and total the rows.

    Columns: row_kind string (total, item, other), one string per dimension, one double per metric.
    Ties:    T4: by metric descending, then by the bytes of the values.
    """
    report: Table = ask.report  # type: ignore[assignment]
    metrics = base_metrics(report.metrics_used(), ask.view)
    width = len(report.dimensions)
    by_key: dict[tuple[int, ...], dict[str, float | None]] = {}
    if width:
        for measure, metric in enumerate(metrics):
            for key, amount in sums.by_key(measure, width).items():
                by_key.setdefault(key, {})[metric] = amount
    totals = {metric: sums.total(TOTAL + measure) for measure, metric in enumerate(metrics)}
    kept, rest = _ranked(by_key, report, ask, names)
    rows = [{"row_kind": "total", **dict.fromkeys(report.dimensions), **_columns(report, ask, totals)}]
    rows += [{"row_kind": "item", **texts, **_columns(report, ask, by_key[key])} for key, texts in kept]
    if rest:
        other = _columns(report, ask, _other(metrics, [by_key[key] for key in rest], ask, report))
        rows.append({"row_kind": "other", **dict.fromkeys(report.dimensions), **other})
    schema = [("row_kind", pa.string()), *((name, pa.string()) for name in report.dimensions)]
    return pa.Table.from_pylist(rows, pa.schema([*schema, *((name, pa.float64()) for name in report.metrics)]))


def _columns(report: Table, ask: Ask, amounts: dict[str, Any]) -> dict[str, float | None]:
    return {name: shown(name, ask.view, amounts) for name in report.metrics}


def _ranked(
    by_key: dict[tuple[int, ...], dict[str, float | None]], report: Table, ask: Ask, names: Names
) -> tuple[list[tuple[tuple[int, ...], dict[str, str]]], list[tuple[int, ...]]]:
    """The rows that are shown, named, and the keys of the rest. Only rows that can be shown are named."""
    sort = report.sort or report.metrics[0]
    ranks = {key: shown(sort, ask.view, amounts) for key, amounts in by_key.items()}
    order = sorted(by_key, key=lambda key: -_rank(ranks[key]))
    if len(order) > report.rows:
        last = _rank(ranks[order[report.rows - 1]])
        named = [key for key in order if _rank(ranks[key]) >= last]
    else:
        named = order
    texts = _texts(named, report, ask, names)
    named.sort(key=lambda key: (-_rank(ranks[key]), [text.encode() for text in texts[key].values()], key))
    kept = named[: report.rows]
    chosen = set(kept)
    return [(key, texts[key]) for key in kept], [key for key in by_key if key not in chosen]


def _rank(amount: float | None) -> float:
    return float("-inf") if amount is None else amount


def _texts(keys: list[tuple[int, ...]], report: Table, ask: Ask, names: Names) -> dict[tuple[int, ...], dict[str, str]]:
    known = {
        name: names(name, np.unique(np.array([key[at] for key in keys], np.int64)))
        for at, name in enumerate(report.dimensions)
    }
    return {
        key: {
            name: known[name].get(key[at], ask.view.no_value) if key[at] else ask.view.no_value
            for at, name in enumerate(report.dimensions)
        }
        for key in keys
    }


def _other(
    metrics: tuple[str, ...], rest: list[dict[str, float | None]], ask: Ask, report: Table
) -> dict[str, float | None]:
    """Sum of the rows that are not shown; null where rows cannot be added (T2)."""
    return {
        metric: sum(row.get(metric) or 0.0 for row in rest) if additive(metric, report, ask) else None
        for metric in metrics
    }


def additive(metric: str, report: Table, ask: Ask) -> bool:
    """Whether the rows of a column add up: not people, not sessions, not a metric above an item dimension (T2)."""
    if metric in DISTINCT:
        return False
    arrays = {array for name in report.dimensions if (array := ask.array_of(name))}
    if not arrays:
        return True
    return metric in ask.view.metrics and _array_path(ask.view, metric) in arrays


REPORTS.register("table")(Kind(Table, kernel, finish))
