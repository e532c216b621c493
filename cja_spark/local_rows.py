"""Plain Python rows as a DataFrame, sent to the JVM as Arrow: no Python worker starts when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema


def local_rows(spark: SparkSession, rows: Sequence[tuple[Any, ...]], schema: T.StructType) -> DataFrame:
    """A DataFrame of plain rows.

    Rows:    One per tuple, values in the order of the schema; structs are tuples too.
    Columns: The schema's; a datetime without a zone is UTC.
    Raises:  ValueError: a required column is null.
    """
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in schema.fields]
    arrays = []
    for values, field, kind in zip(columns, schema.fields, to_arrow_schema(schema), strict=True):
        if not field.nullable and any(value is None for value in values):
            raise ValueError(f"column '{field.name}' is required and a row has none.")
        arrays.append(pa.array([_plain(value, field.dataType) for value in values], type=kind.type))
    return spark.createDataFrame(pa.Table.from_arrays(arrays, schema=to_arrow_schema(schema)), schema)


def _plain(value: Any, kind: T.DataType) -> Any:  # noqa: ANN401 - any value a column can hold
    """A value as Arrow takes it: structs by name, instants with their zone."""
    if value is None:
        return None
    if isinstance(kind, T.StructType):
        return {
            field.name: _plain(part, field.dataType) for field, part in zip(kind.fields, tuple(value), strict=True)
        }
    if isinstance(kind, T.ArrayType):
        return [_plain(part, kind.elementType) for part in value]
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
