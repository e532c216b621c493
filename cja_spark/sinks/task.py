"""A chunk in its task: open the sink, assert the chunk's rows under the clocks, tell what became of them (K1-K4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from cja_spark.errors import MissingToolError
from cja_spark.failpoints import arm, armed
from cja_spark.sinks.chunk import (
    Applied,
    Change,
    ChunkSink,
    FatalError,
    LostError,
    Rejected,
    RunFacts,
    SinkError,
    Token,
)
from cja_spark.sinks.clocks import GaveUpError
from cja_spark.sinks.kinds import open_sink
from cja_spark.sinks.spec import Chunked

Ended = Literal["done", "known", "lost", "bug", "fatal", "waits"]
SENT = (*Change._fields, "chunk", "suppressed")
_REJECTED = pa.list_(pa.struct([(name, pa.string()) for name in Rejected._fields]))
TOLD = pa.schema(
    [
        ("chunk", pa.int32()), ("ended", pa.string()), ("acked", pa.int64()), ("suppressed", pa.int64()),
        ("created", pa.int64()), ("requests", pa.int64()), ("sent_bytes", pa.int64()), ("duration_ms", pa.int64()),
        ("confirmed", pa.bool_()), ("error_class", pa.string()), ("error_code", pa.string()), ("rejected", _REJECTED),
    ]
)  # fmt: skip
TOLD_COLUMNS = (
    "chunk int, ended string, acked bigint, suppressed bigint, created bigint, requests bigint, sent_bytes bigint, "
    "duration_ms bigint, confirmed boolean, error_class string, error_code string, "
    "rejected array<struct<change_id: string, error_class: string, error_code: string>>"
)


class Work(NamedTuple):
    """What all chunks of one run into one sink share."""

    sink: Chunked
    audience_id: str
    run_seq: int
    chunks: int
    run: RunFacts

    def token(self, chunk: int) -> Token:
        """The name of a chunk."""
        return Token(self.sink.name, self.audience_id, self.run_seq, chunk, self.chunks)


class Told(NamedTuple):
    """What became of a chunk.

    Attributes:
        ended: `done`, taken now; `known`, the sink had it whole; `waits`, the clocks ran out; `fatal`, nothing will be
            taken until somebody mends something; `lost`, a newer owner is at it; `bug`, what nobody foresaw.
    """

    chunk: int
    ended: Ended
    acked: int = 0
    suppressed: int = 0
    created: int = 0
    requests: int = 0
    sent_bytes: int = 0
    duration_ms: int = 0
    confirmed: bool = True
    error_class: str | None = None
    error_code: str | None = None
    rejected: tuple[Rejected, ...] = ()


def chunks_applied(work: Work) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """What `mapInArrow` runs: the rows of whole chunks in, a row of TOLD per chunk out."""
    faults = armed()

    def applied(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        arm(faults)
        rows = sorted(_rows(batches), key=itemgetter(-2))
        told = [_chunk(work, chunk, list(some)) for chunk, some in groupby(rows, key=itemgetter(-2))]
        if told:
            yield pa.RecordBatch.from_pylist([_plain(one) for one in told], schema=TOLD)

    return applied


def told_of(rows: pa.Table) -> list[Told]:
    """The same on the driver."""
    return [
        Told(**{**row, "rejected": tuple(Rejected(**one) for one in row["rejected"])}) for row in rows.to_pylist()
    ]


def _rows(batches: Iterable[pa.RecordBatch]) -> list[tuple[Any, ...]]:
    return [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]


def _plain(told: Told) -> dict[str, Any]:
    return {**told._asdict(), "rejected": [one._asdict() for one in told.rejected]}


def _chunk(work: Work, chunk: int, rows: Sequence[tuple[Any, ...]]) -> Told:
    kept = [Change(*row[:-2]) for row in rows if not row[-1]]
    newest = {change.profile_key: change for change in sorted(kept, key=attrgetter("change_id"))}
    changes = sorted(newest.values(), key=attrgetter("profile_key"))
    told = apply_chunk(work, work.token(chunk), changes)
    # Of several rows of one key the newest alone is sent; it is what the others ended as.
    repeats = len(kept) - len(changes) if told.ended in ("done", "known") else 0
    return told._replace(suppressed=len(rows) - len(kept), acked=told.acked + repeats)


def apply_chunk(work: Work, token: Token, changes: Sequence[Change]) -> Told:
    """Assert the state of every change of a chunk; whatever happens is told by class and code, never by a message."""
    begun = time.monotonic()
    told = _attempted(work, token, changes)
    return told._replace(duration_ms=int((time.monotonic() - begun) * 1000))


def _attempted(work: Work, token: Token, changes: Sequence[Change]) -> Told:
    opened: list[ChunkSink] = []

    def attempt() -> Applied | None:
        if not opened:
            opened.append(_opened(work, token))
        return None if opened[0].is_done(token) else opened[0].apply(changes, token, work.run)

    try:
        applied = work.sink.clocks().persist(attempt)
        return Told(token.chunk, "known", len(changes)) if applied is None else _accounted(token, changes, applied)
    except GaveUpError as error:
        return Told(token.chunk, "waits", error_class=error.last.error_class, error_code=error.last.code)
    except LostError as error:
        return Told(token.chunk, "lost", error_class=error.error_class, error_code=error.code)
    except SinkError as error:
        return Told(token.chunk, "fatal", error_class=error.error_class, error_code=error.code)
    except Exception as error:  # its text may hold values of rows
        return Told(token.chunk, "bug", error_class=type(error).__name__, error_code=_place(error))
    finally:
        for sink in opened:
            sink.close()


def _opened(work: Work, token: Token) -> ChunkSink:
    try:
        return open_sink(work.sink, work.audience_id, token.chunk % work.sink.concurrency)
    except MissingToolError as error:  # the driver has a package that this machine has not
        raise FatalError("missing_package", str(getattr(error.__cause__, "name", "unknown"))) from None


def _accounted(token: Token, changes: Sequence[Change], applied: Applied) -> Told:
    """An answer that accounts for every row once; any other is none."""
    refused = {one.change_id for one in applied.rejected}
    whole = applied.acked + len(applied.rejected) == len(changes) and len(refused) == len(applied.rejected)
    if not whole or not refused <= {one.change_id for one in changes}:
        return Told(token.chunk, "bug", error_class="contract", error_code="rows_not_accounted_for")
    return Told(
        token.chunk, "done", applied.acked, created=applied.created, requests=applied.requests,
        sent_bytes=applied.sent_bytes, confirmed=applied.confirmed, rejected=applied.rejected,
    )  # fmt: skip


def _place(error: Exception) -> str:
    """Where in the program it was: the file and line."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return "unknown" if at is None else f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}"
