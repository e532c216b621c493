"""The scan: whether any file of a place still holds an identity, as bytes in several encodings or decoded (S9, step 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cja_spark.connection.erased import SHORTEST
from cja_spark.erasure.patterns import Pattern, Search, patterns_of
from cja_spark.maintenance.files import open_bytes

_BATCH = 65_536
_CHUNK = 1 << 26
_OF_BYTES = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
# Columns whose values are ids: here a short one counts too, elsewhere it may be a product's or a number.
OF_IDS = frozenset((
    "person_id", "own_person_id", "persistent_id", "profile_key", "id", "timeline_person", "person_ids", "bad_ids", "identityMap",
))  # fmt: skip


class Hit(NamedTuple):
    """A file that still holds an identity, how it is written there, and where; the identity itself is not told."""

    file: str
    encoding: str
    where: str


def _array(texts: Iterable[str]) -> pa.Array:
    return pa.array([text.encode("utf-8", "surrogatepass") for text in sorted(texts)], pa.large_binary())


class Sought:
    """The identities that are sought: their ids and their keys."""

    def __init__(self, identities: Sequence[tuple[str, str]]) -> None:
        self.identities = identities

    def __getstate__(self) -> Sequence[tuple[str, str]]:
        return self.identities

    def __setstate__(self, state: Sequence[tuple[str, str]]) -> None:
        self.identities = state

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every id, and every key NAMESPACE:ID."""
        return frozenset(text for namespace, id_ in self.identities for text in (id_, f"{namespace}:{id_}"))

    @cached_property
    def short(self) -> int:
        """Ids that are too short to be found as bytes: they are sought as whole values only."""
        return sum(len(id_.encode("utf-8", "surrogatepass")) < SHORTEST for _, id_ in self.identities)

    @cached_property
    def whole(self) -> pa.Array:
        """What is no other value by chance: every key, and the longer ids."""
        return _array({text for text in self.texts if len(text.encode("utf-8", "surrogatepass")) >= SHORTEST})

    @cached_property
    def names(self) -> pa.Array:
        """All of them, for columns that hold ids."""
        return _array(self.texts)

    @cached_property
    def ids_by_form(self) -> dict[bytes, str]:
        """Of every way to write an id or a key, the id."""
        return {
            form.written: id_ for namespace, id_ in self.identities for text in (id_, f"{namespace}:{id_}") for form in patterns_of(text)
        }

    @cached_property
    def search(self) -> Search:
        """The search for all of them, within longer texts too."""
        return Search(form for text in self.texts for form in patterns_of(text))


def hits_in(file: str, sought: Sought) -> Iterator[Hit]:
    """What one file holds: its bytes as they are, and its values where it is Parquet. Each encoding and column once."""
    seen: set[str] = set()
    for pattern in _in_bytes(file, sought):
        if pattern.encoding not in seen:
            seen.add(pattern.encoding)
            yield Hit(file, pattern.encoding, "bytes")
    if file.endswith(".parquet"):
        yield from _in_values(file, sought)


def _in_bytes(file: str, sought: Sought) -> Iterator[Pattern]:
    """Patterns in the bytes of a file, read in parts that overlap."""
    with open_bytes(file) as opened:
        data, part, first = b"", opened.read(_CHUNK), True
        while part:
            data, part = data + part, opened.read(_CHUNK)
            for at, pattern in sought.search.in_bytes(data):
                # at an edge between parts nobody sees what goes on there; the other part does
                if (at or first) and (at + len(pattern.written) < len(data) or not part):
                    yield pattern
            data, first = data[-sought.search.longest - 1 :], False


def _in_values(file: str, sought: Sought) -> Iterator[Hit]:
    seen: set[tuple[str, str]] = set()
    with open_bytes(file) as opened:
        for batch in pq.ParquetFile(opened).iter_batches(_BATCH):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                for leaf in _texts(column):
                    for encoding in _encodings(leaf, sought.names if name in OF_IDS else sought.whole, sought):
                        if (name, encoding) not in seen:
                            seen.add((name, encoding))
                            yield Hit(file, encoding, f"column {name}")


def _texts(column: pa.Array) -> Iterator[pa.Array]:
    """Arrays of texts and of bytes within a column."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from _texts(column.dictionary)
    elif pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            yield from _texts(column.field(at))
    elif pa.types.is_map(kind):
        yield from _texts(column.keys)
        yield from _texts(column.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _texts(column.flatten())
    elif any(is_kind(kind) for is_kind in _OF_BYTES):
        yield column.cast(pa.large_binary())


def _encodings(leaf: pa.Array, whole: pa.Array, sought: Sought) -> Iterator[str]:
    values = leaf.drop_null().unique()
    if not len(values):
        return
    if pc.any(pc.is_in(values, whole)).as_py():
        yield "value"
    _, offsets, data = values.buffers()
    if data is None:
        return
    edges = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    for _, pattern in sought.search.in_bytes(memoryview(data)[: int(edges[-1])], edges):
        yield f"{pattern.encoding} in a value"
