"""The rows of journeys: events with their stored columns, one exchange, one sort, streaming grouping."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.fields import Field, column_of, id_of, leaf, text_of
from cja_spark.journeys.group import CHUNK_EVENTS, Lookups, group
from cja_spark.journeys.order import rank_of
from cja_spark.journeys.period import PROFILE_PERIOD, period_of
from cja_spark.lake import Lake
from cja_spark.view.spec import View

_ORDER = ("sequence", "dataset_position", "event_id", "row_hash")


def event_rows(events: DataFrame, view: View, fields: tuple[Field, ...], slots: int) -> DataFrame:
    """Events with the columns of a journey, not yet sorted.

    Columns: reads person_id, person_namespace string, ts timestamp, {paths} (where the fields lie); returns period,
        bucket int, person bigint, person_id, person_namespace string, t bigint, {fields}, {ties} (what orders them,
        O3, as far as events have it).
    """
    person = F.xxhash64("person_id")
    return events.select(
        period_of(F.col("ts"), view).alias("period"),
        F.pmod(person, F.lit(slots)).cast("int").alias("bucket"),
        person.alias("person"),
        "person_id",
        "person_namespace",
        F.floor(F.unix_micros("ts") / 1000).cast("bigint").alias("t"),
        *(column_of(field, events.schema).alias(field.name) for field in fields),
        *(name for name in _ORDER if name in events.columns),
    )


def journey_rows(
    rows: DataFrame, fields: tuple[Field, ...], lookups: Lookups, periods: list[int], slots: int,
    chunk_events: int = CHUNK_EVENTS,
) -> DataFrame:  # fmt: skip
    """One exchange straight to (period, bucket), one sort in the total order, streaming grouping.

    Rows:    One per (period, person, chunk of at most `chunk_events` events), in the total order O3.
    Columns: reads period, bucket int, person bigint, person_id, person_namespace string, t bigint, {fields}, {ties};
        returns period, bucket int, person bigint, person_id, person_namespace string, chunk, event_count int,
        t array<bigint>, {lists} (of the fields).
    """
    kept = ["period", "bucket", "person", "person_id", "person_namespace", "t", *(field.name for field in fields)]
    slot = F.element_at(
        F.create_map(*(F.lit(x) for at, period in enumerate(periods) for x in (period, at * slots))), F.col("period")
    ) + F.col("bucket")
    ties = [F.col(name).asc_nulls_last() for name in _ORDER if name in rows.columns]
    schema = T.StructType(
        [
            *(T.StructField(name, T.IntegerType()) for name in ("period", "bucket")),
            T.StructField("person", T.LongType()),
            *(T.StructField(name, T.StringType()) for name in ("person_id", "person_namespace")),
            *(T.StructField(name, T.IntegerType()) for name in ("chunk", "event_count")),
            *(T.StructField(name, T.ArrayType(rows.schema[name].dataType)) for name in kept[5:]),
        ]
    )
    rank = rank_of(periods)
    first = [] if rank is None else [rank]
    return (
        rows.repartitionById(max(len(periods) * slots, 1), slot.cast("int"))
        .sortWithinPartitions(*first, "person", "t", *ties)
        .select(*kept)
        .mapInArrow(lambda batches: group(batches, lookups, chunk_events), schema)
    )


def profile_rows(lake: Lake, people: tuple[Field, ...], slots: int) -> DataFrame:
    """Profiles as rows of period 0: one value id per person-level dimension.

    Rows:    One per person.
    Columns: returns period, bucket int, person bigint, person_id string, {people} (of the fields) bigint.
    """
    profiles = lake.profiles.read()
    person = F.xxhash64("person_id")
    ids = [
        id_of(text_of(F.col(leaf(field.path, profiles.schema, f"dimension '{field.component}'")[1]))).alias(field.name)
        for field in people
    ]
    return (
        profiles.select(
            F.lit(PROFILE_PERIOD).alias("period"),
            F.pmod(person, F.lit(slots)).cast("int").alias("bucket"),
            person.alias("person"),
            "person_id",
            *ids,
        )
        .repartitionById(slots, F.col("bucket"))
        .sortWithinPartitions("person")
    )
