"""Staging: the rows of a load, conformed, one payload type for all, cheap to read several times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.conform import Conformed
from cja_spark.connection.keys import conform_items
from cja_spark.connection.load import Load
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import EVENT_COLUMNS
from cja_spark.errors import EVENTS_TABLE
from cja_spark.lake import Lake
from cja_spark.scratch import freeze, remove_folder, work_folder
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.parquet import ROW
from cja_spark.sources.read import read_items
from cja_spark.sources.types import Sides, merged_structs, shaped


@dataclass(frozen=True)
class Staged:
    """What a load brings.

    Attributes:
        datasets: per event dataset its conformed rows; (file, row) names a row.
        payload: the type of `payload` in all of them.
        newest: time of the newest usable event in µs, of the datasets that were parsed; None where none is usable.
        parsed: the number of their rows.
    """

    datasets: dict[str, DataFrame]
    payload: T.StructType
    newest: dict[str, int | None]
    parsed: int

    def arriving(self) -> int:
        """The number of rows; of columnar files only their figures are read."""
        in_place = [rows.select("dataset") for name, rows in self.datasets.items() if name not in self.newest]
        return self.parsed + (reduce(DataFrame.unionByName, in_place).count() if in_place else 0)

    def fields(self) -> list[str]:
        """Columns of the payload that events keep."""
        return [field.name for field in self.payload.fields if field.name != CORRUPT]


@contextmanager
def staged(lake: Lake, connection: Connection, load: Load, files_root: str) -> Iterator[Staged]:
    """Conform the event rows of a load.

    Text formats are parsed once, into a table that is dropped at the end; columnar files are read where they lie.

    Raises:
        MissingColumnError, TypeConflictError: nothing was written yet.
    """
    before = _payload_before(lake, load)
    found: dict[str, Conformed] = {}
    in_place: set[str] = set()
    for position, (name, dataset) in enumerate(connection.datasets.items()):
        if name in connection.events() and load.of(name):
            rows = read_items(lake.spark, dataset.source, files_root, load.of(name))
            events = connection.events()[name]
            found[name] = conform_items(lake.spark, rows, load.of(name), name, position, events, before)
            if ROW in rows.columns:
                in_place.add(name)
    payload = _payload_type(before, found)
    datasets: dict[str, DataFrame] = {}
    times: dict[str, int | None] = {}
    parsed = 0
    folder = work_folder(lake, "_staging/connect")
    try:
        for name, conformed in found.items():
            rows = conformed.rows.withColumn("payload", shaped(F.col("payload"), conformed.payload, payload))
            if name not in in_place:
                rows, times[name], count = _parsed(lake, f"{folder}/{name}", rows)
                parsed += count
            datasets[name] = rows
        yield Staged(datasets, payload, times, parsed)
    finally:
        if found.keys() - in_place:
            remove_folder(lake, folder)


def newest() -> Column:
    """Over conformed rows the time of the newest usable one, in µs."""
    return F.max(F.when(F.col("reason").isNull(), F.unix_micros("ts"))).alias("newest")


def _parsed(lake: Lake, folder: str, rows: DataFrame) -> tuple[DataFrame, int | None, int]:
    """The written copy of parsed rows, the newest time in it and their number."""
    seen = Observation()
    copy = freeze(lake, folder, rows.observe(seen, newest(), F.count("*").alias("rows")), again=True)
    return copy, seen.get.get("newest"), seen.get.get("rows", 0)  # of a source without rows nothing is observed


def _payload_before(lake: Lake, load: Load) -> T.StructType:
    """The type of what earlier loads brought, of any dataset."""
    if load.full or not lake.events.exists():
        return T.StructType()
    return T.StructType([field for field in lake.events.read().schema.fields if field.name not in EVENT_COLUMNS])


def _payload_type(before: T.StructType, found: dict[str, Conformed]) -> T.StructType:
    """One type for the payload of all datasets and of the events that are there."""
    payload, first = before, EVENTS_TABLE
    for name, conformed in found.items():
        both = merged_structs(payload, conformed.payload, Sides(first, name))
        payload, first = both, name if not payload.fields else first
    return payload
