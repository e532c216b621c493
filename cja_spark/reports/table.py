"""Table: metrics by the values of one or more dimensions, with its own total and the rest as *other* (rules T, M6)."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.errors import did_you_mean
from cja_spark.journeys.batch import Bools, Ints
from cja_spark.kernels.counting import coded, first_per_code
from cja_spark.reports.ask import REPORTS, Ask, Kind, Names, Seen
from cja_spark.reports.cells import Cells, Sums
from cja_spark.reports.credited import Credits, attribution_of, credits
from cja_spark.reports.measures import DISTINCT, base_metrics, in_total, shown
from cja_spark.reports.spec import Report
from cja_spark.reports.table_rows import Rows, amounts_of_rows, overlaps, table_rows
from cja_spark.spec import AsTuple, EachOnce, Name, as_tuple
from cja_spark.view.arrays import is_all_values
from cja_spark.view.spec import View

TOTAL, GRAND_TOTAL = 1_000_000, 2_000_000  # measures from here on are totals of the measures below


def _included(value: object) -> object:
    if value is not None and not isinstance(value, bool | list | tuple):
        raise ValueError(f"'{value}' is neither true nor false nor a list of the table's dimensions.")
    return as_tuple(value)


IncludeNoValue = Annotated[
    bool | tuple[Name, ...], BeforeValidator(_included, json_schema_input_type=bool | list[Name])
]


class Table(Report):
    """Metrics by the values of dimensions.

    `include_no_value` says whether what has no value is a row, for all dimensions or for those in a list; without a word
    each dimension says it (`no_value: {show: false}`).
    """

    report: Literal["table"] = "table"
    dimensions: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=(), max_length=4)
    metrics: Annotated[tuple[Name, ...], AsTuple, EachOnce] = Field(default=("events", "people", "sessions"), min_length=1)
    rows: int = Field(default=50, ge=1, le=50_000)
    sort: Name | None = None
    include_no_value: IncludeNoValue | None = None

    @model_validator(mode="after")
    def _of_the_table(self) -> Self:
        shown = self.include_no_value if isinstance(self.include_no_value, tuple) else ()
        for name in shown:
            if name not in self.dimensions:
                raise ValueError(f"include_no_value: '{name}' is no dimension of the table. {did_you_mean(name, self.dimensions)}".rstrip())
        return self

    def settled(self, view: View) -> Self:
        """With the dimensions of which what has no value is a row."""
        if self.include_no_value is not None:
            return self
        shown = tuple(name for name in self.dimensions if view.shows_no_value(name))
        return self.model_copy(update={"include_no_value": shown if 0 < len(shown) < len(self.dimensions) else shown == self.dimensions})

    def effective(self) -> Self:
        """With what has no value, where nothing hides it."""
        return self if self.include_no_value is not None else self.model_copy(update={"include_no_value": True})

    def metrics_used(self) -> tuple[str, ...]:
        """The columns, and what rows are sorted by."""
        return tuple(dict.fromkeys((*self.metrics, *((self.sort,) if self.sort else ()))))

    def credited_dimension(self) -> str | None:
        """The one that rows are of; several take no attribution."""
        return self.dimensions[0] if len(self.dimensions) == 1 else None

    def dimensions_used(self) -> tuple[str, ...]:
        """What rows are."""
        return self.dimensions


def hidden_in(ask: Ask[Table]) -> tuple[str, ...]:
    """The dimensions whose *no value* is not in the table.

    Source: T3, O8.
    """
    shown = ask.report.settled(ask.view).include_no_value
    if isinstance(shown, bool):
        return () if shown else ask.report.dimensions
    return tuple(name for name in ask.report.dimensions if name not in (shown or ()))


def kernel(seen: Seen[Table]) -> Cells:
    """Sum each base metric per combination of values, and once over all events of the table.

    Source: T1-T3; M6: amounts pair with values by the arrays both lie in.
    """
    ask = seen.ask
    report = ask.report
    cells, hidden = Cells(), hidden_in(ask)
    mask = seen.masked()
    rows = table_rows(seen, report.dimensions, mask, hidden=hidden)
    metrics = base_metrics(report.metrics_used(), ask.view)
    total_mask = mask if not hidden else _touched(mask, rows.at)
    for measure, metric in enumerate(metrics):
        if how := attribution_of(ask, metric):
            total = _credited(cells, measure, credits(seen, metric, how), in_total(seen, metric, mask), hidden=bool(hidden))
        else:
            total = _total(seen, metric, rows, total_mask, hidden=bool(hidden))
        cells.add(TOTAL + measure, total)
        if hidden:
            cells.add(GRAND_TOTAL + measure, in_total(seen, metric, mask))
    if not rows.keys or len(rows.at) == 0:
        return cells
    values, codes = combined(rows.keys)
    for measure, metric in enumerate(metrics):
        if attribution_of(ask, metric):
            cells.add(measure, np.zeros(len(values[0])), *values)  # what is there is a row, also without credit
            continue
        cells.add(measure, amounts_of_rows(seen, metric, rows, codes, len(values[0])), *values)
    return cells


def _credited(cells: Cells, measure: int, given: Credits, whole: float, *, hidden: bool) -> float:
    """Add the cells of a metric with attribution; returns its total.

    Source: A5. Decision: without *no value*, the total is of the conversions that a value came before.
    """
    some = given.amounts != 0
    cells.add(measure, given.amounts[some], given.values[some])
    if hidden:
        return given.with_touch
    if given.nobody:
        cells.add(measure, [given.nobody], [0])
    return whole


def _total(seen: Seen[Table], metric: str, rows: Rows, mask: Bools, *, hidden: bool) -> float:
    """The total of a metric.

    Source: T3. Decision: without *no value*, the total of an additive metric on items counts the items that have
        values, so that the rows of its column sum to it.
    """
    if rows.items and hidden and additive(metric, seen.ask.report, seen.ask):
        nothing = np.zeros(len(rows.at), np.int32)
        return float(amounts_of_rows(seen, metric, rows, nothing, 1)[0])
    return in_total(seen, metric, mask)


def _touched(mask: Bools, at: Ints) -> Bools:
    touched = np.zeros(len(mask), bool)
    touched[at] = True
    return touched


def combined(keys: tuple[Ints, ...]) -> tuple[list[Ints], npt.NDArray[np.int32]]:
    """Number the distinct combinations of keys: per dimension the value of each, and each row's number."""
    if len(keys) == 1:
        values, codes = coded(keys[0])
        return [values], codes
    joint = np.zeros(len(keys[0]), np.int32)
    for key in keys:  # numbered anew after each, so that the product of two stays below 2^62
        values, codes = coded(key)
        _, joint = coded(joint.astype(np.int64) * len(values) + codes)
    first = first_per_code(np.zeros(len(joint), np.int64), joint, int(joint.max()) + 1)
    return [key[first] for key in keys], joint


def finish(sums: Sums, ask: Ask[Table], names: Names) -> pa.Table:
    """Rank, cut, name and total the rows; a grand total follows where what has no value makes another one (T3).

    Columns: row_kind string (total, grand_total, item, other), one string per dimension, one double per metric.
    Ties:    T4: by metric descending, then by the bytes of the values.
    """
    report = ask.report
    metrics = base_metrics(report.metrics_used(), ask.view)
    width = len(report.dimensions)
    by_key: dict[tuple[int, ...], dict[str, float | None]] = {}
    if width:
        for measure, metric in enumerate(metrics):
            for key, amount in sums.by_key(measure, width).items():
                by_key.setdefault(key, {})[metric] = amount
    totals = {metric: sums.total(TOTAL + measure) for measure, metric in enumerate(metrics)}
    kept, rest = _ranked(by_key, report, ask, names)
    rows: list[dict[str, Any]] = [
        {"row_kind": "total", **dict.fromkeys(report.dimensions), **_columns(report, ask, totals)}
    ]
    if hidden_in(ask):
        everything = {metric: sums.total(GRAND_TOTAL + measure) for measure, metric in enumerate(metrics)}
        grand = {**rows[0], "row_kind": "grand_total", **_columns(report, ask, everything)}
        rows += [grand] if any(_differ(rows[0][name], grand[name]) for name in report.metrics) else []
    rows += [{"row_kind": "item", **texts, **_columns(report, ask, by_key[key])} for key, texts in kept]
    if rest:
        other = _columns(report, ask, _other(metrics, [by_key[key] for key in rest], ask, report))
        rows.append({"row_kind": "other", **dict.fromkeys(report.dimensions), **other})
    schema = [("row_kind", pa.string()), *((name, pa.string()) for name in report.dimensions)]
    return pa.Table.from_pylist(rows, pa.schema([*schema, *((name, pa.float64()) for name in report.metrics)]))


def _differ(one: float | None, other: float | None) -> bool:
    """Whether two sums are not the same amount, summed in whatever order (M3)."""
    return one != other if one is None or other is None else not math.isclose(one, other, rel_tol=1e-9)


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
    nothing = {name: ask.view.no_value_of(name) for name in report.dimensions}
    return {
        key: {
            name: known[name].get(key[at], nothing[name]) if key[at] else nothing[name]
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
    """Whether the rows of a column add up: not people, not sessions, not amounts that go to several (T2)."""
    if metric in DISTINCT:
        return False
    if how := attribution_of(ask, metric):
        inside = ask.arrays_of_dimension(report.dimensions[0])
        return how.model == "algorithmic" or (how.model != "participation" and (not inside or is_all_values(inside[-1])))
    return not overlaps(ask, metric, report.dimensions)


REPORTS.register("table")(Kind(Table, kernel, finish))
