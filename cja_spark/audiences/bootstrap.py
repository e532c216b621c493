"""Bootstrap: a run that tells one sink who is a member now, so that it needs no earlier run (R3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.approvals import held_run
from cja_spark.audiences.claims import Claim
from cja_spark.audiences.identity import change_id
from cja_spark.audiences.runs import Counts, LastRun, Seal, last_run, record
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.tables import MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.errors import InputError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake

KIND = "bootstrap"


def bootstrap(lake: Lake, sink_id: str, claim: Claim, *, used: bool) -> Seal:
    """Commit a run for one sink that enters every member, with the times that are stored; no member changes by it.

    It speaks of the last run's instant. For other sinks it is empty.

    Args:
        lake: the lake.
        sink_id: the sink that it is for.
        claim: on the audience.
        used: whether the sink was told of the audience before; then it is told also who left.

    Raises:
        InputError: nothing is published yet, the last run is not finished, or the next one is held back.
        ClaimError: another run took over.
    """
    last = _finished(lake, claim)
    started = datetime.now(UTC)
    begun = replace(
        last.seal, run_seq=last.seal.run_seq + 1, run_id=claim.run_id, epoch=claim.epoch, kind=KIND, target_sink=sink_id,
        counts=Counts(), emitted=0, chunks=1, fingerprint="0:0",
    )  # fmt: skip
    staging = Staging.of(lake, begun.audience_id, begun.run_seq, claim.run_id)
    staging.drop()
    try:
        staged = staging.freeze("changes", told(lake, begun, used=used))
        found = outbox.content(staged)
        seal = replace(
            begun, counts=found.counts, emitted=found.counts.emitted, chunks=outbox.chunks_for(found.counts.emitted),
            fingerprint=found.fingerprint,
        )  # fmt: skip
        claim.check()
        outbox.commit(lake, staged, seal)
        there = outbox.read_back(lake, seal)
        outbox.require_newest(there, claim.run_id, claim.epoch)
    finally:
        staging.drop()
    failpoint("bootstrap.committed")
    _announce(lake, there, last, claim, started)
    return there


def told(lake: Lake, begun: Seal, *, used: bool) -> DataFrame:
    """The changes of a bootstrap.

    Rows:    One per member, and per person who left where the sink may have them.
    Columns: returns the outbox's columns of a change, without chunk.
    """
    members = lake.table(MEMBERS).matching(equal(audience_id=begun.audience_id))
    wanted = members if used else members.where(F.col("status") == "realized")
    op = F.when(F.col("status") == "realized", "enter").otherwise("exit")
    id_ = change_id(F.col("audience_id"), F.lit(begun.run_seq), op, F.col("person_ref"), F.col("attr_hash"))
    return wanted.select(
        "audience_id", F.lit(begun.run_seq).cast("bigint").alias("run_seq"), op.alias("op"), id_.alias("change_id"),
        "profile_key", "namespace", "id", "person_ref", "status", "asserted_at", "valid_until", "attrs", "attr_hash",
        "definition_version", F.lit(begun.target_sink).alias("target_sink"),
    )  # fmt: skip


def _finished(lake: Lake, claim: Claim) -> LastRun:
    """The last run, of which the members are derived."""
    last = last_run(lake, claim.scope)
    if last is None:
        raise InputError(f"Nothing of {claim.scope} is published yet; run 'cja publish' first.")
    if (held := held_run(lake, last)) is not None:
        raise InputError(
            f"Run {held.seal.run_seq} of {claim.scope} is held back ({', '.join(held.why)}), and a rebuild would drop its "
            "changes. Approve and commit them first, or mend the source and publish again."
        )
    if last.announced:
        return last
    if last.seal.kind != KIND:
        raise InputError(f"Run {last.seal.run_seq} of {claim.scope} is not finished; run 'cja publish' first.")
    _announce(lake, last.seal, last, claim, datetime.now(UTC))
    return last


def _announce(lake: Lake, seal: Seal, last: LastRun, claim: Claim, started: datetime) -> None:
    record(
        lake, seal, "committed", event_no=1, run_id=claim.run_id, epoch=claim.epoch, started_at=started,
        inputs=None if last.inputs is None else dict(last.inputs), sinks={seal.target_sink or "": {"state": "pending"}},
    )  # fmt: skip
