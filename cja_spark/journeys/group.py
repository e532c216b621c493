"""Streaming grouping: events sorted by person and time become one row per person and period, in Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from cja_spark.errors import CollisionError
from cja_spark.journeys.order import PREFIX, by_person
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
    done = Done()
    for batch in batches:
        events = _joined(carry, batch)
        if len(events) == 0:
            continue
        starts = _starts(events)
        last, whole = int(starts[-1]), _whole(events, starts, chunk_events)
        yield from _rows(events.slice(0, whole), starts[starts < whole], lookups, chunk_events, done)
        if whole > last:
            key = _key(events, last)
            done = Done(key, (whole - last) // chunk_events + (done.chunks if done.key == key else 0))
        carry = events.slice(whole)
    if carry is not None and len(carry):
        rest = carry.combine_chunks()
        yield from _rows(rest, _starts(rest), lookups, chunk_events, done)


class Done(NamedTuple):
    """The person (period, key) whose first chunks are written already, and how many."""

    key: tuple[int, int] | None = None
    chunks: int = 0


def _key(events: pa.Table, at: int) -> tuple[int, int]:
    return events["period"][at].as_py(), events["person"][at].as_py()


def _whole(events: pa.Table, starts: np.ndarray, chunk_events: int) -> int:
    """How many events can become rows: the end of a person is known only when another prefix of keys begins."""
    last = int(starts[-1])
    period, person = (events[name].chunk(0).to_numpy()[starts] for name in ("period", "person"))
    shared = (period == period[-1]) & (person & PREFIX == person[-1] & PREFIX)
    if np.count_nonzero(shared) > 1:
        return int(starts[np.flatnonzero(shared)[0]])
    return last + (len(events) - last - 1) // chunk_events * chunk_events


def _joined(carry: pa.Table | None, batch: pa.RecordBatch) -> pa.Table:
    parts = [pa.Table.from_batches([batch])]
    if carry is not None:
        parts.insert(0, carry)
    return by_person(pa.concat_tables(parts).combine_chunks())


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
    events: pa.Table, starts: np.ndarray, lookups: Lookups, chunk_events: int, done: Done
) -> Iterator[pa.RecordBatch]:
    if len(events) == 0:
        return
    events = events.combine_chunks()
    splits, chunks = _split(starts, len(events), chunk_events)
    offsets = np.append(splits, len(events)).astype(np.int32)
    keys = events.select(list(KEYS)).take(pa.array(splits)).combine_chunks()
    if done.key:
        period, person = done.key
        chunks[(keys["person"].to_numpy() == person) & (keys["period"].to_numpy() == period)] += done.chunks
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


def _split(starts: np.ndarray, events: int, chunk_events: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut runs into chunks: the positions where chunks begin, and each chunk's number within its person."""
    lengths = np.diff(np.append(starts, events))
    pieces = np.maximum(-(-lengths // chunk_events), 1)
    run = np.repeat(np.arange(len(starts)), pieces)
    number = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    splits = starts[run] + number * chunk_events
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
