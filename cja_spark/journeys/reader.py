"""Arrow reads the columns of a bucket: one file per period, merged by person inside the task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cja_spark.errors import InputError
from cja_spark.file_systems import file_system
from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.merge import merge
from cja_spark.journeys.order import PREFIX
from cja_spark.sources.reasons import known_reason

SLICE_BYTES = 1 << 29
CANNOT_OPEN = "executors cannot open the files of the lake themselves:"


@dataclass
class ReadCounts:
    """What a task read itself; Spark's input metrics do not see it."""

    rows: int = 0
    events: int = 0
    bytes: int = 0


def read_bucket(
    files: Sequence[str], columns: Sequence[str], counts: ReadCounts, slice_bytes: int = SLICE_BYTES
) -> Iterator[Journeys]:
    """Read one bucket in slices of whole persons.

    Args:
        files: the bucket's files, one per period, in period order.
        columns: `t` apart, the stored columns wanted; `p_` columns come from the file of profiles.
        counts: receives what was read.
        slice_bytes: uncompressed bytes of the wanted columns per slice.

    Raises:
        InputError: a file lacks a wanted column; pyarrow alone would leave it out without a word.
    """
    opened = [open_parquet(file) for file in files]
    sizes = [_bytes(file, columns) for file in opened]
    counts.bytes += sum(sizes)
    slices = max(1, -(-sum(sizes) // slice_bytes))
    edges = _edges(opened, slices)
    for low, high in pairwise(edges):
        tables = [_rows(file, columns, low, high, whole=slices == 1) for file in opened]
        journeys = merge([table for table in tables if len(table)], columns)
        counts.rows += sum(len(table) for table in tables)
        counts.events += journeys.events
        yield journeys


def open_parquet(uri: str, dictionaries: Sequence[str] = ()) -> pq.ParquetFile:
    """Open one file of the lake, on any file system that pyarrow knows.

    Args:
        uri: where it lies.
        dictionaries: columns of text to be read as dictionaries.

    Raises:
        InputError: pyarrow does not know the file system, or has no credentials for it; it begins with CANNOT_OPEN.
            Or a file on a disk of this machine is gone or broken.
        FileNotFoundError: there is no such file elsewhere.
    """
    if uri.startswith("file:") or "://" not in uri:
        return _open_local(_local_path(uri), dictionaries)
    try:
        system, path = file_system(uri)
        opened = system.open_input_file(path)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{CANNOT_OPEN} {uri}: {error}") from error
    return pq.ParquetFile(opened, read_dictionary=list(dictionaries))


def _open_local(path: str, dictionaries: Sequence[str]) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=False, read_dictionary=list(dictionaries))
    except (OSError, pa.ArrowException) as error:
        if (reason := known_reason(f"{type(error).__name__}: {error}")) is None:
            raise
        raise InputError.file_of_lake(path, reason) from error


def cannot_open(error: Exception) -> bool:
    """Whether executors could not open files themselves: credentials or a file system that only the JVM has."""
    return CANNOT_OPEN in str(error)


def local_paths(uris: Sequence[str]) -> list[str] | None:
    """Paths of files that lie on this machine; None when some lie elsewhere."""
    if not all(uri.startswith("file:") for uri in uris):
        return None
    return [_local_path(uri) for uri in uris]


def _local_path(uri: str) -> str:
    return unquote(uri.removeprefix("file://").removeprefix("file:"))


def _wanted(file: pq.ParquetFile, columns: Sequence[str]) -> list[str]:
    has = set(file.schema_arrow.names)
    missing = sorted(set(columns) - has)
    if missing:
        raise InputError(f"journeys lack the column '{missing[0]}': run 'cja journey' to build them again.")
    return ["person", "t", *columns]


def _bytes(file: pq.ParquetFile, columns: Sequence[str]) -> int:
    wanted = tuple(f"{name}." for name in _wanted(file, columns))
    total = 0
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        for at in range(row_group.num_columns):
            column = row_group.column(at)
            if f"{column.path_in_schema}.".startswith(wanted):
                total += column.total_uncompressed_size
    return int(total)


def _edges(files: Sequence[pq.ParquetFile], slices: int) -> list[int]:
    """Person keys that cut a bucket into slices; keys are hashes, so equal ranges hold about equal numbers.

    Files are sorted by a prefix of the key, so no slice begins within one.
    """
    least, most = -(1 << 63), (1 << 63) - 1
    if slices == 1:
        return [least, most]
    step = (1 << 64) // slices
    return [(least + at * step) & PREFIX for at in range(slices)] + [most]


def _rows(file: pq.ParquetFile, columns: Sequence[str], low: int, high: int, *, whole: bool) -> pa.Table:
    names = _wanted(file, columns)
    if whole:
        return file.read(names, use_threads=False)
    groups = [at for at in range(file.metadata.num_row_groups) if _overlaps(file, at, low, high)]
    if not groups:
        return file.schema_arrow.empty_table().select(names)
    rows = file.read_row_groups(groups, names, use_threads=False)
    person = rows["person"].to_numpy()
    first = int(np.searchsorted(person, low))
    last = len(rows) if high == (1 << 63) - 1 else int(np.searchsorted(person, high))
    return rows.slice(first, last - first)


def _overlaps(file: pq.ParquetFile, group: int, low: int, high: int) -> bool:
    statistics = file.metadata.row_group(group).column(file.schema.names.index("person")).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return bool(statistics.max >= low and (statistics.min < high or high == (1 << 63) - 1))
