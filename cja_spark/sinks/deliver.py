"""Deliver: bring every committed change to every sink, then reconcile (publishing.md section 4, steps 9 and 10)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.outbox import changes_of, require_complete
from cja_spark.audiences.receipts import DeliverReceipt, SinkReceipt
from cja_spark.audiences.register import generations
from cja_spark.audiences.runs import Seal, record, seals
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import RUNS, SUPPRESSIONS, require_tables
from cja_spark.driver_reads import equal
from cja_spark.errors import CjaError, ConfigurationError, ReconcileError, worst
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks import delta_profiles
from cja_spark.sinks.delta_profiles import Applied
from cja_spark.sinks.follow import follow_outbox
from cja_spark.sinks.ledger import NOTHING, Outcome, append, open_runs, taken
from cja_spark.sinks.spec import Sink

Apply = Callable[[Lake, Any, DataFrame, Seal], Applied]
APPLY: Mapping[str, Apply] = {"delta": delta_profiles.apply}


def deliver(
    lake: Lake, sinks: Mapping[str, Sink], audiences: Sequence[Audience], *, take_over: bool = False
) -> DeliverReceipt:
    """Bring every sink up to the outbox, once; what died half-way is finished by running it again.

    A stream over the outbox calls for the audiences that committed since the last time. Then everything that is still
    open is delivered, so that the stream's checkpoint may be lost at any moment: the ledger alone is the position.
    Audiences and sinks stand for themselves; what became of each is in the receipt, whose exit code is the worst one.

    Raises:
        ConfigurationError: an audience names a sink that does not exist, or is of a kind that is not delivered to yet.
    """
    require_tables(lake)
    run_id = str(uuid.uuid4())
    # Also what a deleted audience of the name committed: its last exits have to arrive (A19).
    wanted = {entry.audience_id: one for one in audiences if one.sinks for entry in generations(lake, one.name)}
    named = {id_: [_sink(sinks, name) for name in one.sinks] for id_, one in wanted.items()}
    done: dict[str, list[SinkReceipt]] = {}

    def bring(audience_id: str) -> None:
        if audience_id in wanted and audience_id not in done:
            name, own = wanted[audience_id].name, named[audience_id]
            try:
                done[audience_id] = deliver_audience(lake, name, audience_id, own, run_id, take_over=take_over)
            except CjaError as error:
                done[audience_id] = [one.after(error) for one in _untouched(name, audience_id, own)]

    follow_outbox(lake, bring)
    for audience_id in wanted:
        bring(audience_id)
    receipts = tuple(one for some in done.values() for one in some)
    return DeliverReceipt(run_id=run_id, exit_code=worst(one.exit_code for one in receipts), sinks=receipts)


def _sink(sinks: Mapping[str, Sink], name: str) -> Sink:
    if name not in sinks:
        raise ConfigurationError.unknown("sink", name, sinks)
    if sinks[name].sink not in APPLY:
        raise ConfigurationError(
            f"sink '{name}' is of the kind '{sinks[name].sink}', which nothing is delivered to yet. Known: {', '.join(APPLY)}."
        )
    return sinks[name]


def deliver_audience(
    lake: Lake, name: str, audience_id: str, sinks: Sequence[Sink], run_id: str, *, take_over: bool = False
) -> list[SinkReceipt]:
    """Bring the open runs of one audience to its sinks; a sink that fails does not hold up the others.

    Raises:
        ClaimError: another run is at it.
        InputError: `outbox_gap`, the outbox lacks a run.
    """
    if not _open(lake, audience_id, sinks) and not _unannounced(lake, audience_id):
        return []
    started = datetime.now(UTC)
    with claimed(lake, audience_id, run_id, "deliver", take_over=take_over) as claim:
        receipts, faults = [], []
        for sink, runs in _open(lake, audience_id, sinks):
            try:
                receipts.append(_bring(lake, name, sink, runs, claim))
            except Exception as fault:  # each sink stands for itself; a bug is raised when all had their turn
                faults.append(fault)
        if faults:
            raise faults[0]
        if any(one.exit_code for one in receipts):
            _partial(lake, audience_id, receipts, claim, started)
            return receipts
        try:
            _reconcile(lake, audience_id, sinks, claim, started)
        except ReconcileError as error:
            return [one.after(error) for one in receipts or _untouched(name, audience_id, sinks)]
        return receipts


def _untouched(name: str, audience_id: str, sinks: Sequence[Sink]) -> list[SinkReceipt]:
    return [SinkReceipt(sink=sink.name, audience=name, audience_id=audience_id) for sink in sinks]


def _open(lake: Lake, audience_id: str, sinks: Sequence[Sink]) -> list[tuple[Sink, list[Seal]]]:
    sealed, done = seals(lake, audience_id), taken(lake, audience_id)
    found = [(sink, open_runs(sink.name, sealed, done)) for sink in sinks]
    return [(sink, runs) for sink, runs in found if runs]


def _bring(lake: Lake, name: str, sink: Sink, runs: Sequence[Seal], claim: Claim) -> SinkReceipt:
    """The open runs into one sink, in order, until one cannot be brought; its rows and those after it are pending."""
    begun = time.monotonic()
    acked = suppressed = created = 0
    fault: CjaError | None = None
    try:
        for seal in runs:
            require_complete(lake, seal)
            outcomes, applied = _run(lake, sink, seal, claim)
            acked += sum(one.acked for one in outcomes)
            suppressed += sum(one.suppressed for one in outcomes)
            created += applied.profiles_created
    except CjaError as error:
        fault = error
    receipt = SinkReceipt(
        sink=sink.name, audience=name, audience_id=claim.scope, runs=tuple(seal.run_seq for seal in runs), acked=acked,
        suppressed=suppressed, pending=_pending(lake, sink, runs) if fault else 0, profiles_created=created,
        seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip
    return receipt.after(fault) if fault else receipt


def _pending(lake: Lake, sink: Sink, runs: Sequence[Seal]) -> int:
    done = taken(lake, runs[0].audience_id)
    return sum(seal.emitted - done.get((sink.name, seal.run_seq), NOTHING).rows for seal in runs)


def _run(lake: Lake, sink: Sink, seal: Seal, claim: Claim) -> tuple[list[Outcome], Applied]:
    """One run into one sink: the open chunks' rows, the effect, then the ledger."""
    claim.check()
    failpoint("publish.chunk_start")
    begun = time.monotonic()
    has = taken(lake, seal.audience_id).get((sink.name, seal.run_seq), NOTHING).chunks
    chunks = [chunk for chunk in range(seal.chunks) if chunk not in has]
    rows = _marked(lake, changes_of(lake, seal))
    if has:
        rows = rows.where(F.col("chunk").isin(*chunks))
    kept = rows.where(~F.col("_suppressed")).drop("_suppressed")
    applied = APPLY[sink.sink](lake, sink, kept, seal)
    held = F.count_if("_suppressed").alias("held")
    counts = {row["chunk"]: row for row in rows.groupBy("chunk").agg(F.count("op").alias("all"), held).collect()}
    took = int((time.monotonic() - begun) * 1000)
    outcomes = []
    for chunk in chunks:
        all_, held_back = (counts[chunk]["all"], counts[chunk]["held"]) if chunk in counts else (0, 0)
        outcomes.append(Outcome(chunk, all_ - held_back, 0, held_back, took))
    append(lake, sink.name, seal, outcomes, claim.run_id, claim.epoch)
    return outcomes, applied


def _marked(lake: Lake, changes: DataFrame) -> DataFrame:
    """Changes with `_suppressed`: of a person who was erased. Suppressions are made unique, so rows stay single."""
    erased = lake.table(SUPPRESSIONS).read().select("person_ref", F.lit(True).alias("_erased"))
    joined = changes.join(erased.dropDuplicates(["person_ref"]), on="person_ref", how="left")
    gone = F.coalesce("_erased", F.lit(False)) | (F.col("op") == "erased")
    return joined.withColumn("_suppressed", gone).drop("_erased")


def _unannounced(lake: Lake, audience_id: str) -> list[Seal]:
    """Sealed runs that were never announced as published."""
    published = equal(audience_id=audience_id, state="published")
    told = {row["run_seq"] for row in lake.table(RUNS).rows("run_seq", where=published)}
    return [seal for seal in seals(lake, audience_id) if seal.run_seq not in told]


def _partial(lake: Lake, audience_id: str, receipts: Sequence[SinkReceipt], claim: Claim, started: datetime) -> None:
    """Note the runs that some sink has not taken whole."""
    told: dict[str, object] = {one.sink: {"state": one.state, "pending": one.pending} for one in receipts}
    code = worst(one.exit_code for one in receipts)
    for event_no, seal in enumerate(_unannounced(lake, audience_id)):
        record(lake, seal, "partial", event_no=event_no, run_id=claim.run_id, epoch=claim.epoch, started_at=started,
               sinks=told, exit_code=code)  # fmt: skip


def _reconcile(lake: Lake, audience_id: str, sinks: Sequence[Sink], claim: Claim, started: datetime) -> None:
    """Compare what was emitted with what every sink took (C4), then announce the runs as published.

    Raises:
        ReconcileError: the two differ.
    """
    failpoint("reconcile.before")
    done = taken(lake, audience_id)
    for event_no, seal in enumerate(_unannounced(lake, audience_id)):
        for sink in sinks:
            found = done.get((sink.name, seal.run_seq), NOTHING).rows
            if found != seal.emitted:
                raise ReconcileError.gap(
                    f"sink '{sink.name}', run {seal.run_seq} of {audience_id}", seal.emitted, found
                )
        told = {sink.name: {"state": "done", "taken": done[(sink.name, seal.run_seq)].rows} for sink in sinks}
        record(lake, seal, "published", event_no=event_no, run_id=claim.run_id, epoch=claim.epoch,
               started_at=started, sinks=dict(told))  # fmt: skip
    failpoint("reconcile.done")
