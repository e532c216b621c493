"""Texts of dimensions from the dictionaries of event files: Arrow reads each once per row group, not per event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from cja_spark.journeys.fields import Field, leaf
from cja_spark.journeys.reader import open_parquet
from cja_spark.journeys.worker import prepare_worker
from cja_spark.table_schema import schema

ROWS_PER_BATCH = 10_000
SCHEMA = schema("dimension string not null, value string not null")
_ARROW = pa.schema([pa.field(name, pa.string(), nullable=False) for name in SCHEMA.names])


def is_plain(field: Field, events: T.StructType) -> bool:
    """Whether a dimension's values lie in event files as texts, one per event."""
    if field.lookup or field.arrays or field.formula:
        return False
    return isinstance(leaf(field.path, events, f"dimension '{field.component}'")[0], T.StringType)


def texts_of_files(spark: SparkSession, files: Sequence[str], fields: Iterable[Field]) -> DataFrame:
    """Texts of some dimensions as event files hold them, blank ones too.

    Rows:    One or more per (dimension, text).
    Columns: returns dimension, value string.
    Raises:  When it is run, InputError that begins with CANNOT_OPEN where executors cannot open the files.
    """
    paths = {field.component: field.path for field in fields}
    tasks = min(2 * spark.sparkContext.defaultParallelism, len(files))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        for batch in batches:
            for at in batch.column(0).to_pylist():
                yield from texts_of_file(files[at], paths)

    return spark.range(0, len(files), 1, max(tasks, 1)).mapInArrow(run, SCHEMA)


def texts_of_file(uri: str, paths: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Distinct texts of some dimensions in each row group of a file; a file without a column has none.

    Args:
        uri: the file.
        paths: per dimension where its texts lie.
    """
    leaves = _leaves(open_parquet(uri))
    there = {dimension: path for dimension, path in paths.items() if path in leaves}
    file = open_parquet(uri, list(there.values()))
    for group in range(file.num_row_groups):
        for dimension, path in there.items():
            for texts in _distinct(file, group, path):
                yield from _batches(dimension, texts)


def _leaves(file: pq.ParquetFile) -> set[str]:
    return {file.schema.column(at).path for at in range(len(file.schema))}


def _distinct(file: pq.ParquetFile, group: int, path: str) -> Iterator[pa.Array]:
    first, *inner = path.split(".")
    column = file.read_row_group(group, [path], use_threads=False)[first]
    for name in inner:
        column = pc.struct_field(column, name)
    for chunk in column.chunks:
        yield chunk.dictionary if pa.types.is_dictionary(chunk.type) else pc.unique(chunk)


def _batches(dimension: str, texts: pa.Array) -> Iterator[pa.RecordBatch]:
    texts = texts.drop_null().cast(pa.string())
    for at in range(0, len(texts), ROWS_PER_BATCH):
        some = texts.slice(at, ROWS_PER_BATCH)
        yield pa.RecordBatch.from_arrays([pa.repeat(dimension, len(some)), some], schema=_ARROW)
