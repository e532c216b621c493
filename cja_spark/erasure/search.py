"""The search through all files of a lake, spread over tasks; found identities end an erasure with exit code 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import pandas as pd
from pyspark.sql import DataFrame

from cja_spark.erasure.scan import Sought, hits_in
from cja_spark.erasure.sinks import store_tables
from cja_spark.errors import ReconcileError
from cja_spark.lake import Lake
from cja_spark.maintenance.files import files_under
from cja_spark.maintenance.tables import location_of, tables_of
from cja_spark.scratch import work_folder
from cja_spark.sinks.spec import DeltaProfiles, Sink

SHOWN = 20
UNCLAIMED = ("events", "journeys", "values")


def search(lake: Lake, sinks: Mapping[str, Sink], sought: Sought) -> int:
    """Look for identities in every file of a lake and of its Delta stores; gives the number of files.

    Raises:
        ReconcileError: some file holds one; its address is told, and how it is written there.
    """
    files = sorted({one.address for place in _places(lake, sinks) for one in files_under(lake.spark, place)})
    if not files:
        return 0
    found = sorted({(row["file"], row["encoding"], row["place"]) for row in hits(lake, files, sought).collect()})
    if found:
        told = "; ".join(f"{file.rsplit('/', 1)[1] if len(file) > 400 else file} ({encoding}, {place})" for file, encoding, place in found[:SHOWN])
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        raise ReconcileError(
            f"{len(found):,} places still hold identities that were erased: {told}{more}. "
            "Remove them there, and run the same command again."
        )
    return len(files)


def search_settled(lake: Lake, sinks: Mapping[str, Sink], sought: Sought, check: Callable[[], None]) -> int:
    """Search again as long as events or journeys were written meanwhile: off a local disk no lock keeps loads and builds out.

    Args:
        lake: the lake.
        sinks: those of the project.
        sought: the identities.
        check: asked before each search whether to go on.

    Raises:
        ReconcileError: some file holds an identity.
    """
    while True:
        check()
        before = _written(lake)
        files = search(lake, sinks, sought)
        if _written(lake) == before:
            return files


def _written(lake: Lake) -> dict[str, int]:
    """The versions of the tables that loads and builds write."""
    tables = {table.spec.name: table for table in tables_of(lake)}
    return {name: table.version() for name, table in tables.items() if name.replace("__", "/").partition("/")[0] in UNCLAIMED}


def _places(lake: Lake, sinks: Mapping[str, Sink]) -> Iterator[str]:
    if lake.by_path:
        yield lake.location
    else:
        yield from (location_of(table) for table in tables_of(lake))
        yield from (work_folder(lake, name) for name in ("_staging", "_checkpoints"))
    for sink in sinks.values():
        if isinstance(sink, DeltaProfiles) and sink.location is not None:
            yield from (location_of(table) for table in store_tables(lake, sink))


def hits(lake: Lake, files: Iterable[str], sought: Sought) -> DataFrame:
    """Where files hold identities.

    Rows:    One per file, encoding and place in it.
    Columns: returns file, encoding, place string.
    """
    tasks = lake.spark.sparkContext.defaultParallelism * 4

    def looked(batches: Iterable[pd.DataFrame]) -> Iterable[pd.DataFrame]:
        for batch in batches:
            rows = [tuple(hit) for file in batch["file"] for hit in hits_in(file, sought)]
            yield pd.DataFrame(rows, columns=["file", "encoding", "place"]).astype(str)

    listed = lake.spark.createDataFrame([(file,) for file in files], "file string").repartition(tasks)
    return listed.mapInPandas(looked, "file string, encoding string, place string")
