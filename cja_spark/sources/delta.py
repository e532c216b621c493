"""Delta as a source: each load takes the commits of the table's log that no load took, each once."""

from __future__ import annotations

from collections.abc import Sequence

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from cja_spark.errors import SourceError
from cja_spark.hadoop import hadoop_path
from cja_spark.local_rows import local_rows
from cja_spark.secret import revealed
from cja_spark.sources.delta_log import (
    FOLDER,
    added_files,
    checkpoint_version,
    commit_version,
    commits_of_files,
    root_of,
)
from cja_spark.sources.items import FILE, ITEM, Item, Taken, in_folder, place
from cja_spark.sources.spec import Source
from cja_spark.sources.unite import united
from cja_spark.table_schema import schema


def items(spark: SparkSession, name: str, source: Source, files_root: str, taken: Taken) -> list[Item]:
    """Commits of the table's log; before the first, where the log is not whole, a checkpoint of what was before it.

    Commits that brought no rows, such as an OPTIMIZE, wait for one that did.

    Raises:
        SourceError: there is no table; rows were rewritten after a load; commits are gone that no load took.
    """
    log = f"{_address(spark, source, files_root)}/{FOLDER}"
    files = in_folder(spark, name, source, log)
    commits = [item for item in files if commit_version(item.path) is not None]
    if not commits:
        raise SourceError.nothing_at(name, log)
    before = {path for dataset, path in taken if dataset == name and root_of(path) == root_of(files[0].path)}
    if not before:
        return _whole(commits, [item for item in files if checkpoint_version(item.path) is not None])
    last = max(map(_version, before))
    known, fresh = [item for item in commits if item.path in before], [c for c in commits if _version(c.path) > last]
    if _version(commits[-1].path) < last:
        raise SourceError.changed(name, log)
    if fresh and _version(fresh[0].path) != last + 1:
        raise SourceError.unreadable(name, log, f"version {last + 1} is no longer in it; rebuild with --full")
    return [*known, *fresh] if added_files(spark, source, fresh) else known


def _address(spark: SparkSession, source: Source, files_root: str) -> str:
    if source.table is None:
        return place(source, files_root).rstrip("/")
    return str(DeltaTable.forName(spark, source.table).detail().select("location").collect()[0][0])


def is_delta(spark: SparkSession, source: Source) -> bool:
    """Whether a source is a Delta table, at its path or by its name in the catalogue."""
    if source.table is None:
        return source.format == "delta"
    try:
        DeltaTable.forName(spark, source.table)
    except AnalysisException:
        return False
    return True


def _version(path: str) -> int:
    commit = commit_version(path)
    return (checkpoint_version(path) or 0) if commit is None else commit


def _whole(commits: list[Item], checkpoints: list[Item]) -> list[Item]:
    """All that a table has, of which no load took anything."""
    first = _version(commits[0].path)
    if first == 0:
        return commits
    earlier = [item for item in checkpoints if _version(item.path) >= first - 1]
    if not earlier:
        raise SourceError.unreadable(commits[0].dataset, commits[0].path, "the log has no checkpoint before it")
    return [earlier[0], *(item for item in commits if _version(item.path) > _version(earlier[0].path))]


def read(spark: SparkSession, source: Source, taken: Sequence[Item]) -> DataFrame:
    """Rows that commits brought to the table, wherever it has moved them since.

    Rows:    All rows of the last of the commits' versions when they go back to the beginning; else the rows of the
        files that they added with new rows.
    Columns: adds `_file`, and `_item` where there are several.
    Raises:  SourceError when a commit rewrote rows, or files were vacuumed.
    """
    commits = sorted(taken, key=lambda item: _version(item.path))
    return _with_items(spark, source, commits, _rows(spark, source, commits))


def _with_items(spark: SparkSession, source: Source, commits: Sequence[Item], rows: DataFrame) -> DataFrame:
    """Say of each row with which commit it came; what came with a checkpoint has none, and so is before all others."""
    if len(commits) == 1:
        return rows
    brought = commits_of_files(spark, source, [item for item in commits if commit_version(item.path) is not None])
    known = [(_address_of(spark, file), commit) for file, commit in brought.items()]
    listed = local_rows(spark, known, schema(f"{FILE} string, {ITEM} string"))
    return rows.join(F.broadcast(listed), on=FILE, how="left")


def _rows(spark: SparkSession, source: Source, commits: Sequence[Item]) -> DataFrame:
    first, last = commits[0].path, _version(commits[-1].path)
    if _version(first) == 0 or commit_version(first) is None:
        return _as_of(spark, source, root_of(first), last)
    try:
        return united([(commits[0], rows) for rows in _of_files(spark, source, commits, last)])
    except AnalysisException as error:
        if "PATH_NOT_FOUND" not in str(error):
            raise
        gone = str(error).split("does not exist: ")[-1].split(". SQLSTATE")[0].strip()
        why = "it was vacuumed before its rows were loaded; rebuild with --full"
        raise SourceError.unreadable(commits[0].dataset, gone, why) from error


def _of_files(spark: SparkSession, source: Source, commits: Sequence[Item], last: int) -> list[DataFrame]:
    """Rows of the files that commits added: as they lie, or as of the last version that has them."""
    root, files = root_of(commits[0].path), added_files(spark, source, commits)
    plain = [] if _maps_columns(spark, source, root) else [file for file in files if file.plain]
    parts = []
    if plain:  # Delta would look into every file of the table for them
        columns = _as_of(spark, source, root, last).drop(FILE).schema
        reader = spark.read.schema(columns).options(**revealed(source.options)).option("basePath", root)
        parts.append(reader.parquet(*(file.path for file in plain)).withColumn(FILE, F.col("_metadata.file_path")))
    others = [file for file in files if file not in plain]
    for version in sorted({file.held_by for file in others}):
        held = [_address_of(spark, file.path) for file in others if file.held_by == version]
        parts.append(_as_of(spark, source, root, version).where(F.col(FILE).isin(held)))
    return parts


def _maps_columns(spark: SparkSession, source: Source, root: str) -> bool:
    """Whether columns have other names in the files than in the table."""
    table = DeltaTable.forName(spark, source.table) if source.table else DeltaTable.forPath(spark, root)
    properties = table.detail().select("properties").collect()[0][0]
    return bool(properties.get("delta.columnMapping.mode", "none") != "none")


def _address_of(spark: SparkSession, path: str) -> str:
    address: str = hadoop_path(spark, path).toUri().toString()
    return address


def _as_of(spark: SparkSession, source: Source, root: str, version: int) -> DataFrame:
    """The table as it was; `_file` names each row's file."""
    reader = spark.read.format("delta").options(**revealed(source.options)).option("versionAsOf", version)
    rows = reader.table(source.table) if source.table else reader.load(root)
    return rows.withColumn(FILE, F.col("_metadata.file_path"))
