"""Tables of a lake: all that are there, whoever made them, and what is done to a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

from cja_spark.audiences.tables import TABLES
from cja_spark.failpoints import failpoint
from cja_spark.hadoop import hadoop_path
from cja_spark.identifiers import is_identifier, quoted
from cja_spark.lake import Lake
from cja_spark.session import with_setting
from cja_spark.table import Table, TableSpec

DEPTH = 4
LOG = "_delta_log"
LISTING = "spark.sql.sources.parallelPartitionDiscovery.parallelism"
UNSAFE = "spark.databricks.delta.retentionDurationCheck.enabled"


def tables_of(lake: Lake) -> list[Table]:
    """All Delta tables of a lake, by name; folders for work are none."""
    if not lake.by_path:
        schema = lake.location.removeprefix("catalogue:")
        listed = lake.spark.sql("SHOW TABLES IN " + quoted(schema)).where("NOT isTemporary").collect()
        tables = [lake.table(TableSpec(name)) for name in sorted(row["tableName"] for row in listed) if is_identifier(name)]
        return [table for table in tables if _is_delta(table)]
    return [lake.table(TableSpec(name)) for name in sorted(_names(lake, lake.location, DEPTH))]


def _is_delta(table: Table) -> bool:
    """Whether a name of a catalogue is a Delta table's: a view is listed too, and a table may be of another format."""
    told = table.spark.sql("DESCRIBE TABLE EXTENDED " + sql_name(table)).collect()
    return any(row["col_name"] == "Provider" and row["data_type"].lower() == "delta" for row in told)


def _names(lake: Lake, place: str, depth: int, above: str = "") -> Iterator[str]:
    path = hadoop_path(lake.spark, place)
    system = path.getFileSystem(lake.spark._jsc.hadoopConfiguration())
    if not depth or not system.exists(path):
        return
    folders = sorted(str(one.getPath().getName()) for one in system.listStatus(path) if one.isDirectory())
    if LOG in folders:
        yield above
        return
    for name in folders:
        if not name.startswith(("_", ".")) and "=" not in name:
            yield from _names(lake, f"{place}/{name}", depth - 1, f"{above}/{name}".lstrip("/"))


def sql_name(table: Table) -> str:
    """A table as SQL names it; Delta's own statements take no parameter in its place."""
    if not table.by_path:
        return quoted(table.address)
    return "delta.`" + table.address.replace("`", "``") + "`"


def set_properties(table: Table, **properties: str) -> None:
    """Set Delta properties of a table, `_` for each `.` of their names; the commit holds nothing else."""
    told = ", ".join(f"'{name.replace('__', '.')}' = '{value}'" for name, value in properties.items())
    table.spark.sql("ALTER TABLE " + sql_name(table) + " SET TBLPROPERTIES (" + told + ")")


@contextmanager
def appendable(table: Table) -> Iterator[None]:
    """Let rows of a table that only grows be changed while the block runs; under the claim on everything (D12).

    A run that is killed within leaves it so; each maintenance and each erasure begins by putting it back.
    """
    if not _only_grows(table):
        yield
        return
    set_properties(table, delta__appendOnly="false")
    failpoint("maintain.unlocked")
    try:
        yield
    finally:
        set_properties(table, delta__appendOnly="true")


def _only_grows(table: Table) -> bool:
    return table.spec.properties.get("delta.appendOnly") == "true"


def unlocked(lake: Lake) -> list[Table]:
    """Tables of audiences that only grow and whose rows can be changed nevertheless: a run was killed meanwhile."""
    tables = (lake.table(spec) for spec in TABLES if spec.properties.get("delta.appendOnly") == "true")
    return [table for table in tables if table.exists() and table.properties().get("delta.appendOnly") != "true"]


def lock(table: Table) -> None:
    """Let a table only grow again."""
    set_properties(table, delta__appendOnly="true")


def purge(table: Table) -> None:
    """Write rows that a deletion vector only hides out of the files (S9, step 5)."""
    if table.properties().get("delta.enableDeletionVectors") == "true":
        table.spark.sql("REORG TABLE " + sql_name(table) + " APPLY (PURGE)")


@contextmanager
def _few_tasks(spark: SparkSession) -> Iterator[None]:
    """List a table's files in four tasks per core: VACUUM takes 10,000 by itself, however small a table is."""
    with with_setting(spark, LISTING, str(4 * spark.sparkContext.defaultParallelism)):
        yield


def vacuum(table: Table) -> None:
    """Remove files that no version within the table's retention needs, and those of writes that died."""
    with _few_tasks(table.spark):
        table.delta().vacuum()


def vacuum_now(table: Table) -> None:
    """Remove all files that the newest version does not need: older versions cannot be read any more (D11)."""
    with _few_tasks(table.spark), with_setting(table.spark, UNSAFE, "false"):
        table.delta().vacuum(0)


def compact(table: Table) -> int:
    """Write small files of a table together; how many files are gone."""
    told = table.delta().optimize().executeCompaction().select("metrics.numFilesRemoved").collect()
    return int(told[0][0]) if told else 0


def location_of(table: Table) -> str:
    """The folder of a table."""
    if table.by_path:
        return table.address
    told: str = table.delta().detail().select("location").collect()[0][0]
    return told


def vacuum_lite(table: Table) -> None:
    """The same by what the log says, without a look through all files; through all where the log does not reach back."""
    try:
        with _few_tasks(table.spark):
            table.spark.sql("VACUUM " + sql_name(table) + " LITE")
    except Exception as error:
        if "VACUUM_LITE" not in str(error):
            raise
        vacuum(table)
