"""Sinks of chunks: the chunks of a run of erasure are brought by one task; what became of each comes back as a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.runs import Seal
from cja_spark.errors import CjaError, ClaimError, UnavailableError
from cja_spark.sinks.chunk import Change, ChunkSink, ErasedKey, LostError, SinkError, Token
from cja_spark.sinks.clocks import Clocks, GaveUpError
from cja_spark.sinks.kinds import open_sink, own_sink
from cja_spark.sinks.spec import Chunked

_COLUMNS = ("chunk", "change_id", "profile_key", "namespace", "id", "person_ref", "definition_version", "audiences")
_TOLD = "chunk int, outcome string, error_class string, error_code string"
Opened = Callable[[Chunked, str, int], ChunkSink]


class Erased(NamedTuple):
    """What became of the chunks of an erasure that a sink was asked for.

    Attributes:
        outcomes: per chunk with persons that it took `deleted`, `exit_only` or `absent`.
        refused: the chunks that it did not take.
        fault: UnavailableError where it refused or did not answer, ClaimError where a newer owner is at it; None when it took all.
    """

    outcomes: dict[int, str]
    refused: frozenset[int]
    fault: CjaError | None


def erase_chunks(
    sink: Chunked, rows: DataFrame, seal: Seal, done: Collection[int], opened: Opened = open_sink
) -> Erased:
    """Let a sink of chunks forget the persons of a run, a chunk after the other.

    One task does it: a sink of files writes a file again for each chunk that is in it, and two at once would undo one another.

    Args:
        sink: its settings.
        rows: changes with the audiences that each person was told to be in.
        seal: the run.
        done: chunks that it has.
        opened: opens it in a task.

    Returns:
        What became of its chunks.
    """
    own_sink(sink, seal.audience_id)
    open_ = rows.where(~F.col("chunk").isin(*done)) if done else rows
    lined_up = open_.select(*_COLUMNS).repartition(1).sortWithinPartitions("chunk", "profile_key")
    found = lined_up.mapInPandas(partial(_brought, sink=sink, seal=seal, opened=opened), _TOLD).collect()
    refused = {row["chunk"]: (row["error_class"], row["error_code"]) for row in found if row["error_code"] is not None}
    outcomes = {row["chunk"]: row["outcome"] for row in found if row["error_code"] is None}
    return Erased(outcomes, frozenset(refused), _fault(sink, seal, refused))


def _fault(sink: Chunked, seal: Seal, refused: Mapping[int, tuple[str, str]]) -> CjaError | None:
    if not refused:
        return None
    if any(error_class == "lost" for error_class, _ in refused.values()):
        return ClaimError(f"sink '{sink.name}': a newer owner is at it. Run the same command again.")
    code = " ".join(refused[min(refused)])
    return UnavailableError(f"sink '{sink.name}' did not erase {len(refused)} of {seal.chunks} chunks: {code}. Run the same command again.")


def _brought(batches: Iterator[pd.DataFrame], sink: Chunked, seal: Seal, opened: Opened) -> Iterator[pd.DataFrame]:
    """Bring whole chunks: rows come sorted by chunk, and one may be spread over batches."""
    for chunk, rows in _whole(batches):
        told = _erased(sink, Token(sink.name, seal.audience_id, seal.run_seq, chunk, seal.chunks), rows, seal.as_of, opened)
        yield pd.DataFrame([(chunk, *told)], columns=["chunk", "outcome", "error_class", "error_code"])


def _whole(batches: Iterator[pd.DataFrame]) -> Iterator[tuple[int, list[Any]]]:
    chunk, rows = -1, list[Any]()
    each: Iterator[Any] = (row for batch in batches for row in batch.itertuples(index=False))
    for row in each:
        if row.chunk != chunk and rows:
            yield chunk, rows
            rows = []
        chunk = int(row.chunk)
        rows.append(row)
    if rows:
        yield chunk, rows


def _erased(sink: Chunked, token: Token, rows: Sequence[Any], at: datetime, opened: Opened) -> tuple[str | None, str | None, str | None]:
    """What became of a chunk: its outcome, or the class and the code of the refusal; never a message (S8)."""
    keys = [_key(row, at) for row in rows]
    clocks: Clocks = sink.clocks()
    try:
        there = opened(sink, token.audience_id, token.chunk % sink.concurrency)
        try:
            return clocks.persist(partial(there.erase, keys, token)), None, None
        finally:
            there.close()
    except GaveUpError as error:
        return None, error.last.error_class, error.last.code
    except LostError as error:
        return None, "lost", error.code
    except SinkError as error:
        return None, error.error_class, error.code


def _key(row: Any, at: datetime) -> ErasedKey:  # noqa: ANN401 - a row of a pandas frame
    change = Change(
        "exit", row.change_id, row.profile_key, row.namespace, row.id, row.person_ref, "exited", at.astimezone(UTC), None, None,
        int(row.definition_version),
    )  # fmt: skip
    return ErasedKey(row.profile_key, change, tuple(row.audiences))
