"""Reading summary datasets for reports: the rows of a time are few and come to the driver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError
from cja_spark.journeys.fields import leaf, number_of, text_of
from cja_spark.journeys.summary_rows import NO_SUMMARIES, Summaries, Summary
from cja_spark.lake import Lake
from cja_spark.sources.names import storable_name
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import columns_of_dimension, source_of_metric


def read_summaries(
    lake: Lake, view: View, datasets: Iterable[str], granularity: Mapping[str, str], start: int, end: int
) -> Summaries:
    """The rows of some summary datasets in a time, with all components that a view has of them.

    Args:
        lake: the lake.
        view: the view.
        datasets: the datasets.
        granularity: per dataset whether a row is about an hour or a day.
        start: ms UTC.
        end: ms UTC, the first instant after the time.

    Raises:
        MissingColumnError: a dataset has no such column.
        InputError: a column holds no single value, or a metric no number.
    """
    found, sources = {}, {}
    for name in datasets:
        table = lake.summary(name)
        version = table.version()
        if version < 0:  # nothing came yet
            continue
        rows = table.read(version)
        found[name] = summary_of(rows, view, name, granularity[name], start, end)
        sources[name] = f"{name} {rows.agg(F.max('load')).collect()[0][0]}"  # what is there is of the loads up to this one
    return Summaries(found, sources) if found else NO_SUMMARIES


def summary_of(rows: DataFrame, view: View, dataset: str, granularity: str, start: int, end: int) -> Summary:
    """The rows of one dataset in a time."""
    dimensions = {name: own[dataset] for name in view.dimensions if dataset in (own := columns_of_dimension(view, name))}
    sources = {name: source_of_metric(view, name) for name in view.metrics}
    metrics = {name: source[1] for name, source in sources.items() if source and source[0] == dataset}
    columns = {f"d_{name}": _text(rows.schema, name, path) for name, path in dimensions.items()}
    columns |= {f"m_{name}": _amount(rows.schema, name, path) for name, path in metrics.items()}
    t = F.unix_millis("ts")
    some = rows.where((t >= start) & (t < end)).select(t.alias("t"), *(one.alias(name) for name, one in columns.items())).toArrow()
    texts = {name: _whole(some[f"d_{name}"]) for name in dimensions}
    amounts = {name: some[f"m_{name}"].to_pandas().to_numpy(np.float64) for name in metrics}
    return Summary.of(some["t"].to_numpy().astype(np.int64), granularity, texts, amounts)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([*(chunk.cast(pa.string()) for chunk in column.chunks), pa.array([], pa.string())])


def _column(schema: T.StructType, component: str, path: str) -> tuple[Column, T.DataType]:
    where = f"component '{component}'"
    stored = storable_name(path)
    kind, reached = leaf(f"source_{stored}" if stored.lower() in ("load", "ts") else stored, schema, where)
    if isinstance(kind, T.ArrayType | T.StructType | T.MapType) or "[]" in stored:
        raise InputError(f"{where}: '{path}' is {kind.simpleString()}, not one value.")
    return F.col(reached), kind


def _text(schema: T.StructType, component: str, path: str) -> Column:
    return text_of(_column(schema, component, path)[0])


def _amount(schema: T.StructType, component: str, path: str) -> Column:
    column, kind = _column(schema, component, path)
    if not isinstance(kind, T.NumericType | T.StringType | T.BooleanType):
        raise InputError(f"component '{component}': '{path}' is {kind.simpleString()}, no number.")
    return number_of(column, kind)


def newest_summary(lake: Lake, datasets: Iterable[str]) -> datetime | None:
    """The first instant of the newest hour or day of some summary datasets; None when nothing came yet."""
    tables = [table for name in datasets if (table := lake.summary(name)).exists()]
    newest = [row[0] for table in tables for row in table.read().agg(F.max(F.unix_micros("ts"))).collect() if row[0] is not None]
    return datetime.fromtimestamp(max(newest) / 1e6, UTC) if newest else None
