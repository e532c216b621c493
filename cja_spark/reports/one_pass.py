"""One pass: one Spark task per bucket reads the columns of all reports, runs all kernels, emits all cells."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.journeys.batch import Journeys
from cja_spark.journeys.merge import merge
from cja_spark.journeys.reader import SLICE_BYTES, ReadCounts, read_bucket
from cja_spark.journeys.worker import prepare_worker
from cja_spark.reports.ask import Ask, Seen
from cja_spark.reports.cells import Cells, Sums, names_of, schema_of
from cja_spark.reports.kind import REPORTS
from cja_spark.reports.limits import left_out_of
from cja_spark.reports.measures import most_keys
from cja_spark.stored import Stored
from cja_spark.worker_errors import worker_errors

COUNTS = -1  # the "report" of the cells that say what a task read
ROWS, EVENTS, BYTES = range(3)


@dataclass(frozen=True)
class Pass:
    """What one pass over journeys gave: the summed cells of each ask, and what was read.

    Attributes:
        sums: per ask its summed cells.
        rows: rows of journeys read.
        events: events read.
        bytes: bytes of the columns read, before they were packed.
        seconds: wall time.
        left_out: per ask the keys of persons above the limit, with how many events each has (L3).
    """

    sums: tuple[Sums, ...]
    rows: int
    events: int
    bytes: int
    seconds: float
    left_out: tuple[Mapping[int, int], ...] = ()

    @property
    def excluded_persons(self) -> int:
        """Persons that some report of the pass leaves out."""
        return len({person for some in self.left_out for person in some})


def run_asks(asks: Sequence[Ask], journeys: Iterable[Journeys], *, first: bool = False) -> Iterator[pa.RecordBatch]:
    """Run all kernels on batches of whole persons and emit their cells; or those of a pass before.

    Persons with more events in a report's read range than the view allows are left out of it and named (L3).
    """
    width = most_keys(asks)
    for batch in journeys:
        for number, ask in enumerate(asks):
            seen = Seen(batch, ask, ask.view.max_events)
            kind = REPORTS.named(ask.report.report)
            yield from (kind.first if first and kind.first else kind.kernel)(seen).batches(number, width)
            yield from seen.left_out.cells().batches(number, width)


def bucket_files(files: Iterable[str]) -> list[list[str]]:
    """Files of each bucket in period order, from their paths."""
    found: dict[int, list[tuple[int, str]]] = {}
    for file in files:
        period, bucket = place_of(file)
        found.setdefault(bucket, []).append((period, file))
    return [[file for _, file in sorted(found[bucket])] for bucket in sorted(found)]


def place_of(file: str) -> tuple[int, int]:
    """The period and the bucket of a file, from its path."""
    place = unquote(file)
    period, bucket = (int(place.split(f"{key}=", 1)[1].split("/", 1)[0]) for key in ("period", "bucket"))
    return period, bucket


def read_by_arrow(journeys: Stored, columns: Sequence[str], asks: Sequence[Ask], *, first: bool = False) -> DataFrame:
    """Cells of all asks: one task per bucket, Arrow reads the files.

    Rows:    One per partial sum; a key may come from several tasks.
    Columns: returns report int, {keys} (bigint; four, or as many as the deepest table has), measure int, amount double.
    """
    buckets = bucket_files(journeys.files)
    width = most_keys(asks)
    tasks = journeys.spark.range(0, len(buckets), 1, max(len(buckets), 1))

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        for batch in batches:
            for bucket in batch.column(0).to_pylist():
                counts = ReadCounts()
                yield from run_asks(asks, read_bucket(buckets[bucket], columns, counts, SLICE_BYTES), first=first)
                yield from _read_cells(counts, width)

    return tasks.mapInArrow(run, schema_of(width))


def read_by_spark(
    journeys: Stored, columns: Sequence[str], asks: Sequence[Ask], partitions: int, *, first: bool = False
) -> DataFrame:
    """The same cells where executors cannot open the files: a Spark scan and one exchange by bucket.

    Rows:    One per partial sum; a key may come from several tasks.
    Columns: reads bucket, period, chunk int, person bigint, t array<bigint>, {columns}; returns report int, {keys}
        (bigint; four, or as many as the deepest table has), measure int, amount double.
    """
    width = most_keys(asks)
    rows = sorted_rows(journeys.rows, ["person", "t", *columns], partitions)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        prepare_worker()
        counts = ReadCounts()
        yield from run_asks(asks, whole_persons(batches, columns, counts), first=first)
        yield from _read_cells(counts, width)

    return rows.mapInArrow(run, schema_of(width))


def sorted_rows(journeys: DataFrame, names: Sequence[str], partitions: int) -> DataFrame:
    """Some columns of journeys, whole buckets in one partition.

    Rows:    The same, sorted by bucket, person, period and chunk; a profile's row comes first.
    """
    return (
        journeys.select("bucket", "period", "chunk", *names)
        .repartitionById(partitions, F.pmod(F.col("bucket"), F.lit(partitions)).cast("int"))
        .sortWithinPartitions("bucket", "person", "period", F.col("chunk").asc_nulls_first())
        .select(*names)
    )


def whole_persons(batches: Iterable[pa.RecordBatch], columns: Sequence[str], counts: ReadCounts) -> Iterator[Journeys]:
    """Cut a stream of rows sorted by person so that no person is split."""
    carry: pa.Table | None = None
    for batch in batches:
        rows = pa.Table.from_batches([batch])
        rows = rows if carry is None else pa.concat_tables([carry, rows]).combine_chunks()
        if len(rows) == 0:
            continue
        person = rows["person"].chunk(0).to_numpy()
        last = int(np.flatnonzero(person == person[-1])[0])
        counts.rows += last
        if last:
            yield _counted(merge([rows.slice(0, last)], columns), counts)
        carry = rows.slice(last)
    if carry is not None:
        counts.rows += len(carry)
        yield _counted(merge([carry], columns), counts)


def _counted(journeys: Journeys, counts: ReadCounts) -> Journeys:
    counts.events += journeys.events
    return journeys


def _read_cells(counts: ReadCounts, width: int) -> Iterator[pa.RecordBatch]:
    cells = Cells()
    for measure, amount in ((ROWS, counts.rows), (EVENTS, counts.events), (BYTES, counts.bytes)):
        cells.add(measure, float(amount))
    yield from cells.batches(COUNTS, width)


def no_pass(asks: Sequence[Ask]) -> Pass:
    """What a pass over no journeys gives."""
    nothing = pa.table({name: pa.array([], pa.float64() if name == "amount" else pa.int64()) for name in names_of(most_keys(asks))})
    return Pass((Sums(nothing),) * len(asks), 0, 0, 0, 0.0, ({},) * len(asks))


@worker_errors()
def summed(cells: DataFrame, asks: int) -> Pass:
    """Run the pass and sum its cells on the driver: a groupBy in Spark would cost 0.2 s more."""
    begun = time.monotonic()
    found = cells.toArrow()
    by_report = [Sums(found.filter(pc.equal(found["report"], number))) for number in range(asks)]
    counts = Sums(found.filter(pc.equal(found["report"], COUNTS)))
    read = {measure: int(counts.total(measure)) for measure in (ROWS, EVENTS, BYTES)}
    return Pass(
        sums=tuple(by_report),
        rows=read[ROWS],
        events=read[EVENTS],
        bytes=read[BYTES],
        seconds=time.monotonic() - begun,
        left_out=tuple(left_out_of(sums) for sums in by_report),
    )
