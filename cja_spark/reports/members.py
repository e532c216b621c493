"""Members: the persons with an event in a window that passes a tree of segments, from the same pass as reports.

Several questions, each with its own window and tree, are answered in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from cja_spark.journeys.batch import Bools, Journeys
from cja_spark.journeys.reader import ReadCounts, cannot_open, local_paths, open_parquet, read_bucket
from cja_spark.journeys.worker import prepare_worker
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.one_pass import bucket_files, sorted_rows, whole_persons
from cja_spark.reports.readers import Reader
from cja_spark.stored import Stored

SCHEMA = "question int, person_id string, person_namespace string"
_NAMES = ("person", "person_id", "person_namespace")
Tree = Callable[[Seen], Bools]


class Question(NamedTuple):
    """Who has an event in the range of an ask that passes a tree."""

    ask: Ask
    passes: Tree


def members(journeys: Stored, columns: Sequence[str], questions: Sequence[Question], reader: Reader = "auto") -> DataFrame:
    """Persons with at least one range event that passes, per question; both readers find the same.

    Rows:    One per question and person; a person lies in one bucket.
    Columns: returns question int (its number), person_id, person_namespace string (the newest period's that is read).
    """
    if reader == "arrow" or (reader == "auto" and _arrow_opens(journeys)):
        return _by_arrow(journeys, columns, questions)
    return _by_spark(journeys, columns, questions)


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


def _by_arrow(journeys: Stored, columns: Sequence[str], questions: Sequence[Question]) -> DataFrame:
    buckets = bucket_files(journeys.files)
    tasks = journeys.spark.range(0, len(buckets), 1, max(len(buckets), 1))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        for batch in batches:
            for bucket in batch.column(0).to_pylist():
                files = buckets[bucket]
                found = [_members(some, questions) for some in read_bucket(files, columns, ReadCounts())]
                parts = (open_parquet(file).read(list(_NAMES), use_threads=False) for file in files)
                yield from _named(parts, [np.concatenate(keys) for keys in zip(*found, strict=True)])

    return tasks.mapInArrow(run, SCHEMA)


def _by_spark(journeys: Stored, columns: Sequence[str], questions: Sequence[Question]) -> DataFrame:
    """The same where executors cannot open the files: a Spark scan and one exchange by bucket."""
    partitions = journeys.spark.sparkContext.defaultParallelism
    rows = sorted_rows(journeys.rows, ["person", "t", *columns, *_NAMES[1:]], partitions)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        read: list[pa.Table] = []  # ids and namespaces of the rows that are not answered yet
        for some in whole_persons(_watched(batches, read), columns, ReadCounts()):
            yield from _named(read, _members(some, questions))
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


def _members(journeys: Journeys, questions: Sequence[Question]) -> list[np.ndarray]:
    """Keys of the persons that each question finds, sorted."""
    assert journeys.person_ids is not None
    found = []
    for ask, passes in questions:
        seen = Seen(journeys, ask)
        person = np.unique(seen.journeys.person_of_event()[passes(seen) & seen.of_view])
        found.append(journeys.person_ids[person])
    return found


def _named(parts: Iterable[pa.Table], keys: Sequence[np.ndarray]) -> Iterator[pa.RecordBatch]:
    """Ids and namespaces of the persons of each question; of the rows of a person the last one's, the newest period's."""
    everybody = np.unique(np.concatenate(keys)) if len(keys) > 1 else keys[0] if keys else np.empty(0, np.int64)
    if len(everybody) == 0:
        return
    wanted = pa.array(everybody)
    found = pa.concat_tables([rows.filter(pc.is_in(rows["person"], wanted)) for rows in parts]).combine_chunks()
    person = found["person"].to_numpy()
    order = np.argsort(person, kind="stable")
    ends = order[np.append(person[order][1:] != person[order][:-1], True)]
    for number, some in enumerate(keys):
        rows = found.take(pa.array(ends[np.searchsorted(person[ends], some)])).select(list(_NAMES[1:]))
        asked = pa.array(np.full(len(rows), number, np.int32))
        yield from rows.add_column(0, "question", asked).to_batches(max_chunksize=50_000)
