"""Results: the rows of a report's run as a Delta table with readable columns and a run id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from cja_spark.driver_reads import equal
from cja_spark.lake import Lake
from cja_spark.reports.ask import Ask
from cja_spark.reports.erasures import require_no_erasure
from cja_spark.reports.exclusions import keep_left_out
from cja_spark.reports.one_pass import Pass
from cja_spark.view.external_ids import external_id_of
from cja_spark.view.spec import View

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(ms: int) -> datetime:
    """An instant in ms UTC as a datetime."""
    return EPOCH + timedelta(milliseconds=ms)


def definition(ask: Ask) -> str:
    """A report's effective options as JSON: what was asked, whatever the defaults were."""
    return json.dumps(json.loads(ask.report.effective().model_dump_json(by_alias=True)), sort_keys=True)


def run_id(ask: Ask, sources: str) -> str:
    """The name of a run: the same question to the same journeys has the same name, so a repeated run changes nothing.

    Args:
        ask: the report.
        sources: a digest of what the journeys were built from.
    """
    view = ask.view.model_dump_json(by_alias=True)
    window = ask.window
    parts = [definition(ask), view, sources, str((window.start, window.end, window.until, window.complete))]
    parts += [str(sorted((one.start, one.end) for one in ask.ranges.windows.values()))] if ask.ranges.windows else []
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def external_name(column: str, view: View) -> str:
    """What a column of a report is called in the lake: a component's external id, where it is of one that has it."""
    component = view.dimensions.get(column) or view.metrics.get(column)
    return column if component is None else external_id_of(column, component)


def keep(
    lake: Lake, ask: Ask, rows: pa.Table, passed: Pass, left_out: Mapping[int, int], run: str, journeys_version: int,
    erasures: tuple[int, int],
) -> bool:  # fmt: skip
    """Write a run's rows, who was left out, then its record; return False when the run is already kept.

    Args:
        lake: the lake.
        ask: the report.
        rows: its rows.
        passed: the pass that gave them.
        left_out: keys of the persons that the report leaves out, with how many events each has (L3).
        run: the run's name.
        journeys_version: the version of the journeys that was read.
        erasures: of `erasures_of`, before anything was read.

    Raises:
        ClaimError: persons were erased meanwhile.
    """
    runs = lake.report_runs.create()
    if runs.count(equal(run_id=run, report=ask.report.name)):
        return False
    require_no_erasure(lake, erasures)
    spark = lake.spark
    rows = rows.rename_columns([external_name(name, ask.view) for name in rows.column_names])
    frame = spark.createDataFrame(rows.append_column("run_id", pa.array([run] * len(rows), pa.string())))
    table = lake.report(ask.report.name)
    table.overwrite(frame, where=f"run_id = '{run}'" if table.exists() else None)
    keep_left_out(
        lake, ask.report.name, ask.view.name, run, left_out, lake.journeys(ask.view.name).read(journeys_version)
    )
    window = ask.window
    record = (
        run, ask.report.name, ask.view.name, definition(ask), instant(window.end), instant(window.complete),
        journeys_version, len(rows), passed.rows, passed.events, len(left_out), sum(left_out.values()),
    )  # fmt: skip
    runs.append(runs.frame([record]))
    return True
