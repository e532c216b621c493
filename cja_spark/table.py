"""One Delta table of the lake: how it is made, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.readwriter import DataFrameWriter

from cja_spark.driver_reads import (
    Measure,
    Test,
    conditions,
    count_on_driver,
    files_of,
    measure_of,
    newest_version,
    operations_after,
    properties_of,
    read_on_driver,
    total_on_driver,
)
from cja_spark.hadoop import hadoop_path
from cja_spark.identifiers import quoted
from cja_spark.local_rows import local_rows
from cja_spark.stored import Stored

if TYPE_CHECKING:
    from delta.tables import DeltaTable


SAME_ROWS = ("OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES")


PlainRow = Mapping[str, Any]
"""A row on the driver: values by column, structs and maps too; instants in UTC."""


@dataclass(frozen=True)
class TableSpec:
    """A table of the lake: name (a path below the lake, `/` between levels), schema, partitioning, properties."""

    name: str
    schema: T.StructType | None = None
    partition_by: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def own_properties(self) -> Mapping[str, str]:
        """The properties, with no statistics unless they name columns: those copy values into the log, of persons too."""
        named = any(name.startswith("delta.dataSkipping") for name in self.properties)
        return self.properties if named else {**self.properties, "delta.dataSkippingNumIndexedCols": "0"}


class Table:
    """One Delta table of one lake.

    Attributes:
        address: its path, or its name in the catalogue.
        folder: its folder, where it lies on a disk of this machine.
    """

    def __init__(
        self, spark: SparkSession, spec: TableSpec, address: str, *, by_path: bool, folder: Path | None = None
    ) -> None:
        self.spark = spark
        self.spec = spec
        self.address = address
        self.by_path = by_path
        self.folder = folder

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
        for key, value in self.spec.own_properties.items():
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

    def stored(self, version: int | None = None) -> Stored:
        """The table's rows with the files that they lie in."""
        return Stored(self.read(version), partial(self.files, version))

    @property
    def columns(self) -> list[str]:
        """The declared columns."""
        assert self.spec.schema is not None, f"{self.spec.name} has no declared schema"
        return self.spec.schema.names

    def arrow(self, *columns: str, where: Sequence[Test] = (), limit: int | None = None) -> pa.Table:
        """Rows that a driver holds, as Arrow; without a Spark job where the table lies on a disk of this machine.

        Args:
            columns: the columns wanted; all that the table has when none is named.
            where: tests that a row passes, all of them.
            limit: some rows, at most so many.
        """
        found = read_on_driver(self.folder, columns, where, limit) if self.folder is not None else None
        if found is not None:
            return found
        if self.spec.schema is not None and not self.exists():
            empty = to_arrow_schema(self.spec.schema).empty_table()
            return empty.select(list(columns)) if columns else empty
        rows = self.matching(where) if limit is None else self.matching(where).limit(limit)
        return (rows.select(*columns) if columns else rows).toArrow()

    def rows(
        self, *columns: str, where: Sequence[Test] = (), limit: int | None = None
    ) -> list[PlainRow]:
        """The same as plain rows."""
        found = self.arrow(*columns, where=where, limit=limit)
        rows: list[PlainRow] = found.to_pylist(maps_as_pydicts="strict")
        return rows

    def count(self, where: Sequence[Test] = ()) -> int:
        """How many rows pass some tests."""
        known = count_on_driver(self.folder, where) if self.folder is not None else None
        return self.matching(where).count() if known is None else known

    def totals(
        self,
        by: Sequence[str],
        measures: Mapping[str, Measure],
        where: Sequence[Test] = (),
        version: int | None = None,
    ) -> list[PlainRow]:
        """Measures of groups of rows, a row per group; one row when nothing groups them.

        Args:
            by: the columns that group them.
            measures: by the name that each gets.
            where: tests that a row passes, all of them.
            version: of which version; of the newest if none is given.
        """
        known = total_on_driver(self.folder, by, measures, where, version) if self.folder is not None else None
        if known is None and by and not self.exists():
            return []
        if known is None:
            made = (measure_of(*measure).alias(name) for name, measure in measures.items())
            known = self.matching(where, version).groupBy(*by).agg(*made).toArrow()
        rows: list[PlainRow] = known.to_pylist()
        return rows

    def files(self, version: int | None = None) -> list[str]:
        """URIs of the files of one version, of the newest if none is given; of a table that was not yet made (-1) none."""
        if version is not None and version < 0:
            return []
        known = files_of(self.folder, version) if self.folder is not None else None
        if known is not None:
            return known
        return self.read(version).inputFiles() if self.exists() else []

    def version(self) -> int:
        """The newest version, -1 when the table was not yet made."""
        known = newest_version(self.folder) if self.folder is not None else None
        if known is not None:
            return known
        return int(self.delta().history(1).select("version").collect()[0][0]) if self.exists() else -1

    def properties(self) -> dict[str, str]:
        """The table's Delta properties."""
        known = properties_of(self.folder) if self.folder is not None else None
        if known is not None:
            return known
        told: dict[str, str] = self.delta().detail().select("properties").collect()[0][0]
        return told

    def rows_changed_since(self, version: int) -> bool:
        """Whether a commit after a version did more than to store the same rows otherwise."""
        known = operations_after(self.folder, version) if self.folder is not None else None
        if known is not None:
            return any(operation not in SAME_ROWS for operation in known)
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

    def matching(self, where: Sequence[Test], version: int | None = None) -> DataFrame:
        """The rows that pass some tests.

        Rows:    As the table holds them.
        Columns: returns the table's.
        """
        rows = self.read(version)
        for condition in conditions(where):
            rows = rows.where(condition)
        return rows

    def _described(self, writer: DataFrameWriter) -> DataFrameWriter:
        if self.spec.schema is None:
            writer = writer.option("mergeSchema", "true")
        if self.exists():
            return writer
        for key, value in self.spec.own_properties.items():
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
