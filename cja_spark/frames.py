"""Reports on any DataFrame of events: no project, no tables; the same kernels, one exchange by person."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.configuration import spec_of
from cja_spark.errors import ConfigurationError, InputError, MissingColumnError
from cja_spark.journeys.fields import event_fields, id_of
from cja_spark.journeys.reader import ReadCounts
from cja_spark.journeys.rows import event_rows, journey_rows
from cja_spark.journeys.values import new_values
from cja_spark.journeys.worker import prepare_worker
from cja_spark.lake import Lake
from cja_spark.project_names import faults_of_names
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import SCHEMA
from cja_spark.reports.compile import asks_of, columns_of
from cja_spark.reports.kinds import REPORTS
from cja_spark.reports.names import names_from
from cja_spark.reports.one_pass import run_asks, summed, whole_persons
from cja_spark.reports.spec import Report
from cja_spark.settings import require_session
from cja_spark.view.spec import View

TIMESTAMPS = ("ts", "timestamp", "time", "event_time")


def report_rows(
    events: DataFrame, view: View | Mapping[str, Any], reports: Sequence[Report], *, as_of: datetime | None = None
) -> list[DataFrame]:
    """Answer reports on any events.

    Args:
        events: rows with `person_id` and a timestamp named ts, timestamp, time or event_time.
        view: a data view, or the mapping that its YAML would be.
        reports: the questions.
        as_of: the instant that `last 90 days` counts back from; the newest event's when not given.

    Returns:
        One DataFrame per report, in the order asked.

    Rows:
        As the report's kind gives them: a total, items or steps or buckets, what is left as *other*.

    Raises:
        InputError: there is no event.
        MissingColumnError: no person id, no timestamp, or a field of the view that events do not have.
        ConfigurationError: a view with lookups or profiles: those need a connection; every fault of a mapping; a name
            that nothing has, or that its place cannot take; a session that is not set to UTC and ANSI.
    """
    require_session(events.sparkSession)
    view = view if isinstance(view, View) else spec_of(View, {"name": "view", **view}, "view")
    _refuse_joins(view)
    if faults := faults_of_names(view, reports):
        raise ConfigurationError.collected(faults)
    rows = _conformed(events)
    fields = event_fields(view, {})
    newest = rows.agg(F.max(F.unix_micros("ts"))).collect()[0][0]
    if newest is None:
        raise InputError("events: there is no row with a timestamp.")
    until = newest // 1000
    values = new_values(Lake(events.sparkSession, "."), rows, fields, ())
    values = values.select("dimension", id_of(F.col("value")).alias("id"), "value")
    named = [report.model_copy(update={"name": f"report_{at}"}) for at, report in enumerate(reports)]
    asks = asks_of(named, view, values, data_until=until, as_of=_ms(as_of, until), arrays={})
    columns = columns_of(named, view)
    partitions = max(events.sparkSession.sparkContext.defaultParallelism, 1)
    journeys = journey_rows(
        event_rows(rows, view, fields, partitions).withColumn("period", F.lit(1)), fields, {}, [1], partitions
    )
    passed = summed(_cells(journeys, columns, asks), len(asks))
    if passed.excluded_persons:
        warnings.warn(
            f"{passed.excluded_persons} persons have more than {view.max_events:,} events and are left out (rule L3).",
            stacklevel=2,
        )
    names = names_from(values, stored=False)
    answers = [REPORTS.named(a.report.report).finish(s, a, names) for a, s in zip(asks, passed.sums, strict=True)]
    return [events.sparkSession.createDataFrame(answer) for answer in answers]


def _cells(journeys: DataFrame, columns: Sequence[str], asks: Sequence[Ask]) -> DataFrame:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        yield from run_asks(asks, whole_persons(batches, columns, ReadCounts()))

    return journeys.select("person", "t", *columns).mapInArrow(run, SCHEMA)


def _ms(as_of: datetime | None, otherwise: int) -> int:
    if as_of is None:
        return otherwise
    return int((as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)).timestamp() * 1000)


def _refuse_joins(view: View) -> None:
    for name, dimension in view.dimensions.items():
        if dimension.lookup or dimension.profile:
            raise ConfigurationError(f"dimension '{name}' reads a lookup or a profile; only a project has those.")


def _conformed(events: DataFrame) -> DataFrame:
    """Events with the columns that orders and joins need; what they lack is null."""
    if "person_id" not in events.columns:
        raise MissingColumnError.of("events", "person_id", events.columns)
    time = next((name for name in TIMESTAMPS if name in events.columns), None)
    if time is None:
        raise MissingColumnError.of("events", "timestamp", events.columns)
    rows = events.where(F.col("person_id").isNotNull() & F.col(time).isNotNull())
    rows = rows.withColumn("ts", F.col(time).cast("timestamp")).withColumn(
        "person_id", F.col("person_id").cast("string")
    )
    if "person_namespace" not in rows.columns:
        rows = rows.withColumn("person_namespace", F.lit(None).cast("string"))
    if "row_hash" not in rows.columns:
        rows = rows.withColumn(
            "row_hash", F.xxhash64(*(F.to_json(F.struct(F.col(f"`{name}`"))) for name in events.columns))
        )
    return rows
