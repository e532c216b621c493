"""Items: the files of a source, or the versions of a Delta table, each taken once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from py4j.java_gateway import JavaObject
from pyspark.sql import SparkSession

from cja_spark.addresses import require_root
from cja_spark.errors import SourceError
from cja_spark.hadoop import hadoop_path, java_class
from cja_spark.secret import revealed
from cja_spark.sources.spec import Source

FILE = "_file"  # the column that names the file of a row
ITEM = "_item"  # the column that names the item that a row came with, where that is not its file


class Item(NamedTuple):
    """One thing a load takes: a file with its size and time; of a Delta table a file of its log, that is, a commit."""

    dataset: str
    path: str
    size: int
    modified_ms: int


Taken = Mapping[tuple[str, str], Item]  # by dataset and path: two datasets may read one file


def place(source: Source, files_root: str) -> str:
    """Absolute place of a path source: absolute paths and URIs stay, others begin at the files root.

    Raises:
        ConfigurationError: it lies where `CJA_ROOTS` allows nothing.
    """
    path = source.path or ""
    away = path.startswith("/") or ":/" in path
    return require_root(path if away else f"{files_root.rstrip('/')}/{path}", "source: 'path'")


def hadoop(spark: SparkSession, source: Source) -> JavaObject:
    """How files of a source are reached: as the session does, with those options of the source that have a dot."""
    known = spark._jsc.hadoopConfiguration()
    own = {name: text for name, text in revealed(source.options).items() if "." in name}
    if not own:
        return known
    configuration = java_class(spark, "org.apache.hadoop.conf.Configuration")(known)
    for name, text in own.items():
        configuration.set(name, text)
    return configuration


def list_files(spark: SparkSession, dataset: str, source: Source, path: str) -> list[Item]:
    """All files below a path, on any file system that Spark knows; names that begin with `_` or `.` are not data.

    Raises:
        SourceError: there is no such path, no file in it, or a file without a byte.
    """
    root = hadoop_path(spark, path)
    system = root.getFileSystem(hadoop(spark, source))
    found: list[Item] = []
    for status in system.globStatus(root) or ():
        found += _below(system, status.getPath(), dataset)
    if not found:
        raise SourceError.nothing_at(dataset, path)
    found.sort(key=lambda item: item.path)
    if empty := [item.path for item in found if not item.size]:
        raise SourceError.unreadable(dataset, empty[0], "it is empty; remove it or write it again")
    return found


def in_folder(spark: SparkSession, dataset: str, source: Source, path: str) -> list[Item]:
    """Files of one folder in the order of their names, those that begin with `_` or `.` too; none when it is not there."""
    root = hadoop_path(spark, path)
    system = root.getFileSystem(hadoop(spark, source))
    statuses = system.listStatus(root) if system.exists(root) else ()
    files = [status for status in statuses if status.isFile()]
    found = [Item(dataset, file.getPath().toString(), file.getLen(), file.getModificationTime()) for file in files]
    return sorted(found, key=lambda item: item.path)


def _below(system: JavaObject, root: JavaObject, dataset: str) -> Iterator[Item]:
    """Data files below a path, or the file at it."""
    above = len(root.toString())
    for file in _files(system, root):
        name = file.getPath().toString()
        if not any(_hidden(part) for part in name[above:].split("/")):
            yield Item(dataset, name, file.getLen(), file.getModificationTime())


def _files(system: JavaObject, root: JavaObject) -> Iterator[JavaObject]:
    """All files below a path, or the file at it.

    Object stores tell them page by page, whatever the folders; Hadoop would ask a local disk by a process per file.
    """
    if system.getUri().getScheme() == "file":
        for status in system.listStatus(root):
            if status.isFile():
                yield status
            else:
                yield from _files(system, status.getPath())
        return
    files = system.listFiles(root, True)
    while files.hasNext():
        yield files.next()


def _hidden(name: str) -> bool:
    """As Spark has it: a partition's folder such as `_day=1` is data."""
    return name.startswith(".") or (name.startswith("_") and "=" not in name)


def new_items(listed: list[Item], taken: Taken) -> list[Item]:
    """Items not yet taken.

    Raises:
        SourceError: a file was written again after it was taken.
    """
    fresh = []
    for item in listed:
        before = taken.get((item.dataset, item.path))
        if before is None:
            fresh.append(item)
        elif (before.size, before.modified_ms) != (item.size, item.modified_ms):
            raise SourceError.changed(item.dataset, item.path)
    return fresh
