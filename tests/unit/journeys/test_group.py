"""Streaming grouping: whatever the batches, the rows are the same."""

import pyarrow as pa
import pytest

from cja_spark.errors import CollisionError
from cja_spark.journeys.group import group
from cja_spark.journeys.order import TIME_BITS


def batch(rows):
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 8
    names = ["period", "bucket", "person", "person_id", "person_namespace", "t", "d_page", "d_sku"]
    types = [pa.int32(), pa.int32(), pa.int64(), pa.string(), pa.string(), pa.int64(), pa.int64(), pa.list_(pa.int64())]
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def rows_of(batches, chunk_events=20_000, lookups=None):
    return [row for found in group(batches, lookups or {}, chunk_events) for row in found.to_pylist()]


APART = 1 << TIME_BITS  # keys that share no prefix


def events(counts, step=APART):
    return [
        (1, 0, person * step, f"p{person}", "crm", at, person * 100 + at, [at, at + 1])
        for person, count in enumerate(counts)
        for at in range(count)
    ]


def alternating(counts):
    """Events of persons whose keys share a prefix, as Spark sorts them: by time first."""
    return sorted(events(counts, step=1), key=lambda event: event[5])


def test_events_of_one_person_become_one_row():
    found = rows_of([batch(events([3, 2]))])
    assert [(row["person_id"], row["chunk"], row["t"]) for row in found] == [("p0", 0, [0, 1, 2]), ("p1", 0, [0, 1])]
    assert found[1]["d_sku"] == [[0, 1], [1, 2]]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("chunk", [1, 2, 3, 5])
def test_batch_borders_change_nothing(size, chunk):
    all_events = events([1, 4, 7, 1, 3])
    whole = rows_of([batch(all_events)], chunk)
    pieces = rows_of([batch(all_events[at : at + size]) for at in range(0, len(all_events), size)], chunk)
    assert pieces == whole


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("chunk", [3, 100])
@pytest.mark.parametrize("counts", [[2, 3], [1, 2, 2]])
def test_persons_that_alternate_are_parted(size, chunk, counts):
    mixed = [*alternating(counts), *((1, 0, APART, "z", "crm", 1, 1, [1]),)]
    found = rows_of([batch(mixed[at : at + size]) for at in range(0, len(mixed), size)], chunk)
    assert found == rows_of([batch([*events(counts, step=1), mixed[-1]])], chunk)
    assert [row["person_id"] for row in found] == [*(f"p{at}" for at in range(len(counts))), "z"]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_person_whose_chunks_were_written_before_another_alternates_goes_on_counting(size):
    long, late = events([9], step=1), (1, 0, 1, "p1", "crm", 7, 107, [7, 8])
    mixed = [*long[:8], late, *long[8:]]
    found = rows_of([batch(mixed[at : at + size]) for at in range(0, len(mixed), size)], chunk_events=3)
    assert sorted((row["person_id"], row["chunk"], row["t"]) for row in found) == [
        ("p0", 0, [0, 1, 2]), ("p0", 1, [3, 4, 5]), ("p0", 2, [6, 7, 8]), ("p1", 0, [7])
    ]  # fmt: skip


@pytest.mark.fault("F13")
def test_a_long_person_becomes_consecutive_chunks():
    found = rows_of([batch(events([7]))], chunk_events=3)
    assert [(row["chunk"], len(row["t"])) for row in found] == [(0, 3), (1, 3), (2, 1)]


@pytest.mark.parametrize(("count", "sizes"), [(20_000, [20_000]), (20_001, [20_000, 1])])
def test_l3_a_row_holds_at_most_twenty_thousand_events(count, sizes):
    found = rows_of([batch(events([count]))])
    assert [len(row["t"]) for row in found] == sizes


def test_memory_is_bounded_while_a_person_goes_on():
    pulled = []

    def batches():
        for at in range(10):
            pulled.append(at)
            yield batch(events([40])[4 * at : 4 * at + 4])

    rows = group(batches(), {}, 5)
    assert next(rows).num_rows == 1
    assert pulled == [0, 1]


def test_an_empty_batch_gives_no_row():
    assert rows_of([batch([])]) == []


def test_two_persons_under_one_key_are_refused():
    first, second = events([1, 1])
    shared = (*second[:2], first[2], *second[3:])
    with pytest.raises(CollisionError, match="person ids"):
        rows_of([batch([first, shared])])


def test_keys_of_a_lookup_become_its_values_and_unknown_ones_not_set():
    import numpy as np

    known = {"d_sku": (np.array([0, 1]), np.array([70, 71]))}
    found = rows_of([batch(events([2]))], lookups=known)
    assert found[0]["d_sku"] == [[70, 71], [71, 0]]
