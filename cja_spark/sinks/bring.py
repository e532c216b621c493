"""Bring runs to sinks, each sink for itself, then compare what was emitted with what they took (C4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.outbox import require_complete
from cja_spark.audiences.receipts import Balance, SinkReceipt
from cja_spark.audiences.runs import Seal
from cja_spark.errors import CjaError, InputError, ReconcileError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks import merges, waves
from cja_spark.sinks.announce import Look, announce, look
from cja_spark.sinks.away import Away
from cja_spark.sinks.ended import some_refused
from cja_spark.sinks.ledger import NOTHING, taken
from cja_spark.sinks.spec import Chunked, Sink
from cja_spark.sinks.standing import Standing, require_balance
from cja_spark.sinks.tally import Tally
from cja_spark.sources.failures import spark_errors
from cja_spark.steps import about, error_facts, step_line

Way = Callable[[Lake, Any, Seal, Claim, Sequence[int], Tally], None]


def bring_all(
    lake: Lake,
    name: str,
    work: Sequence[tuple[Sink, Sequence[Seal]]],
    sinks: Sequence[Sink],
    claim: Claim,
    started: datetime,
    *,
    again: bool = False,
    away: Away | None = None,
) -> list[SinkReceipt]:
    """Bring runs to sinks, each sink for itself, then reconcile and announce.

    Args:
        lake: the lake.
        name: the audience's.
        work: sinks, each with the runs that it gets.
        sinks: all sinks of the audience.
        claim: on the audience.
        started: when this began.
        again: bring also chunks that a sink has already.
        away: which sinks did not answer before in this delivery.
    """
    receipts, faults = {}, []
    away = away or Away()
    for sink, runs in away.in_turn(work):
        try:
            with about(sink=sink.name):
                if (why := away.why(sink)) is not None:
                    receipts[sink.name] = _receipt(name, sink, runs, claim).after(why)
                    continue
                receipts[sink.name] = _bring(lake, name, away.patient(sink), runs, claim, again=again)
                away.note(receipts[sink.name])
        except Exception as fault:  # each sink stands for itself; a bug is raised when all had their turn
            faults.append(fault)
    if faults:
        raise faults[0]
    failpoint("reconcile.before")
    seen = look(lake, claim.scope, sinks, {seal.run_seq for _, runs in work for seal in runs})
    told = reconciled(name, claim.scope, seen, receipts)
    if not any(one.gap for one in seen.found.values()):
        announce(lake, seen, claim, started)
    return told


def reconciled(name: str, audience_id: str, seen: Look, receipts: Mapping[str, SinkReceipt]) -> list[SinkReceipt]:
    """The receipts of sinks with what the ledger and the outbox say of their runs (C4).

    Sinks that were brought nothing have one where they are paused and lack something, and where rows are missing.
    """
    told = []
    for sink in seen.sinks:
        found = {run: one for (sink_id, run), one in seen.found.items() if sink_id == sink.name}
        lag = [run for run, one in found.items() if one.pending]
        mine = receipts.get(sink.name)
        if mine is None and ((sink.paused and lag) or any(one.gap for one in found.values())):
            mine = SinkReceipt(
                sink=sink.name, audience=name, audience_id=audience_id, state="paused" if sink.paused else "done",
                runs=tuple(lag),
            )  # fmt: skip
        if mine is not None:
            told.append(_balanced(mine.model_copy(update={"lag_runs": len(lag)}), found))
    return told


def _balanced(receipt: SinkReceipt, found: Mapping[int, Standing]) -> SinkReceipt:
    """A receipt with the equation of its runs; a gap in any run is an error, unless the outbox lost rows that it tells of."""
    mine = [found[run] for run in receipt.runs if run in found]
    sums = {part: sum(getattr(one, part) for one in mine) for part in Balance.model_fields}
    told = receipt.model_copy(update={"balance": Balance(**sums), "pending": sums["pending"]})
    try:
        require_balance(receipt.sink, receipt.audience_id, found.values())
    except ReconcileError as error:
        return told if receipt.exit_code == InputError.exit_code else told.after(error)
    return told


def _bring(
    lake: Lake, name: str, sink: Sink, runs: Sequence[Seal], claim: Claim, *, again: bool
) -> SinkReceipt:
    """Runs into one sink, in order, until one cannot be brought; its rows and those after it are pending."""
    begun = time.monotonic()
    tally = Tally(repeats=again)
    fault: CjaError | None = None
    try:
        with spark_errors(f"sink '{sink.name}'", lake.location):
            for seal in runs:
                _bring_run(lake, sink, seal, claim, tally, again=again)
    except CjaError as error:
        fault = error
    seconds = round(time.monotonic() - begun, 3)
    step_line(
        "sink.ended", rows=tally.acked + tally.dead + tally.suppressed, seconds=seconds,
        state="failed" if fault else "done", **(error_facts(fault) if fault else {}),
    )  # fmt: skip
    receipt = _receipt(name, sink, runs, claim).model_copy(update={
        "acked": tally.acked, "dead": tally.dead, "suppressed": tally.suppressed, "profiles_created": tally.created,
        "unconfirmed": tally.unconfirmed, "requests": tally.requests, "sent_bytes": tally.sent_bytes,
        "redo_rows": tally.redone, "seconds": seconds,
    })  # fmt: skip
    if fault is None and tally.dead:
        fault = some_refused(sink.name, tally.dead)
        return receipt.after(fault).model_copy(update={"state": "done"})
    return receipt.after(fault) if fault else receipt


def _receipt(name: str, sink: Sink, runs: Sequence[Seal], claim: Claim) -> SinkReceipt:
    """The receipt of a sink that took nothing yet."""
    return SinkReceipt(sink=sink.name, audience=name, audience_id=claim.scope, runs=tuple(seal.run_seq for seal in runs))


def _bring_run(lake: Lake, sink: Sink, seal: Seal, claim: Claim, tally: Tally, *, again: bool) -> None:
    require_complete(lake, seal)
    has = taken(lake, seal.audience_id).get((sink.name, seal.run_seq), NOTHING).chunks
    chunks = [chunk for chunk in range(seal.chunks) if again or chunk not in has]
    with about(run_seq=seal.run_seq):
        _way(sink)(lake, sink, seal, claim, chunks, tally)


def _way(sink: Sink) -> Way:
    """How a sink takes a run: by chunks, or whole."""
    return waves.bring if isinstance(sink, Chunked) else merges.bring
