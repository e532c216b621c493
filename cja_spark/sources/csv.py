"""CSV as a source: a value belongs to the name above it, whatever other files its load takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.secret import revealed
from cja_spark.sources.heads import heads
from cja_spark.sources.items import FILE, Item
from cja_spark.sources.spec import Source
from cja_spark.sources.unite import alike, united

LONGEST = 1_000_000  # bytes in which a header ends


def read(spark: SparkSession, source: Source, items: Sequence[Item]) -> DataFrame:
    """Rows of CSV files; files with the same header line are one scan.

    Spark takes the header of one file for all that it reads together, and goes by position.

    Columns: adds `_file`.
    Raises:  SourceError when a file is gone; TypeConflictError when files differ in a column's type.
    """
    options = {"header": "true", **revealed(source.options)}
    asked = {name.lower(): value for name, value in options.items()}
    begun = heads(spark, source, items, lambda head: len(head) > LONGEST or _first_row(head, asked)[1])
    keys = [_columns(_first_row(head, asked)[0], asked) for head in begun]
    filled = [(item, key) for item, key in zip(items, keys, strict=True) if key] or list(zip(items, keys, strict=True))
    parts = []
    for group in alike([item for item, _ in filled], [key for _, key in filled]):
        rows = spark.read.format("csv").options(**options).load([item.path for item in group])
        parts.append((group[0], rows.withColumn(FILE, F.col("_metadata.file_path"))))
    return united(parts)


def _columns(row: str, options: Mapping[str, str]) -> str:
    """What the columns of a file depend on: its header line, or without one how many there are."""
    if options["header"].lower() == "true" or not row:
        return row
    separator = options.get("sep", options.get("delimiter", ",")).replace("\\t", "\t")
    return str(row.count(separator) + 1)


def _first_row(head: bytes, options: Mapping[str, str]) -> tuple[str, bool]:
    """The first line that is neither blank nor a comment, and whether it ends in this head.

    A quoted line break belongs to the line where `multiLine` is asked for.
    """
    text = head.decode(options.get("encoding", options.get("charset", "utf-8")), "replace").lstrip("\ufeff")
    comment, quote = options.get("comment"), options.get("quote", '"') or "\0"
    quoted = options.get("multiline", "false").lower() == "true"
    row = ""
    for line in text.replace(options.get("linesep") or "\n", "\n").splitlines(keepends=True):
        if not row and (not line.strip() or (comment and line.startswith(comment))):
            continue
        row += line
        if row.endswith(("\n", "\r")) and not (quoted and row.count(quote) % 2):
            return row.strip("\r\n"), True
    return row, False
