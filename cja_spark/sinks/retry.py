"""Retry: send letters again, once somebody mended the rows or the sink (R4).

Letters are taken and given back by their version, so that a letter that comes in meanwhile, or that another retry took,
stays as it is (T7). What is sent is the stored change with its stored op (T14), and only where it is still the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.outbox import CHUNK
from cja_spark.audiences.receipts import LettersSent
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import DEAD_LETTERS, MEMBERS, SUPPRESSIONS
from cja_spark.conflicts import merge_into
from cja_spark.driver_reads import Test, equal, one_of
from cja_spark.errors import CjaError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.sinks.ended import require_whole, some_refused
from cja_spark.sinks.letters import INSTANT, OPEN, coded
from cja_spark.sinks.spec import Chunked
from cja_spark.sinks.task import SENT, Told, Work
from cja_spark.sinks.waves import apply_wave, facts_of, own, settle_letters, waves
from cja_spark.steps import about
from cja_spark.table_schema import schema

SLICES = 64  # at most so many chunks of one run's letters in one retry; the rest stays open
_PAYLOAD = (
    "op string, change_id string, profile_key string, namespace string, id string, person_ref string, status string, "
    "asserted_at timestamp, valid_until timestamp, attrs string, definition_version int"
)
_WORDS = schema(
    "letter_id string not null, version int, state string, attempts int, error_class string, error_code string"
)


class _Letter(NamedTuple):
    """A letter that this retry holds, and what it made of it.

    Attributes:
        verdict: `send`, or why it is not sent.
        chunk: the chunk that it is sent in.
    """

    letter_id: str
    version: int
    attempts: int
    error_class: str
    error_code: str
    change_id: str | None = None
    verdict: str = ""
    chunk: int = 0


class _Word(NamedTuple):
    """What is to be said of a letter."""

    letter_id: str
    version: int
    state: str
    attempts: int
    error_class: str
    error_code: str

    @classmethod
    def of(cls, letter: _Letter, state: str, tried: int = 0) -> _Word:
        """A letter in another state."""
        return cls(
            letter.letter_id, letter.version, state, letter.attempts + tried, letter.error_class, letter.error_code
        )


def retry(lake: Lake, sink: Chunked, sealed: Sequence[Seal], claim: Claim) -> tuple[LettersSent, CjaError | None]:
    """Send the open letters of a sink again; what became of them, and what ended it.

    Letters of a retry that died are open too: the claim on the audience says that it is dead.
    """
    total, fault = LettersSent(), None
    seals = {seal.run_seq: seal for seal in sealed}
    for run_seq, count in sorted(_take(lake, sink.name, claim).items()):
        with about(run_seq=run_seq):
            done, fault = _run(lake, sink, seals[run_seq], claim, min(-(-count // CHUNK), SLICES))
        total = total.plus(done)
        if fault is not None:
            break
    _say(lake, claim, [_Word.of(one, "open") for one in _letters(lake, _held(sink.name, claim))])
    if fault is None and total.refused:
        fault = some_refused(sink.name, total.refused)
    return total, fault


def _take(lake: Lake, sink_id: str, claim: Claim) -> dict[int, int]:
    """Take all open letters of a sink; how many of each run."""
    mine = (*equal(audience_id=claim.scope, sink_id=sink_id), *one_of(state=OPEN))
    found = _letters(lake, mine)
    if not found:
        return {}
    _say(lake, claim, [_Word.of(one, "retrying") for one in found], states=OPEN)
    failpoint("retry.letters_claimed")
    counts = lake.table(DEAD_LETTERS).totals(("run_seq",), {"letters": ("count", "letter_id")}, _held(sink_id, claim))
    return {row["run_seq"]: row["letters"] for row in counts}


def _letters(lake: Lake, where: Sequence[Test]) -> list[_Letter]:
    return [_Letter(**row) for row in lake.table(DEAD_LETTERS).rows(*_Letter._fields[:5], where=where)]


def _held(sink_id: str, claim: Claim) -> tuple[Test, ...]:
    return equal(audience_id=claim.scope, sink_id=sink_id, state="retrying", claim=claim.epoch)


def _run(lake: Lake, sink: Chunked, seal: Seal, claim: Claim, slices: int) -> tuple[LettersSent, CjaError | None]:
    """The letters of one run: those that nobody needs any more, then the others in waves."""
    frame = _judged(lake, sink.name, seal, claim, slices)
    letters = [_Letter(**row.asDict()) for row in frame.select(*_Letter._fields).collect()]
    old = [_Word.of(one, one.verdict) for one in letters if one.verdict != "send"]
    _say(lake, claim, old)
    total = LettersSent(
        superseded=sum(word.state == "superseded" for word in old),
        discarded=sum(word.state == "discarded" for word in old),
    )
    sent = [one for one in letters if one.verdict == "send"]
    rows = frame.where(F.col("verdict") == "send").select(*SENT)
    work = Work(sink, seal.audience_id, seal.run_seq, seal.chunks, facts_of(lake, seal))
    try:
        if sent:
            own(sink, seal.audience_id)
        for wave in waves(sorted({one.chunk for one in sent}), sink.concurrency):
            claim.check()
            ended = apply_wave(lake, rows, work, wave)
            failpoint("retry.sent")
            total = total.plus(_note(lake, claim, [one for one in sent if one.chunk in wave], ended))
            failpoint("retry.letters_written")
            settle_letters(work, ended)
            require_whole(sink.name, ended)
    except CjaError as error:
        return total, error
    return total, None


def _note(lake: Lake, claim: Claim, letters: Sequence[_Letter], ended: Sequence[Told]) -> LettersSent:
    """Say of letters what became of them when they were sent."""
    whole = {one.chunk for one in ended if one.ended in ("done", "known")}
    refused = {one.change_id: coded(one) for some in ended for one in some.rejected}
    words = []
    for one in letters:
        again = refused.get(one.change_id or "")
        if again is not None:
            told = one._replace(error_class=again.error_class, error_code=again.error_code)
            words.append(_Word.of(told, "open", tried=1))
        else:
            words.append(_Word.of(one, "resolved" if one.chunk in whole else "open", tried=int(one.chunk in whole)))
    _say(lake, claim, words)
    resolved = sum(word.state == "resolved" for word in words)
    return LettersSent(resolved=resolved, refused=len(refused), waits=len(words) - resolved - len(refused))


def _judged(lake: Lake, sink_id: str, seal: Seal, claim: Claim, slices: int) -> DataFrame:
    """The taken letters of a run with their changes; members and suppressions are unique, so rows stay single."""
    mine = (*_held(sink_id, claim), *equal(run_seq=seal.run_seq))
    letters = lake.table(DEAD_LETTERS).matching(mine)
    members = lake.table(MEMBERS).matching(equal(audience_id=seal.audience_id))
    told = members.select("profile_key", F.col("run_seq").alias("_newest"))
    erased = lake.table(SUPPRESSIONS).read().select("person_ref", F.lit(True).alias("_erased"))
    joined = letters.join(told, on="profile_key", how="left").join(
        erased.dropDuplicates(["person_ref"]), on="person_ref", how="left"
    )
    gone = F.coalesce("_erased", F.lit(False)) | F.col("payload").isNull()
    verdict = F.when(gone, "discarded").when(F.col("_newest") > F.col("run_seq"), "superseded").otherwise("send")
    change = F.from_json("payload", _PAYLOAD, {"timestampFormat": INSTANT})
    # Never a chunk that the run has, nor one of another retry: a sink that remembers chunks would pass it over.
    chunk = -(F.lit(claim.epoch * SLICES) + F.pmod(F.xxhash64("letter_id"), F.lit(slices)))
    held = joined.select(
        *_Letter._fields[:5], verdict.alias("verdict"), change.alias("_change"), chunk.cast("int").alias("chunk"),
        F.lit(False).alias("suppressed"),
    )  # fmt: skip
    return held.select(*_Letter._fields[:5], "verdict", "_change.*", "chunk", "suppressed")


def _say(lake: Lake, claim: Claim, words: Sequence[_Word], *, states: Sequence[str] = ("retrying",)) -> None:
    """Write words of letters, each only while the letter is as it was read: compare and swap by its version."""
    if not words:
        return
    said = local_rows(lake.spark, [tuple(word) for word in words], _WORDS)
    same = (F.col("t.audience_id") == F.lit(claim.scope)) & (F.col("t.letter_id") == F.col("s.letter_id"))
    still = (F.col("t.version") == F.col("s.version")) & F.col("t.state").isin(*states)
    resolved = F.when(F.col("s.state") == "resolved", F.lit(claim.run_id))
    told = {
        **{name: F.col(f"s.{name}") for name in ("state", "attempts", "error_class", "error_code")},
        "version": F.col("t.version") + 1, "claim": F.lit(claim.epoch), "last_at": F.lit(datetime.now(UTC)),
        "resolved_run_id": resolved,
    }  # fmt: skip
    merge_into(lake.table(DEAD_LETTERS), lambda target: target.merge(said.alias("s"), same).whenMatchedUpdate(condition=still, set=told))
