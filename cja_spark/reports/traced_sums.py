"""What one person gives to the cells of a table: the sums of all parts of its columns, also of calculated metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from cja_spark.journeys.batch import Floats
from cja_spark.reports.ask import Seen
from cja_spark.reports.cells import Sums
from cja_spark.reports.credited import attribution_of
from cja_spark.reports.kind import Names
from cja_spark.reports.measures import measures, most_keys, shown, spoken
from cja_spark.reports.row_filter import row_filter
from cja_spark.reports.table import Table
from cja_spark.reports.table_cells import GRAND_TOTAL, TOTAL, kernel
from cja_spark.reports.table_sums import per_key, totals_of
from cja_spark.reports.traced import texts_of
from cja_spark.view.formula.uses import Measure, is_of_each_row, measures_of
from cja_spark.view.formula.written import measure_text
from cja_spark.view.summary_sources import is_of_summary

COLUMNS = pa.schema(
    [
        ("dimensions", pa.list_(pa.string())), ("row_kind", pa.string()), ("values", pa.list_(pa.string())),
        ("metric", pa.string()), ("part", pa.string()), ("amount", pa.float64()),
    ]
)  # fmt: skip
Keys = list[tuple[int, ...]]


def traced_sums(tables: Sequence[Seen[Table]], texts: Names) -> pa.Table:
    """What a person gives to each row of some tables, by the parts that its columns are made of.

    Args:
        tables: the journey of one person as tables see it, one of each combination of dimensions.
        texts: texts of shown values.

    Rows:    per table its total, a grand total where what has no value makes another one, and the rows to which the person
        gives something, in the order of their texts; of each one per metric and part. The last part of a metric is the
        metric itself, computed from this person's sums alone. What other persons or rows decide is null: a rate game,
        metrics with functions over rows, with experiments, of summary data.
    Columns: dimensions list of string, row_kind string (total, grand_total, item), values list of string, metric string,
        part string, amount double.
    """
    rows = [row for seen in tables for row in _of_table(seen, texts)]
    return pa.Table.from_pylist(rows, COLUMNS)


def _of_table(seen: Seen[Table], texts: Names) -> list[dict[str, object]]:
    report, view = seen.ask.report, seen.ask.view
    found = measures(report.metrics, view)
    sums = Sums(pa.Table.from_batches([*kernel(seen).batches(0, most_keys([seen.ask]))]))
    keys, amounts = per_key(sums, found, {}, len(report.dimensions))
    totals = totals_of(sums, found, TOTAL)
    grand = totals_of(sums, found, GRAND_TOTAL) if row_filter(seen.ask) else totals
    columns = {one: np.array([totals[one], grand[one], *amounts[one]]) for one in found}
    for one in found:
        columns[one][_unknown(seen, one, len(keys))] = np.nan
    parts = _parts(seen, columns, grand, len(keys))
    said = _said(seen, keys, texts)
    places = [("total", None, 0), *([("grand_total", None, 1)] if grand != totals else [])]
    items = sorted((text, at + 2) for at, text in enumerate(said) if any(column[at + 2] != 0 for column in columns.values()))
    return [
        {"dimensions": report.dimensions, "row_kind": kind, "values": values, "metric": metric, "part": part, "amount": _number(column[at])}
        for kind, values, at in (*places, *(("item", text, at) for text, at in items))
        for metric, part, column in parts
    ]


def _parts(seen: Seen[Table], columns: Mapping[Measure, Floats], grand: Mapping[Measure, float], keys: int) -> list[tuple[str, str, Floats]]:
    """Per metric its parts and at last the metric itself, each a column of the total, the grand total and all items."""
    view, formulas = seen.ask.view, seen.ask.view.formulas()
    items = np.array([False, False, *[True] * keys])
    own = shown(seen.ask.report.metrics, view, columns, grand, items)
    found: list[tuple[str, str, Floats]] = []
    for name in seen.ask.report.metrics:
        if name in formulas:
            found += [(name, measure_text(one), spoken(one, columns[one])) for one in measures_of(name, formulas)]
        known = own[name] if is_of_each_row(name, formulas) else np.full(len(items), np.nan)
        found.append((name, name, known))
    return found


def _unknown(seen: Seen[Table], measure: Measure, keys: int) -> np.ndarray:
    """The places of a measure's column that this person does not tell: bool[total, grand total, items]."""
    how = attribution_of(measure, seen.ask.report, seen.ask.view)
    of_all = how is not None and how.game == "rate_game"
    everywhere = not measure.distinct and is_of_summary(seen.ask.view, measure.metric)
    return np.array([everywhere or (of_all and bool(row_filter(seen.ask))), everywhere, *[everywhere or of_all] * keys], bool)


def _said(seen: Seen[Table], keys: Keys, texts: Names) -> list[tuple[str, ...]]:
    """The texts of rows, what has no value by its label."""
    names = seen.ask.report.dimensions
    ids = [np.array([key[at] for key in keys], np.int64) for at in range(len(names))]
    nothing = [seen.ask.view.no_value_of(name) for name in names]
    columns = [
        [label if text is None else text for text in texts_of(one, name, texts)] for one, name, label in zip(ids, names, nothing, strict=True)
    ]
    return list(zip(*columns, strict=True)) if names else [()] * len(keys)


def _number(amount: float) -> float | None:
    return None if np.isnan(amount) else float(amount)
