"""Summary data: rows without a person, each about an hour or a day, appended once per load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.conform import DATED, path_column, timestamp_of, unusable_time
from cja_spark.connection.dropped import may_have_dropped
from cja_spark.connection.load import Load
from cja_spark.connection.numbers import Path, as_it_came, not_a_number, stored, stored_type, text_paths
from cja_spark.connection.spec import Connection, SummaryDataset
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake
from cja_spark.sources.items import FILE
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.read import ADDED, read_items
from cja_spark.sources.types import Sides, merged_structs, shaped, widened
from cja_spark.table import Table

RESERVED = ("load", "ts")
ZONED = r"[Zz]\s*$|:\d{1,2}.*[A-Za-z+\-]"  # a text says its zone behind its time of day


@dataclass(frozen=True)
class SummaryRows:
    """What a load brings of one summary dataset.

    Attributes:
        name: the dataset.
        rows: ts, reason, payload (the row in its table's type), the file, and the texts that could not be read.
        kind: the type of `payload`: all columns that the dataset ever had.
        seen: how many rows cannot be used, once they were read.
    """

    name: str
    rows: DataFrame
    kind: T.StructType
    seen: Observation = field(default_factory=Observation)

    def usable(self, load: Load) -> DataFrame:
        """Rows as the table has them; those that cannot be used are counted on the way.

        Rows:    One per usable source row.
        Columns: returns load, ts, the payload's.
        """
        counted = self.rows.observe(self.seen, F.count("reason").alias("dropped")).where(F.col("reason").isNull())
        number = F.lit(load.number).cast("bigint").alias("load")
        return counted.select(number, "ts", *(F.col(f"payload.`{one.name}`").alias(one.name) for one in self.kind.fields))

    def unusable(self, load: Load) -> DataFrame:
        """Rows for quarantine, each with its reason and as it came.

        Rows:    One per source row that cannot be used.
        Columns: returns those of quarantine.
        """
        return self.rows.where(F.col("reason").isNotNull()).select(
            F.lit(load.number).cast("bigint").alias("load"), F.lit(self.name).alias("dataset"), "reason",
            F.col(FILE).alias("file"), F.when(F.year("ts") <= 9999, F.col("ts")).alias("ts"),
            F.lit(None).cast("string").alias("event_id"), F.coalesce("_came", F.to_json("payload")).alias("raw"),
        )  # fmt: skip


def check_summaries(lake: Lake, connection: Connection, load: Load, files_root: str) -> tuple[SummaryRows, ...]:
    """Read the summary rows of a load once, so that what cannot be loaded is found before any write.

    Raises:
        MissingColumnError: a dataset names a column that its rows do not have.
        TypeConflictError: a column has another type than in earlier loads, and neither holds the other.
    """
    found = tuple(
        _conformed(lake, load, read_items(lake.spark, dataset.source, files_root, load.of(name)), name, dataset)
        for name, dataset in connection.summaries().items()
        if load.of(name)
    )
    for one in found:
        one.rows.write.format("noop").mode("overwrite").save()
    return found


def _conformed(lake: Lake, load: Load, rows: DataFrame, name: str, dataset: SummaryDataset) -> SummaryRows:
    there = T.StructType() if load.replaces(name) else lake.summary(name).read().schema
    known = T.StructType([one for one in there.fields if one.name not in RESERVED])
    texts = text_paths(rows.schema, dataset.numbers, name, known)
    when, kind = path_column(dataset.timestamp, rows.schema, f"dataset '{name}', timestamp")
    ts = first_instant(when, kind, dataset.granularity, dataset.time_zone)
    fields = [one for one in rows.schema.fields if one.name not in ADDED]
    own = T.StructType([T.StructField(_stored(one.name), stored_type(one.dataType, texts, (one.name,))) for one in fields])
    parts = [stored(F.col(f"`{one.name}`"), one.dataType, texts, (one.name,)).alias(_stored(one.name)) for one in fields]
    payload = merged_structs(known, own, Sides(None, name))
    corrupt = F.col(CORRUPT) if CORRUPT in rows.columns else F.lit(None).cast("string")
    conformed = rows.select(
        ts.alias("ts"), _reason(unusable_time(when, kind, ts), corrupt, texts).alias("reason"),
        shaped(F.struct(*parts), own, payload).alias("payload"), FILE,
        (F.coalesce(corrupt, as_it_came(texts)) if texts else corrupt).alias("_came"),
    )  # fmt: skip
    return SummaryRows(name, conformed, payload)


def _reason(of_time: Column, corrupt: Column, texts: Sequence[Path]) -> Column:
    found = F.when(corrupt.isNotNull(), "unreadable_row").otherwise(of_time)
    return F.coalesce(found, F.when(not_a_number(texts), "not_a_number")) if texts else found


def _stored(name: str) -> str:
    return f"source_{name}" if name.lower() in RESERVED else name


def first_instant(column: Column, kind: T.DataType, granularity: str, zone: str) -> Column:
    """The first instant of the hour or day of a time zone that a time lies in; null where the value explains no instant.

    A date, and a text or timestamp without a zone, is of this time zone; an instant, such as epoch seconds, is everywhere
    the same.
    """
    ts = timestamp_of(column, kind)
    local = F.lit(isinstance(kind, T.TimestampNTZType | T.DateType))
    if isinstance(kind, T.StringType):
        local = F.trim(column).rlike(DATED) & ~column.rlike(ZONED)
    instant = F.when(local, F.to_utc_timestamp(ts, zone)).otherwise(ts)
    wall = F.from_utc_timestamp(instant, zone)
    if granularity == "day":
        return F.to_utc_timestamp(F.date_trunc("day", wall), zone)
    into_hour = F.unix_micros(wall) - F.unix_micros(F.date_trunc("hour", wall))  # an hour that comes twice stays two
    return F.timestamp_micros(F.unix_micros(instant) - into_hour)


def write_summaries(lake: Lake, load: Load, datasets: Sequence[SummaryRows]) -> None:
    """Append the rows of a load to the tables of their datasets, once however often it is asked.

    Rows:    Those that were there, and one per usable source row. A full load keeps nothing older, and neither does the
        first one after it that takes something of a dataset, which may have been out of the connection meanwhile.
    """
    for one in datasets:
        table, rows = lake.summary(one.name), one.usable(load)
        replaces = load.replaces(one.name)
        write = partial(table.overwrite if replaces else table.append, app_id=f"summary:{one.name}", txn=load.number)
        if not replaces and (older := _of_narrower_types(table, rows.schema)) is not None:
            table.overwrite(older.unionByName(rows), app_id=f"summary:{one.name}", txn=load.number)
        else:
            write(rows)
        if load.resumed or may_have_dropped(lake, one.seen):  # what was appended before is not counted again
            quarantine = lake.table(QUARANTINE).create()
            quarantine.append(one.unusable(load), app_id=f"quarantine:{one.name}", txn=load.number)


def _of_narrower_types(table: Table, schema: T.StructType) -> DataFrame | None:
    """The rows that are there in the types of those that come; None where no column was narrower until now."""
    if not table.exists():
        return None
    there = table.read()
    kinds = {one.name: one.dataType for one in there.schema.fields}
    if not widened(there.schema, schema):
        return None
    return there.select(
        *(
            (shaped(F.col(f"`{one.name}`"), kinds[one.name], one.dataType) if one.name in kinds else F.lit(None).cast(one.dataType)).alias(one.name)
            for one in schema.fields
        )
    )
