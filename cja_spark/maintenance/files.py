"""Files of a lake: all that lie under a place, and their bytes, on whatever file system it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NamedTuple

import pyarrow as pa
from pyspark.sql import SparkSession

from cja_spark.errors import UnavailableError
from cja_spark.file_systems import file_system, local_path
from cja_spark.hadoop import hadoop_path


class FoundFile(NamedTuple):
    """A file: its address, its bytes, when it was written last (ms since 1970)."""

    address: str
    size: int
    modified_ms: int


def plain(address: str) -> str:
    """An address as a key: however a file of this machine is written, its path."""
    path = local_path(address)
    return address if path is None else str(path)


def files_under(spark: SparkSession, place: str) -> Iterator[FoundFile]:
    """All files under a folder, in folders of folders too; none where it is not there."""
    path = hadoop_path(spark, place)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not system.exists(path):
        return
    found = system.listFiles(path, True)
    while found.hasNext():
        one = found.next()
        yield FoundFile(str(one.getPath().toUri().toString()), int(one.getLen()), int(one.getModificationTime()))


def open_bytes(address: str) -> IO[bytes]:
    """Open a file for reading, on any file system that pyarrow knows.

    Raises:
        UnavailableError: pyarrow does not know the file system, or has no credentials for it.
    """
    path = local_path(address)
    if path is not None:
        return path.open("rb")
    try:
        system, where = file_system(address)
        opened: IO[bytes] = system.open_input_file(where)
    except (OSError, pa.ArrowException) as error:
        raise UnavailableError(f"executors cannot open files of the lake themselves: {type(error).__name__}.") from error
    return opened
