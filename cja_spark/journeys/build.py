"""Building journeys: events to rows, only the periods whose events or definition changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import groupby
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.fields import Field, column_of, event_fields, id_of, leaf, profile_fields, text_of
from cja_spark.journeys.group import CHUNK_EVENTS, Lookups, group
from cja_spark.journeys.values import add_values, lookup_ids, new_values
from cja_spark.lake import Lake
from cja_spark.session import with_setting
from cja_spark.view.spec import View

FORMAT = 2
PROFILE_PERIOD = 0
_ORDER = ("sequence", "dataset_position", "event_id", "row_hash")
LONG_ID = 1024  # bytes; 10,000 rows of an Arrow batch then stay below 64 MiB
UNLIMITED = (1 << 31) - 1
_PERIODS = {"day": "yyyyMMdd", "month": "yyyyMM", "year": "yyyy"}


@dataclass(frozen=True)
class Build:
    """What a build did: periods written, periods reused, and the journeys' version afterwards."""

    view: str
    written: tuple[int, ...]
    removed: tuple[int, ...]
    reused: tuple[int, ...]
    version: int


@dataclass(frozen=True)
class Layout:
    """How rows are cut, which no answer depends on."""

    buckets: int
    chunk_events: int


def build(
    lake: Lake, view: View, matches: Mapping[str, str], *, buckets: int | None = None, full: bool = False,
    chunk_events: int = CHUNK_EVENTS,
) -> Build:  # fmt: skip
    """Build the journeys of a view from the lake's events, touching only the periods that changed.

    Args:
        lake: the lake.
        view: the data view.
        matches: per lookup dataset the event path that holds its keys.
        buckets: how many, where neither the view nor an earlier build says.
        full: build every period, changed or not.
        chunk_events: most events of a row; no answer depends on it (law 2).

    Rows:    One per (person, period, chunk of at most `chunk_events` events), in the total order O3.
    Raises:  MissingColumnError when a component's field does not exist; CollisionError when two values or two
        persons share a key. Nothing is written then.
    Source:  Decision: a period is what it was built from: names of the event files, definitions, lookups.
    """
    version = lake.events.version()
    events = lake.events.read(version)
    known = _built(lake, view)
    slots = view.buckets or next((row["buckets"] for row in known.values()), None) or buckets or _buckets(lake)
    fields = event_fields(view, matches)
    people = profile_fields(view)
    definition = _definition(lake, view, fields, people, slots)
    sources = _sources(events, view)
    if people:
        sources[PROFILE_PERIOD] = _digest(lake.profiles.read().inputFiles())
    changed = sorted(
        period
        for period, source in sources.items()
        if full
        or period not in known
        or (known[period]["fingerprint"], known[period]["events"]) != (definition, source)
    )
    removed = sorted(set(known) - set(sources))
    if changed or removed:
        _write(lake, view, events, fields, people, Layout(slots, chunk_events), changed, removed)
        _note(lake, view, definition, sources, slots, changed, removed)
    reused = tuple(sorted(set(sources) - set(changed)))
    return Build(view.name, tuple(changed), tuple(removed), reused, lake.journeys(view.name).version())


def _built(lake: Lake, view: View) -> dict[int, Row]:
    """Per period what its journeys were built from; nothing when somebody dropped them."""
    if not lake.journeys(view.name).exists():
        return {}
    return {row["period"]: row for row in lake.journey_builds.read().where(F.col("view") == view.name).collect()}


def _buckets(lake: Lake) -> int:
    return 2 * lake.spark.sparkContext.defaultParallelism


def _definition(lake: Lake, view: View, fields: tuple[Field, ...], people: tuple[Field, ...], slots: int) -> str:
    lookups = sorted({field.lookup[0] for field in fields if field.lookup})
    parts = {
        "format": FORMAT,
        "fields": [asdict(field) for field in (*fields, *people)],
        "buckets": slots,
        "period": view.period,
        "lookups": {name: _digest(lake.lookup(name).read().inputFiles()) for name in lookups},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _digest(files: list[str]) -> str:
    """Of the names of a table's files, not of where the lake lies: it may be moved."""
    names = sorted(file.rsplit("/", 1)[1] for file in files)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]


def _sources(events: DataFrame, view: View) -> dict[int, str]:
    """Per period a digest of the names of its event files: what Delta rewrote has another name."""

    def period(file: str) -> int:
        day = unquote(file).split("event_date=", 1)[1][:10].replace("-", "")
        return int(day[: len(_PERIODS[view.period])])

    files = sorted((period(file), file) for file in events.inputFiles())
    return {number: _digest([file for _, file in some]) for number, some in groupby(files, key=lambda pair: pair[0])}


def period_of(ts: Column, view: View) -> Column:
    """The period an instant lies in, in UTC, as a number such as 202601."""
    return F.date_format(ts, _PERIODS[view.period]).cast("int")


def event_rows(events: DataFrame, view: View, fields: tuple[Field, ...], slots: int) -> DataFrame:
    """Events with the columns of a journey, not yet sorted.

    Columns: reads person_id, person_namespace string, ts timestamp, {paths} (where the fields lie); returns period,
        bucket int, person bigint, person_id, person_namespace string, t bigint, {fields}, {ties} (what orders them,
        O3, as far as events have it).
    """
    person = F.xxhash64("person_id")
    return events.select(
        (F.year("ts") * 100 + F.month("ts")).alias("period")
        if view.period == "month"
        else period_of(F.col("ts"), view).alias("period"),
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
    return (
        rows.repartitionById(max(len(periods) * slots, 1), slot.cast("int"))
        .sortWithinPartitions("person", "t", *ties)
        .select(*kept)
        .mapInArrow(lambda batches: group(batches, lookups, chunk_events), schema)
    )


def _profile_rows(lake: Lake, people: tuple[Field, ...], slots: int) -> DataFrame:
    """Profiles as rows of period 0: one value id per person-level dimension."""
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


def _write(
    lake: Lake, view: View, events: DataFrame, fields: tuple[Field, ...], people: tuple[Field, ...],
    layout: Layout, changed: list[int], removed: list[int],
) -> None:  # fmt: skip
    slots = layout.buckets
    numbers = [period for period in changed if period != PROFILE_PERIOD]
    touched = events.where(period_of(F.col("ts"), view).isin(numbers)) if numbers else events.limit(0)
    if numbers and view.period == "month":
        touched = events.where((F.year("event_date") * 100 + F.month("event_date")).isin(numbers))
    with_profiles = people if PROFILE_PERIOD in changed else ()
    add_values(lake, view, new_values(lake, touched, fields, with_profiles))
    lookups = {field.name: lookup_ids(lake, field) for field in fields if field.lookup}
    rows = journey_rows(event_rows(touched, view, fields, slots), fields, lookups, numbers, slots, layout.chunk_events)
    if with_profiles:
        rows = rows.unionByName(_profile_rows(lake, people, slots), allowMissingColumns=True)
    else:  # a reader takes one set of columns from every file
        rows = rows.select("*", *(F.lit(None).cast("bigint").alias(field.name) for field in people))
    listed = ", ".join(str(period) for period in (*changed, *removed))
    table = lake.journeys(view.name)
    fresh = not table.exists() or set(_periods_of(table.read())) <= {*changed, *removed}
    settings = {"spark.sql.maxConcurrentOutputFileWriters": str(slots * max(len(changed), 1))}
    if _narrow(touched, fields):
        settings["spark.sql.execution.arrow.maxBytesPerBatch"] = str(UNLIMITED)
    with ExitStack() as changed_settings:
        for name, value in settings.items():
            changed_settings.enter_context(with_setting(lake.spark, name, value))
        table.overwrite(rows, where=None if fresh else f"period IN ({listed})")


def _narrow(events: DataFrame, fields: tuple[Field, ...]) -> bool:
    """Whether a batch of Arrow is small by its number of rows alone: no lists in an event, no long person id.

    Spark asks every Arrow vector for its size before each row to bound a batch by bytes: a third of a build's CPU.
    """
    if any(field.arrays for field in fields):
        return False
    longest = events.agg(F.max(F.octet_length("person_id"))).collect()[0][0]
    return longest is None or longest <= LONG_ID


def _periods_of(journeys: DataFrame) -> list[int]:
    return [row["period"] for row in journeys.select("period").distinct().collect()]


def _note(
    lake: Lake, view: View, definition: str, sources: Mapping[int, str], slots: int, changed: list[int],
    removed: list[int],
) -> None:  # fmt: skip
    """Write down, after the journeys, what they were built from; killed before, the periods are built again."""
    journeys = lake.journeys(view.name).read()
    counts = {
        row["period"]: row
        for row in journeys.where(F.col("period").isin(changed))
        .groupBy("period")
        .agg(F.count_if(F.coalesce("chunk", F.lit(0)) == 0).alias("persons"), F.sum("event_count").alias("events"))
        .collect()
    }
    sizes = {period: (row["persons"], row["events"] or 0) for period, row in counts.items()}
    notes = [(view.name, period, definition, sources[period], slots, *sizes.get(period, (0, 0))) for period in changed]
    table = lake.journey_builds.create()
    gone = ", ".join(str(period) for period in (*changed, *removed))
    table.overwrite(table.frame(notes), where=f"view = '{view.name}' AND period IN ({gone})")
