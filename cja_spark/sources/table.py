"""Tables of the catalogue that consist of files and are not Delta: each load takes the files that no load took."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import SourceError
from cja_spark.hadoop import hadoop_path, java_class
from cja_spark.secret import revealed
from cja_spark.sources.items import FILE, Item, hadoop
from cja_spark.sources.reasons import why
from cja_spark.sources.spec import Source


def items(spark: SparkSession, name: str, source: Source) -> list[Item]:
    """Files of a table as items; their paths as Spark shows them in rows.

    Raises:
        SourceError: there is no such table.
    """
    try:
        rows = _rows(spark, source)
    except AnalysisException as error:
        raise SourceError.unreadable(name, source.table or "", why(str(error))) from error
    address_of = java_class(spark, "java.net.URI")
    configuration, found = hadoop(spark, source), []
    for address in sorted(rows.inputFiles()):
        path = hadoop_path(spark, address_of(address))
        status = path.getFileSystem(configuration).getFileStatus(path)
        found.append(Item(name, _plain(address), status.getLen(), status.getModificationTime()))
    return found


def _plain(address: str) -> str:
    """`file:///a` and `file:/a` are one file, and Spark writes both."""
    return address.replace(":///", ":/")


def read(spark: SparkSession, source: Source, taken: Sequence[Item]) -> DataFrame:
    """Rows of some files of a table.

    Rows:    As the table shows them.
    Columns: adds `_file`.
    """
    rows = _rows(spark, source).withColumn(FILE, F.replace(F.col("_metadata.file_path"), F.lit(":///"), F.lit(":/")))
    return rows.where(F.col(FILE).isin([item.path for item in taken]))


def _rows(spark: SparkSession, source: Source) -> DataFrame:
    assert source.table is not None
    return spark.read.options(**revealed(source.options)).table(source.table)
