"""The lake: the one place that knows where a table lies and how it is made, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.readwriter import DataFrameWriter

from cja_spark.errors import UnwritableError
from cja_spark.hadoop import hadoop_path
from cja_spark.identifiers import quoted
from cja_spark.local_rows import local_rows
from cja_spark.settings import TABLES, require_session
from cja_spark.table_schema import schema

if TYPE_CHECKING:
    from delta.tables import DeltaTable


SAME_ROWS = ("OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES")


@dataclass(frozen=True)
class TableSpec:
    """A table of the lake: name (a path below the lake, `/` between levels), schema, partitioning, properties."""

    name: str
    schema: T.StructType | None = None
    partition_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


class Table:
    """One Delta table of one lake."""

    def __init__(self, spark: SparkSession, spec: TableSpec, address: str, *, by_path: bool) -> None:
        self.spark = spark
        self.spec = spec
        self.address = address
        self.by_path = by_path

    def delta(self) -> DeltaTable:
        """The table as a DeltaTable, for MERGE and history."""
        from delta.tables import DeltaTable

        if self.by_path:
            return DeltaTable.forPath(self.spark, self.address)
        return DeltaTable.forName(self.spark, self.address)

    def exists(self) -> bool:
        """Whether the table has a first commit."""
        from delta.tables import DeltaTable

        if self.by_path:
            return bool(DeltaTable.isDeltaTable(self.spark, self.address))
        return self.spark.catalog.tableExists(self.address)

    def create(self) -> Table:
        """Make the table if it is not there; a table that is there stays as it is."""
        from delta.tables import DeltaTable

        if self.spec.schema is None or self.exists():
            return self
        builder = DeltaTable.createIfNotExists(self.spark)
        builder = builder.location(self.address) if self.by_path else builder.tableName(self.address)
        builder = builder.addColumns(self.spec.schema)
        if self.spec.partition_by:
            builder = builder.partitionedBy(*self.spec.partition_by)
        if self.spec.cluster_by:
            builder = builder.clusterBy(*self.spec.cluster_by)
        for key, value in self.spec.properties.items():
            builder = builder.property(key, value)
        builder.execute()
        return self

    def read(self, version: int | None = None) -> DataFrame:
        """The table's rows, of one pinned version if asked; no rows when a declared table was not yet made.

        Rows:    As the table holds them.
        Columns: returns the declared schema's, or those that an open table has.
        """
        if not self.exists():
            if self.spec.schema is None:
                return self.spark.createDataFrame([], T.StructType([]))
            return local_rows(self.spark, [], self.spec.schema)
        reader = self.spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        return reader.load(self.address) if self.by_path else reader.table(self.address)

    def version(self) -> int:
        """The newest version, -1 when the table was not yet made."""
        return int(self.delta().history(1).select("version").collect()[0][0]) if self.exists() else -1

    def rows_changed_since(self, version: int) -> bool:
        """Whether a commit after a version did more than to store the same rows otherwise."""
        later = self.delta().history().where(F.col("version") > version)
        return bool(later.where(~F.col("operation").isin(*SAME_ROWS)).limit(1).count())

    def frame(self, rows: Sequence[tuple[object, ...]]) -> DataFrame:
        """Plain rows as a DataFrame of the declared schema.

        Rows:    The same.
        Columns: returns the declared schema's.
        """
        assert self.spec.schema is not None, f"{self.spec.name} has no declared schema"
        return local_rows(self.spark, rows, self.spec.schema)

    def append(self, rows: DataFrame, *, app_id: str | None = None, txn: int | None = None) -> None:
        """Append rows; with `app_id` and `txn` Delta takes them once, however often it is asked.

        New columns of an open table are added; a declared table takes exactly its columns.
        """
        writer = rows.write.format("delta").mode("append")
        self._save(self._described(_once(writer, app_id, txn)))

    def overwrite(
        self, rows: DataFrame, *, where: str | None = None, app_id: str | None = None, txn: int | None = None
    ) -> None:
        """Replace the rows that match `where` (all rows, columns too, without it) in one commit."""
        writer = _once(rows.write.format("delta").mode("overwrite"), app_id, txn)
        if where:
            self._save(self._described(writer.option("replaceWhere", where)))
        else:  # Delta takes the layout from the writer here, also of a table that is there
            self._save(self._partitioned(self._described(writer.option("overwriteSchema", "true"))))

    def drop(self) -> None:
        """Remove the table and its files; nothing happens when it was not made."""
        if not self.by_path:
            self.spark.sql("DROP TABLE IF EXISTS " + quoted(self.address))
            return
        path = hadoop_path(self.spark, self.address)
        path.getFileSystem(self.spark._jsc.hadoopConfiguration()).delete(path, True)

    def _described(self, writer: DataFrameWriter) -> DataFrameWriter:
        if self.spec.schema is None:
            writer = writer.option("mergeSchema", "true")
        if self.exists():
            return writer
        for key, value in self.spec.properties.items():
            writer = writer.option(key, value)
        return self._partitioned(writer)

    def _partitioned(self, writer: DataFrameWriter) -> DataFrameWriter:
        return writer.partitionBy(*self.spec.partition_by) if self.spec.partition_by else writer

    def _save(self, writer: DataFrameWriter) -> None:
        if self.by_path:
            writer.save(self.address)
        else:
            writer.saveAsTable(self.address)


def _once(writer: DataFrameWriter, app_id: str | None, txn: int | None) -> DataFrameWriter:
    if app_id is None or txn is None:
        return writer
    return writer.option("txnAppId", app_id).option("txnVersion", txn)


class Lake:
    """All tables of one installation, at a path or in a catalogue schema (`catalogue:schema`)."""

    def __init__(self, spark: SparkSession, location: str) -> None:
        require_session(spark)
        self.spark, self.location = spark, location.rstrip("/")
        self.by_path = not self.location.startswith("catalogue:")
        if not self.by_path:
            quoted(self.location.removeprefix("catalogue:"))  # refuses what is no name of a schema

    def table(self, spec: TableSpec, *names: str) -> Table:
        """The table that `spec` declares; `names` fill a table that exists once per view, dataset or report."""
        require_session(self.spark, TABLES)
        name = "/".join((spec.name, *names))
        if self.by_path:
            return Table(self.spark, spec, f"{self.location}/{name}", by_path=True)
        schema = self.location.removeprefix("catalogue:")
        return Table(self.spark, spec, f"{schema}.{name.replace('/', '__')}", by_path=False)

    @cached_property
    def events(self) -> Table:
        """One row per event that knows its person."""
        return self.table(EVENTS)

    @cached_property
    def profiles(self) -> Table:
        """One row per person."""
        return self.table(PROFILES)

    def lookup(self, dataset: str) -> Table:
        """One row per key of a lookup dataset."""
        return self.table(LOOKUPS, dataset)

    def summary(self, dataset: str) -> Table:
        """One row per usable source row of a summary dataset."""
        return self.table(SUMMARIES, dataset)

    def journeys(self, view: str) -> Table:
        """One row per person, period and chunk."""
        return self.table(JOURNEYS, view)

    def values(self, view: str) -> Table:
        """One row per dimension and value."""
        return self.table(VALUES, view)

    @cached_property
    def journey_builds(self) -> Table:
        """One row per view and period: what its journeys were built from."""
        return self.table(JOURNEY_BUILDS)

    def report(self, name: str) -> Table:
        """The rows of a report's runs."""
        return self.table(REPORTS, name)

    @cached_property
    def report_runs(self) -> Table:
        """One row per run of reports."""
        return self.table(REPORT_RUNS)

    @property
    def folder(self) -> Path | None:
        """The lake's folder, where it lies on a disk of this machine."""
        place = self.location.removeprefix("file://").removeprefix("file:")
        return Path(place) if self.by_path and "://" not in place else None

    def require_writable(self) -> None:
        """Check, before anything is computed, that a lake on a local disk can be written.

        Raises:
            UnwritableError: the folder cannot be made or written.
        """
        place = self.folder
        if place is None:
            return
        try:
            place.mkdir(parents=True, exist_ok=True)
            probe = place / ".cja_write_probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise UnwritableError.place(self.location, error.strerror or type(error).__name__) from error


# Figures of a file cost a scan of its column: partitions say the time, and persons lie in every file. Arrow reads the
# files of events and journeys: their columns are called there what they are called here, and all their rows count.
EVENTS = TableSpec(
    "events",
    partition_by=("event_date",),
    properties={
        "delta.dataSkippingStatsColumns": "load,dataset",
        "delta.enableDeletionVectors": "false",
        "delta.columnMapping.mode": "none",
    },
)
PROFILES = TableSpec("profiles")
LOOKUPS = TableSpec("lookups")
SUMMARIES = TableSpec("summaries")  # few rows: partitions would only make files smaller
JOURNEYS = TableSpec(
    "journeys",
    partition_by=("period", "bucket"),
    properties={"delta.enableDeletionVectors": "false", "delta.columnMapping.mode": "none"},
)
VALUES = TableSpec("values", schema("dimension string not null, id bigint not null, value string not null"))
JOURNEY_BUILDS = TableSpec(
    "journey_builds",
    schema(
        "view string, period int, definition string, fingerprint string, events string, buckets int, persons bigint, "
        "event_count bigint, data_until timestamp, journeys_version bigint"
    ),
)
REPORTS = TableSpec("reports")
REPORT_RUNS = TableSpec(
    "report_runs",
    schema(
        "run_id string, report string, view string, definition string, as_of timestamp, data_until timestamp, "
        "journeys_version bigint, row_count bigint, rows_read bigint, events_read bigint, excluded_persons bigint, "
        "excluded_events bigint"
    ),
)
