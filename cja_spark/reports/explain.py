"""Explain: what a run of reports does, in named steps, each with its grain and columns, then Spark's own plan."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import timedelta

import pyarrow as pa
from pyspark.sql import DataFrame

from cja_spark.journeys.batch import Ints
from cja_spark.journeys.period import PROFILE_PERIOD
from cja_spark.reports.ask import Ask
from cja_spark.reports.cells import Sums, names_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.measures import most_keys
from cja_spark.reports.one_pass import bucket_files, place_of, read_by_arrow, read_by_spark
from cja_spark.reports.presets import effect
from cja_spark.reports.readers import Reader
from cja_spark.reports.summaries import datasets_read
from cja_spark.stored import Stored


def explain(journeys: Stored, columns: Sequence[str], asks: Sequence[Ask], reader: Reader = "auto") -> str:
    """Say how `run_pass` answers some asks; no journey is read.

    Args:
        journeys: the journeys of the periods that some ask reads.
        columns: the stored columns that some ask needs.
        asks: the reports.
        reader: who reads the columns; `auto` is explained as `arrow`, which it tries first.
    """
    stored = ("person", "t", *columns)
    partitions = journeys.spark.sparkContext.defaultParallelism
    by_spark = reader == "spark"
    how = f"a scan by Spark, one exchange by bucket to {partitions} tasks" if by_spark else "Arrow opens the files, one task per bucket"
    cells = read_by_spark(journeys, columns, asks, partitions) if by_spark else read_by_arrow(journeys, columns, asks)
    steps = [
        _step("1. list", _files(journeys.files), "file", ("period", "bucket", "path")),
        _step("2. read", how, "person, period and chunk", stored),
        _step("3. merge", "the periods and chunks of a person, joined in the task", "person", stored),
        *(_step("4. kernel", _asked(ask), "slice of persons, measure and key", names_of(most_keys(asks))) for ask in asks),
        _step("5. sum", "cells of all tasks, on the driver", "report, measure and key", names_of(most_keys(asks))),
        *(_finish(ask) for ask in asks),
    ]
    return "\n".join((*steps, "Spark's plan of steps 1 to 4:", _spark_plan(cells)))


def explain_without_journeys(asks: Sequence[Ask]) -> str:
    """The same of a connection that has summary data only: no person, no journey, nothing for Spark to read."""
    return "\n".join(map(_finish, asks))


def _step(name: str, what: str, grain: str, columns: Sequence[str]) -> str:
    return f"{name:<10} {what}\n{'':<10} one row per {grain}; columns {', '.join(columns)}"


def _files(files: Sequence[str]) -> str:
    periods = sorted({place_of(file)[0] for file in files})
    of_time = [str(period) for period in periods if period != PROFILE_PERIOD]
    profiles = " and profiles" if PROFILE_PERIOD in periods else ""
    shown = f"periods {', '.join(of_time)}" if of_time else "no period"
    return f"journeys of {shown}{profiles}: {len(files)} files in {len(bucket_files(files))} buckets"


def _asked(ask: Ask) -> str:
    options = json.loads(ask.report.model_dump_json(exclude_defaults=True, by_alias=True, exclude={"name", "report"}))
    elsewhere = (f"{first} to {after - timedelta(days=1)}" for first, after in sorted(ask.ranges.windows) if first < after)
    looks = f"; segments look at {', '.join(elsewhere)}" if ask.ranges.windows else ""
    return f"{ask.report.name} ({ask.report.report}): {json.dumps(options)}{_preset(ask)}{looks}"


def _preset(ask: Ask) -> str:
    """What the report's preset has set, also where it is the default, and what is otherwise."""
    same, others = effect(ask.report)
    if not same and not others:
        return ""
    options = json.loads(ask.report.model_dump_json(include={*same}, by_alias=True))
    said = f"; preset {ask.report.preset} sets {json.dumps(options)}"
    return f"{said}, not {', '.join(others)}" if others else said


def _finish(ask: Ask) -> str:
    """The last step of a report: its columns are those of its answer about nothing, its grain those that are no figures."""
    nothing = Sums(pa.table({name: pa.array([], pa.float64() if name == "amount" else pa.int64()) for name in names_of(most_keys([ask]))}))
    columns = REPORTS.named(ask.report.report).finish(nothing, ask, _no_names).schema
    grain = [column.name for column in columns if column.type != pa.float64()]
    summaries = datasets_read(ask.report.metrics_used(), ask.view)
    joined = f"rows of summary data ({', '.join(summaries)}) join the sums; " if summaries else ""
    return _step("6. finish", f"{ask.report.name}: {joined}ratios, ranking, texts of value ids", ", ".join(grain), columns.names)


def _no_names(dimension: str, ids: Ints) -> Mapping[int, str]:
    return {}


def _spark_plan(cells: DataFrame) -> str:
    with redirect_stdout(io.StringIO()) as said:
        cells.explain(mode="formatted")
    return said.getvalue().strip()
