"""Purge: what deletes only hide leaves the disk: hidden rows, older versions, the log that tells of them (S9, steps 5 to 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cja_spark.audiences.tables import APPROVALS, AUDIENCES, CLAIMS, ERASURE_RECEIPTS, LEDGER, RUNS, SUPPRESSIONS
from cja_spark.connection.tables import GRAPH_RUNS
from cja_spark.erasure.people import STAGING
from cja_spark.erasure.sinks import store_tables
from cja_spark.failpoints import failpoint
from cja_spark.hadoop import hadoop_path
from cja_spark.lake import JOURNEY_BUILDS, Lake
from cja_spark.maintenance.tables import LOG, location_of, purge, set_properties, tables_of, vacuum_now
from cja_spark.scratch import remove_folder, work_folder
from cja_spark.sinks.spec import DeltaProfiles, Sink
from cja_spark.table import Table

# No row of these tells of a person but by a pseudonym.
WITHOUT_PERSONS = frozenset(
    spec.name
    for spec in (APPROVALS, AUDIENCES, CLAIMS, ERASURE_RECEIPTS, GRAPH_RUNS, JOURNEY_BUILDS, LEDGER, RUNS, SUPPRESSIONS)
) | {"maintenance"}  # fmt: skip
INTERVAL, AT_ONCE = "delta.checkpointInterval", "1"
_OF_VERSION = re.compile(r"\.?(\d{20})\.")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\b.*\.parquet")


def tables_to_purge(lake: Lake, sinks: Mapping[str, Sink], erasure_id: str) -> list[Table]:
    """The tables of a lake that may hold ids, and those of its Delta stores at other places; not what is done already."""
    return [table for table in _tables(lake, sinks) if table.properties().get("cja.erasure") != erasure_id]


def _tables(lake: Lake, sinks: Mapping[str, Sink]) -> list[Table]:
    own = [table for table in tables_of(lake) if table.spec.name not in WITHOUT_PERSONS]
    elsewhere = [one for one in sinks.values() if isinstance(one, DeltaProfiles) and one.location is not None]
    return own + [table for sink in elsewhere for table in store_tables(lake, sink)]


def purge_again(lake: Lake, sinks: Mapping[str, Sink], erasure_id: str) -> None:
    """Have the next attempt purge all tables: the search found an identity, perhaps in one that was purged before it was written."""
    for table in _tables(lake, sinks):
        if table.properties().get("cja.erasure") == erasure_id:
            set_properties(table, cja__erasure="")


def purge_all(tables: Sequence[Table]) -> None:
    """Write hidden rows out of the files of some tables."""
    for table in tables:
        purge(table)


def vacuum_all(tables: Sequence[Table]) -> None:
    """Remove the files of all older versions of some tables."""
    for table in tables:
        vacuum_now(table)


def forget_log(table: Table, erasure_id: str) -> None:
    """Remove the log of a table before now: its statistics hold the smallest and the largest value of a column.

    A commit that changes no row gets a checkpoint; what is older is not needed to read the table any more.
    """
    before = table.properties().get(INTERVAL, "10")
    if before == AT_ONCE:  # a run was killed below
        before = table.spec.properties.get(INTERVAL, "10")
    set_properties(table, delta__checkpointInterval=AT_ONCE)
    failpoint("erase.checkpoint_asked")
    log = hadoop_path(table.spark, f"{location_of(table)}/{LOG}")
    system = log.getFileSystem(table.spark._jsc.hadoopConfiguration())
    files = {str(one.getPath().getName()): one.getPath() for one in system.listStatus(log)}
    newest = max(int(found[1]) for name in files if (found := _CHECKPOINT.match(name)))
    for name, path in files.items():
        if (found := _OF_VERSION.match(name)) and int(found[1]) < newest:
            system.delete(path, False)
    set_properties(table, delta__checkpointInterval=before, cja__erasure=erasure_id)


def sweep(lake: Lake, erasure_id: str) -> None:
    """Remove what runs froze and the checkpoints of streams; what this erasure counted stays until its receipts are written."""
    remove_folder(lake, work_folder(lake, f"{STAGING}/{erasure_id}/people"))
    remove_folder(lake, work_folder(lake, "_checkpoints"))
    staging = hadoop_path(lake.spark, work_folder(lake, "_staging"))
    system = staging.getFileSystem(lake.spark._jsc.hadoopConfiguration())
    if system.exists(staging):
        for one in system.listStatus(staging):
            if str(one.getPath().getName()) != STAGING.rsplit("/", 1)[1]:
                system.delete(one.getPath(), True)
