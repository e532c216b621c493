"""Delta as a source: each load takes the files that were added since the last version taken."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import SourceError
from cja_spark.sources.items import FILE, Item, place
from cja_spark.sources.spec import Source


def items(spark: SparkSession, name: str, source: Source, files_root: str, taken: dict[str, Item]) -> list[Item]:
    """Data files of the newest version, as items; their names never change.

    Raises:
        SourceError: a file that was taken is gone: the table rewrote rows.
    """
    table = _table(spark, source, files_root)
    files = sorted(table.inputFiles())
    gone = sorted(path for path, item in taken.items() if item.dataset == name and path not in set(files))
    if gone:
        raise SourceError.unreadable(
            name, gone[0], "the source table rewrote rows that were loaded; rebuild with --full"
        )
    return [Item(name, file, 0, 0) for file in files]


def read(spark: SparkSession, source: Source, files_root: str, taken: Sequence[Item]) -> DataFrame:
    """Rows of some data files of a Delta table.

    Rows:    As the files hold them.
    Columns: adds `_file`.
    """
    rows = _table(spark, source, files_root).withColumn(FILE, F.col("_metadata.file_path"))
    return rows.where(F.col(FILE).isin([item.path for item in taken]))


def _table(spark: SparkSession, source: Source, files_root: str) -> DataFrame:
    if source.table:
        return spark.read.options(**source.options).table(source.table)
    return spark.read.format("delta").options(**source.options).load(place(source, files_root))
