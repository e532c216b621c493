"""Waves: a run into a sink of chunks, `concurrency` chunks at a time (publishing.md section 4, step 9).

What a wave did is durable before the next begins: letters first, then the ledger. A crash redoes one wave at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Seal, seals
from cja_spark.audiences.tables import AUDIENCES
from cja_spark.driver_reads import equal
from cja_spark.errors import CjaError
from cja_spark.failpoints import InjectedFault, failpoint
from cja_spark.lake import Lake
from cja_spark.sinks.addressed import addressed
from cja_spark.sinks.chunk import LostError, RunFacts, Settles, SinkError
from cja_spark.sinks.clocks import GaveUpError
from cja_spark.sinks.ended import require_none, too_many_refused
from cja_spark.sinks.keep_slots import keep_slots
from cja_spark.sinks.kinds import open_sink, own_sink
from cja_spark.sinks.ledger import Outcome, append
from cja_spark.sinks.letters import letters_per_chunk, open_letters, write_letters
from cja_spark.sinks.spec import Chunked
from cja_spark.sinks.tally import Tally
from cja_spark.sinks.task import SENT, TOLD_COLUMNS, Ended, Told, Work, chunks_applied, told_of
from cja_spark.sources.failures import SPARK_ERRORS, told

FEW_LETTERS = 10
_INJECTED = re.compile(rf"{re.escape(InjectedFault.__module__)}\.InjectedFault: (\S+)")


def bring(lake: Lake, sink: Chunked, seal: Seal, claim: Claim, chunks: Sequence[int], tally: Tally) -> None:
    """Bring chunks of a run to a sink, in waves, until all are there or something ends it; the rest is pending.

    Raises:
        ClaimError: another run took over.
        ConfigurationError: the sink's concurrency changed while rows of the run are pending.
        UnavailableError: chunks were given up, or the sink stopped.
        DeadLetterError: it refuses more rows than it may.
        CjaError: something that nobody foresaw, told by its class and place.
    """
    work = Work(sink, seal.audience_id, seal.run_seq, seal.chunks, facts_of(lake, seal))
    require_few_letters(lake, sink, _until(lake, sink, seal))
    keep_slots(lake, sink, seal, claim)
    own(sink, seal.audience_id)
    gave_up: list[Told] = []
    for wave in waves(chunks, sink.concurrency):
        claim.check()
        failpoint("publish.chunk_start")
        rows = addressed(lake, seal, sink.name)
        ended = apply_wave(lake, rows, work, wave)
        failpoint("publish.outcomes_written")
        require_none(sink.name, ended, "lost")
        _keep(lake, rows, work, seal, claim, ended, tally)
        require_none(sink.name, ended, "bug")
        require_none(sink.name, ended, "fatal")
        waits = [one for one in ended if one.ended == "waits"]
        gave_up += waits
        if 2 * len(waits) >= len(wave):
            break
        if any(one.rejected for one in ended):
            require_few_letters(lake, sink, [seal])
    require_none(sink.name, gave_up, "waits")


def waves(chunks: Sequence[int], concurrency: int) -> Iterator[list[int]]:
    """Chunks that are on their way at once; of each slot (chunk mod concurrency) one at most (KK2)."""
    for _, some in groupby(sorted(chunks), key=lambda chunk: chunk // concurrency):
        yield list(some)


def require_few_letters(lake: Lake, sink: Chunked, runs: Sequence[Seal]) -> None:
    """Stop where a sink refuses more rows of a run than it may (K7); letters that somebody saw to do not count.

    Raises:
        DeadLetterError: too many letters of one of some runs of an audience are open.
    """
    letters = open_letters(lake, runs[-1].audience_id)
    for seal in runs:
        mine = letters.get((sink.name, seal.run_seq), 0)
        if too_many(sink, mine, seal.emitted):
            raise too_many_refused(sink.name, seal.run_seq, mine, seal.emitted)


def _until(lake: Lake, sink: Chunked, seal: Seal) -> list[Seal]:
    """The runs that a sink has before it takes one, and this one: it stopped at a run that is whole too.

    Its newest bootstrap told it of everybody, so it begins anew there.
    """
    sealed = [one for one in seals(lake, seal.audience_id) if one.run_seq <= seal.run_seq]
    begins = max((one.run_seq for one in sealed if one.target_sink == sink.name), default=0)
    return [one for one in sealed if one.run_seq >= begins and one.target_sink in (None, sink.name)]


def too_many(sink: Chunked, letters: int, emitted: int) -> bool:
    """Whether a sink stops at so many letters of a run (K7)."""
    if sink.on_row_error == "fail":
        return letters > 0
    return letters >= FEW_LETTERS and letters > sink.max_dlq_ratio * emitted


def facts_of(lake: Lake, seal: Seal) -> RunFacts:
    """What all chunks of a run are told; the name is the one that the audience has now (A18)."""
    [entry] = lake.table(AUDIENCES).rows("name", "description", where=equal(audience_id=seal.audience_id))
    return RunFacts(seal.kind, seal.as_of, seal.definition_version, entry["name"], entry["description"])


def own(sink: Chunked, audience_id: str) -> None:
    """Keep older owners of an audience out of a sink, where its kind can (KK2).

    Raises:
        UnavailableError: it is away, or refuses.
    """
    _on_driver(sink, lambda: own_sink(sink, audience_id))


def settle_letters(work: Work, ended: Sequence[Told]) -> None:
    """Tell a sink that remembers chunks that the letters of these are durable."""

    def settle() -> None:
        opened = open_sink(work.sink, work.audience_id, 0)
        try:
            for one in ended:
                if isinstance(opened, Settles) and one.rejected:
                    opened.settle(work.token(one.chunk))
        finally:
            opened.close()

    _on_driver(work.sink, settle)


def _on_driver(sink: Chunked, call: Callable[[], None]) -> None:
    """Call a sink from this program, under the clocks."""
    try:
        sink.clocks().persist(call)
    except GaveUpError as error:
        require_none(sink.name, [Told(0, "waits", error_class=error.last.error_class, error_code=error.last.code)], "waits")
    except SinkError as error:
        how: Ended = "lost" if isinstance(error, LostError) else "fatal"
        require_none(sink.name, [Told(0, how, error_class=error.error_class, error_code=error.code)], how)


def apply_wave(lake: Lake, rows: DataFrame, work: Work, wave: Sequence[int]) -> list[Told]:
    """One task per chunk; chunks without rows have nothing to send."""
    slot = F.pmod(F.col("chunk"), F.lit(work.sink.concurrency)).cast("int")
    sent = rows.where(F.col("chunk").isin(*wave)).select(*SENT)
    placed = sent.repartitionById(work.sink.concurrency, slot)
    try:
        found = told_of(placed.mapInArrow(chunks_applied(work), TOLD_COLUMNS).toArrow())
    except SPARK_ERRORS as error:
        if injected := _INJECTED.search(str(error)):
            raise InjectedFault(injected[1]) from None
        own = told(error, f"sink '{work.sink.name}'", lake.location)
        raise own or CjaError(f"sink '{work.sink.name}': {type(error).__name__} ended its tasks; its rows wait.") from None
    return found + [Told(chunk, "done") for chunk in sorted({*wave} - {one.chunk for one in found})]


def _keep(lake: Lake, rows: DataFrame, work: Work, seal: Seal, claim: Claim, ended: Sequence[Told], tally: Tally) -> None:
    """Make durable what a wave did: letters first, then the ledger (M3)."""
    whole = [one for one in ended if one.ended in ("done", "known")]
    if rejected := [row for one in whole for row in one.rejected]:
        write_letters(lake, rows, work.sink.name, seal, rejected, claim.epoch)
        settle_letters(work, whole)
    known = [one.chunk for one in whole if one.ended == "known"]
    letters = letters_per_chunk(lake, rows, work.sink.name, seal, known) if known else {}
    outcomes = [_outcome(one, letters.get(one.chunk, 0)) for one in whole]
    if outcomes:
        append(lake, work.sink.name, seal, outcomes, claim.run_id, claim.epoch)
    for one, outcome in zip(whole, outcomes, strict=True):
        tally.note(outcome, one.created, again=one.ended == "known")


def _outcome(one: Told, letters: int) -> Outcome:
    """What the ledger says of a chunk; of one that the sink had, the letters tell what it refused then."""
    refused = len(one.rejected) + letters
    return Outcome(
        one.chunk, one.acked - letters, refused, one.suppressed, one.duration_ms, one.requests, one.sent_bytes,
        one.confirmed,
    )  # fmt: skip
