"""Streaming grouping: events sorted by person and time become one row per person and period, in Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa

from cja_spark.errors import CollisionError
from cja_spark.journeys.worker import prepare_worker

CHUNK_EVENTS = 20_000
ROWS_PER_BATCH = 20_000
KEYS = ("period", "bucket", "person", "person_id", "person_namespace")
Lookups = Mapping[str, tuple[np.ndarray, np.ndarray]]


def group(
    batches: Iterable[pa.RecordBatch], lookups: Lookups, chunk_events: int = CHUNK_EVENTS
) -> Iterator[pa.RecordBatch]:
    """Group sorted events into journey rows; memory is bounded by one batch and one chunk.

    Rows:    One per (period, person, chunk); a chunk has at most `chunk_events` events.
    Columns: reads period, bucket, person, person_id, person_namespace, t and fields; adds chunk, event_count; t and
        fields become lists. Fields named in `lookups` hold ids of keys and become ids of values.
    Raises:  CollisionError when two person ids share one 64-bit key.
    """
    prepare_worker()
    carry: pa.Table | None = None
    chunks_done = 0
    for batch in batches:
        events = _joined(carry, batch)
        if len(events) == 0:
            continue
        starts = _starts(events)
        last = int(starts[-1])
        whole = last + (len(events) - last) // chunk_events * chunk_events
        if whole == len(events) and whole > last:
            whole -= chunk_events  # the end of a person is known only when another begins
        yield from _rows(events.slice(0, whole), starts[starts < max(whole, 1)] if whole else starts[:0], lookups,
                         chunk_events, chunks_done)  # fmt: skip
        chunks_done = (whole - last) // chunk_events + (chunks_done if last == 0 else 0)
        carry = events.slice(whole)
    if carry is not None and len(carry):
        yield from _rows(carry, np.array([0]), lookups, chunk_events, chunks_done)


def _joined(carry: pa.Table | None, batch: pa.RecordBatch) -> pa.Table:
    parts = [pa.Table.from_batches([batch])]
    if carry is not None:
        parts.insert(0, carry)
    return pa.concat_tables(parts).combine_chunks()


def _starts(events: pa.Table) -> np.ndarray:
    person = events["person"].chunk(0).to_numpy()
    period = events["period"].chunk(0).to_numpy()
    new = np.append(True, (person[1:] != person[:-1]) | (period[1:] != period[:-1]))
    starts = np.flatnonzero(new)
    _refuse_shared_keys(events, starts)
    return starts


def _refuse_shared_keys(events: pa.Table, starts: np.ndarray) -> None:
    """Two ids under one key would alternate inside a run: compare the id of each event with its run's first."""
    import pyarrow.compute as pc

    ids = events["person_id"].chunk(0)
    lengths = np.diff(np.append(starts, len(events)))
    several = starts[lengths > 1]
    if len(several) == 0:
        return
    first = pa.array(np.repeat(starts, lengths))
    same = pc.all(pc.equal(ids, ids.take(first))).as_py()
    if not same:
        at = pc.index(pc.equal(ids, ids.take(first)), False).as_py()
        key = events["person"][at].as_py()
        raise CollisionError.of("person ids", key, ids[first[at].as_py()].as_py(), ids[at].as_py())


def _rows(
    events: pa.Table, starts: np.ndarray, lookups: Lookups, chunk_events: int, chunks_before: int
) -> Iterator[pa.RecordBatch]:
    if len(events) == 0:
        return
    events = events.combine_chunks()
    splits, chunks = _split(starts, len(events), chunk_events, chunks_before)
    offsets = np.append(splits, len(events)).astype(np.int32)
    keys = events.select(list(KEYS)).take(pa.array(splits)).combine_chunks()
    names = [*KEYS, "chunk", "event_count"]
    counts = pa.array(chunks.astype(np.int32)), pa.array(np.diff(offsets))
    columns = [*(keys[name].chunk(0) for name in KEYS), *counts]
    for name in events.column_names[len(KEYS) :]:
        values = events[name].chunk(0)
        if name in lookups:
            values = looked_up(values, lookups[name])
        columns.append(pa.ListArray.from_arrays(pa.array(offsets), values))
        names.append(name)
    rows = pa.RecordBatch.from_arrays(columns, names=names)
    for at in range(0, len(rows), ROWS_PER_BATCH):
        yield rows.slice(at, ROWS_PER_BATCH)


def _split(starts: np.ndarray, events: int, chunk_events: int, before: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut runs into chunks: the positions where chunks begin, and each chunk's number within its person."""
    lengths = np.diff(np.append(starts, events))
    pieces = np.maximum(-(-lengths // chunk_events), 1)
    run = np.repeat(np.arange(len(starts)), pieces)
    number = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    splits = starts[run] + number * chunk_events
    number[run == 0] += before
    return splits, number


def looked_up(keys: pa.Array, lookup: tuple[np.ndarray, np.ndarray]) -> pa.Array:
    """Turn ids of keys into ids of values, 0 where a key is unknown; lists keep their shape."""
    if pa.types.is_list(keys.type):
        inner = looked_up(keys.flatten(), lookup)
        offsets = pa.array(np.append(0, np.cumsum(keys.value_lengths().fill_null(0).to_numpy())).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, inner)
    known, values = lookup
    ids = keys.to_numpy(zero_copy_only=False)
    if len(known) == 0:
        return pa.array(np.zeros(len(ids), np.int64))
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return pa.array(np.where(known[at] == ids, values[at], 0))
