"""Members: the persons with an event in a window that passes a tree of segments, from the same pass as reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from cja_spark.journeys.batch import Bools
from cja_spark.journeys.reader import ReadCounts, open_journeys, read_bucket
from cja_spark.journeys.worker import prepare_worker
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.one_pass import bucket_files

SCHEMA = "person_id string, person_namespace string"
Tree = Callable[[Seen], Bools]


def members(journeys: DataFrame, columns: Sequence[str], ask: Ask, passes: Tree) -> DataFrame:
    """Persons with at least one range event that passes.

    Rows:    One per person; a person lies in one bucket.
    Columns: returns person_id, person_namespace string (the newest that the person had).
    """
    buckets = bucket_files(journeys.inputFiles())
    tasks = journeys.sparkSession.range(0, len(buckets), 1, max(len(buckets), 1))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        for batch in batches:
            for bucket in batch.column(0).to_pylist():
                files = buckets[bucket]
                keys = [_members(Seen(some, ask), passes) for some in read_bucket(files, columns, ReadCounts())]
                yield from _named(files, np.concatenate(keys))

    return tasks.mapInArrow(run, SCHEMA)


def _members(seen: Seen, passes: Tree) -> np.ndarray:
    person = np.unique(seen.journeys.person_of_event()[passes(seen) & seen.in_range])
    keys = seen.journeys.person_ids
    assert keys is not None
    return keys[person]


def _named(files: Sequence[str], keys: np.ndarray) -> Iterator[pa.RecordBatch]:
    """Ids and namespaces of some persons of a bucket; the newest period's row of each wins."""
    if len(keys) == 0:
        return
    wanted = pa.array(keys)
    parts = []
    for file in files:
        rows = open_journeys(file).read(["person", "person_id", "person_namespace"], use_threads=False)
        parts.append(rows.filter(pc.is_in(rows["person"], wanted)))
    found = pa.concat_tables(parts).combine_chunks()
    person = found["person"].to_numpy()
    order = np.argsort(person, kind="stable")
    ends = np.append(person[order][1:] != person[order][:-1], True)
    yield from (
        found.take(pa.array(order[ends])).select(["person_id", "person_namespace"]).to_batches(max_chunksize=50_000)
    )
