"""Members: the persons with an event in a window that passes a tree of segments, from the same pass as reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from cja_spark.journeys.batch import Bools
from cja_spark.journeys.reader import ReadCounts, cannot_open, local_paths, open_parquet, read_bucket
from cja_spark.journeys.worker import prepare_worker
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.one_pass import bucket_files, sorted_rows, whole_persons
from cja_spark.reports.readers import Reader
from cja_spark.stored import Stored

SCHEMA = "person_id string, person_namespace string"
_NAMES = ("person", "person_id", "person_namespace")
Tree = Callable[[Seen], Bools]


def members(journeys: Stored, columns: Sequence[str], ask: Ask, passes: Tree, reader: Reader = "auto") -> DataFrame:
    """Persons with at least one range event that passes; both readers find the same.

    Rows:    One per person; a person lies in one bucket.
    Columns: returns person_id, person_namespace string (the newest period's that is read).
    """
    if reader == "arrow" or (reader == "auto" and _arrow_opens(journeys)):
        return _by_arrow(journeys, columns, ask, passes)
    return _by_spark(journeys, columns, ask, passes)


def _arrow_opens(journeys: Stored) -> bool:
    """Whether tasks can open the files themselves; where they do not lie on this machine, one task tries."""
    files = journeys.files
    if not files or local_paths(files) is not None:
        return True

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            open_parquet(files[0])
            yield batch

    try:
        journeys.spark.range(0, 1, 1, 1).mapInArrow(run, "id bigint").collect()
    except Exception as error:
        if not cannot_open(error):
            raise
        return False
    return True


def _by_arrow(journeys: Stored, columns: Sequence[str], ask: Ask, passes: Tree) -> DataFrame:
    buckets = bucket_files(journeys.files)
    tasks = journeys.spark.range(0, len(buckets), 1, max(len(buckets), 1))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        for batch in batches:
            for bucket in batch.column(0).to_pylist():
                files = buckets[bucket]
                keys = [_members(Seen(some, ask), passes) for some in read_bucket(files, columns, ReadCounts())]
                parts = (open_parquet(file).read(list(_NAMES), use_threads=False) for file in files)
                yield from _named(parts, np.concatenate(keys))

    return tasks.mapInArrow(run, SCHEMA)


def _by_spark(journeys: Stored, columns: Sequence[str], ask: Ask, passes: Tree) -> DataFrame:
    """The same where executors cannot open the files: a Spark scan and one exchange by bucket."""
    partitions = journeys.spark.sparkContext.defaultParallelism
    rows = sorted_rows(journeys.rows, ["person", "t", *columns, *_NAMES[1:]], partitions)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        read: list[pa.Table] = []  # ids and namespaces of the rows that are not answered yet
        for some in whole_persons(_watched(batches, read), columns, ReadCounts()):
            yield from _named(read, _members(Seen(some, ask), passes))
            assert some.person_ids is not None
            read[:] = [rows for rows in (_after(rows, some.person_ids) for rows in read) if len(rows)]

    return rows.mapInArrow(run, SCHEMA)


def _watched(batches: Iterable[pa.RecordBatch], read: list[pa.Table]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        read.append(pa.Table.from_batches([batch]).select(list(_NAMES)))
        yield batch


def _after(rows: pa.Table, persons: np.ndarray) -> pa.Table:
    """Rows of other persons than those that were answered."""
    return rows.filter(pc.invert(pc.is_in(rows["person"], pa.array(persons))))


def _members(seen: Seen, passes: Tree) -> np.ndarray:
    person = np.unique(seen.journeys.person_of_event()[passes(seen) & seen.of_view])
    keys = seen.journeys.person_ids
    assert keys is not None
    return keys[person]


def _named(parts: Iterable[pa.Table], keys: np.ndarray) -> Iterator[pa.RecordBatch]:
    """Ids and namespaces of some persons; of the rows of a person the last one's, which is the newest period's."""
    if len(keys) == 0:
        return
    wanted = pa.array(keys)
    found = pa.concat_tables([rows.filter(pc.is_in(rows["person"], wanted)) for rows in parts]).combine_chunks()
    person = found["person"].to_numpy()
    order = np.argsort(person, kind="stable")
    ends = np.append(person[order][1:] != person[order][:-1], True)
    yield from found.take(pa.array(order[ends])).select(list(_NAMES[1:])).to_batches(max_chunksize=50_000)
