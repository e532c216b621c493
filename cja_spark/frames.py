"""Reports on any DataFrame of events: no project, no tables; the same kernels, one exchange by person."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.configuration import spec_of
from cja_spark.connection.conform import TIME_REASONS, timestamp_of, unusable_time
from cja_spark.errors import ConfigurationError, InputError, MissingColumnError
from cja_spark.journeys.derived.derive import derive, no_lookups
from cja_spark.journeys.fields import event_fields, id_of, text_of, words_of
from cja_spark.journeys.reader import ReadCounts
from cja_spark.journeys.rows import event_rows, journey_rows
from cja_spark.journeys.values import new_values
from cja_spark.journeys.worker import prepare_worker
from cja_spark.lake import Lake
from cja_spark.project_names import faults_of_names
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import schema_of
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.dictionary import shown_names
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.measures import most_keys
from cja_spark.reports.names import names_from, with_people
from cja_spark.reports.one_pass import run_asks, summed, whole_persons
from cja_spark.reports.own_columns import with_columns
from cja_spark.reports.readers import run_surely
from cja_spark.reports.spec import Report
from cja_spark.settings import require_session
from cja_spark.view.spec import View
from cja_spark.view.summary_sources import is_of_summary

TIMESTAMPS = ("ts", "timestamp", "time", "event_time")
REASONS = (*TIME_REASONS, "empty_person_id")


def report_rows(
    events: DataFrame, view: View | Mapping[str, Any], reports: Sequence[Report], *, as_of: datetime | None = None
) -> list[DataFrame]:
    """Answer reports on any events.

    Args:
        events: rows with `person_id` and a time named ts, timestamp, time or event_time: whatever connect takes, such
            as ISO text, or epoch seconds, milliseconds or microseconds.
        view: a data view, or the mapping that its YAML would be.
        reports: the questions.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.

    Returns:
        One DataFrame per report, in the order asked.

    Rows:
        As the report's kind gives them: a total, items or steps or buckets, what is left as *other*. Events that
        connect would drop, without a person or a usable time, are left out; a warning counts them by reason.

    Raises:
        InputError: there is no event with a person and a usable time; one of the two columns is not one value.
        MissingColumnError: no person id, no timestamp, or a field of the view that events do not have.
        ConfigurationError: a view with lookups or profiles: those need a connection; every fault of a mapping; a name
            that nothing has, or that its place cannot take; a session that is not set to UTC and ANSI.
    """
    require_session(events.sparkSession)
    view = view if isinstance(view, View) else spec_of(View, {"name": "view", **view}, "view")
    _refuse_joins(view)
    reports = [report.under(view) for report in reports]
    if faults := faults_of_names(view, reports):
        raise ConfigurationError.collected(faults)
    view = with_columns(view, reports)
    conformed = _conformed(events)
    until = _newest(conformed) // 1000
    rows = conformed.where(F.col("_reason").isNull()).drop("_reason")
    fields = event_fields(view, {})
    rows = rows.transform(derive, [field.formula for field in fields if field.formula], no_lookups)
    values = new_values(Lake(events.sparkSession, "."), rows, fields, (), words=words_of(view))
    values = values.select("dimension", id_of(F.col("value")).alias("id"), "value")
    named = [report.model_copy(update={"name": f"report_{at}"}) for at, report in enumerate(reports)]
    asks = asks_of(named, view, values, data_until=until, as_of=_ms(as_of, until), arrays={})
    columns = columns_of(named, view)
    partitions = max(events.sparkSession.sparkContext.defaultParallelism, 1)
    journeys = journey_rows(
        event_rows(rows, view, fields, partitions).withColumn("period", F.lit(1)), fields, {}, [1], partitions
    )
    names = with_people(shown_names(names_from(values), asks), lambda: rows.select(F.xxhash64("person_id").alias("person"), "person_id"))
    asks, passed = run_surely(lambda some: summed(_cells(journeys, columns, some), len(some)), asks, names)
    if passed.excluded_persons:
        warnings.warn(
            f"{passed.excluded_persons} persons have more than {view.max_events:,} events and are left out (rule L3).",
            stacklevel=2,
        )
    answers = [REPORTS.named(a.report.report).finish(s, a, names) for a, s in zip(asks, passed.sums, strict=True)]
    return [events.sparkSession.createDataFrame(answer) for answer in answers]


def _cells(journeys: DataFrame, columns: Sequence[str], asks: Sequence[Ask]) -> DataFrame:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        yield from run_asks(asks, whole_persons(batches, columns, ReadCounts()))

    return journeys.select("person", "t", *columns).mapInArrow(run, schema_of(most_keys(asks)))


def _ms(as_of: datetime | None, otherwise: int) -> int:
    if as_of is None:
        return otherwise
    return int((as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)).timestamp() * 1000)


def _refuse_joins(view: View) -> None:
    if view.person_id:
        raise ConfigurationError(f"person_id: '{view.person_id}' is an account dataset; only a project has those.")
    for name, dimension in view.dimensions.items():
        if dimension.lookup or dimension.profile or dimension.account or dimension.summary:
            raise ConfigurationError(f"dimension '{name}' reads a lookup, a profile, accounts or summary data; only a project has those.")
    for name in view.metrics:
        if is_of_summary(view, name):
            raise ConfigurationError(f"metric '{name}' reads summary data; only a project has it.")
    for name, derived in view.derived.items():
        if derived.lookups() or derived.profiles():
            raise ConfigurationError(f"derived field '{name}' reads a lookup or a profile; only a project has those.")


def _conformed(events: DataFrame) -> DataFrame:
    """Events with the columns that orders and joins need; what they lack is null. `_reason` is why one cannot be used."""
    time = next((name for name in TIMESTAMPS if name in events.columns), "timestamp")
    raw, kind = _one_value(events, time)
    ts, person = timestamp_of(raw, kind), text_of(_one_value(events, "person_id")[0])
    reason = F.coalesce(unusable_time(raw, kind, ts), F.when(person.isNull(), "empty_person_id"))
    added = {"ts": ts, "person_id": person, "_reason": reason}
    if "person_namespace" not in events.columns:
        added["person_namespace"] = F.lit(None).cast("string")
    if "row_hash" not in events.columns:
        added["row_hash"] = F.xxhash64(*(F.to_json(F.struct(F.col(f"`{name}`"))) for name in events.columns))
    return events.withColumns(added)


def _one_value(events: DataFrame, name: str) -> tuple[Column, T.DataType]:
    """A column of one value, and its type."""
    if name not in events.columns:
        raise MissingColumnError.of("events", name, events.columns)
    kind = events.schema[name].dataType
    if isinstance(kind, T.StructType | T.ArrayType | T.MapType):
        raise InputError(f"events: '{name}' is {kind.simpleString()}, not one value.")
    return F.col(name), kind


def _newest(conformed: DataFrame) -> int:
    """The time of the newest usable event in µs; the same pass counts the others by reason, for a warning."""
    reason = F.col("_reason")
    counts = [F.count_if(reason == name).alias(name) for name in REASONS]
    newest = F.max(F.when(reason.isNull(), F.unix_micros("ts"))).alias("newest")
    [seen] = conformed.agg(newest, *counts).collect()
    left_out = ", ".join(f"{name} {seen[name]:,}" for name in REASONS if seen[name])
    if seen["newest"] is None:
        raise InputError(f"events: no row has a person and a usable time{f' ({left_out})' if left_out else ''}.")
    if left_out:
        total = sum(seen[name] for name in REASONS)
        warnings.warn(f"{total:,} events are left out: {left_out}.", stacklevel=3)
    return int(seen["newest"])
