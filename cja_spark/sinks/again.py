"""Again: letters, runs or a whole audience sent to a sink once more, by hand or where its runs are gone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cja_spark.audiences.approvals import held_run
from cja_spark.audiences.bootstrap import KIND, bootstrap
from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.receipts import SinkReceipt
from cja_spark.audiences.runs import Seal, last_run, seals
from cja_spark.audiences.spec import Audience
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.sinks.announce import Look, announce, look
from cja_spark.sinks.away import Away
from cja_spark.sinks.bring import bring_all, reconciled
from cja_spark.sinks.ledger import NOTHING, Taken, open_runs, owed, taken
from cja_spark.sinks.letters import open_letters
from cja_spark.sinks.retry import retry
from cja_spark.sinks.spec import Chunked, Sink
from cja_spark.steps import about, error_facts, step_line


@dataclass(frozen=True)
class Again:
    """What is sent once more, by hand.

    Attributes:
        letters: the open letters.
        replay: the sink that gets runs again, from `from_run` on.
        rebuild: the sink that is told who is a member now.
    """

    letters: bool = False
    replay: str | None = None
    from_run: int = 1
    rebuild: str | None = None

    @property
    def asked(self) -> bool:
        """Whether anything is."""
        return self.letters or self.instead

    @property
    def instead(self) -> bool:
        """Whether it is sent instead of what is new."""
        return self.replay is not None or self.rebuild is not None

    def require_some(self, audiences: Iterable[Audience]) -> None:
        """Check that the sink that is asked for is one of some audience.

        Raises:
            ConfigurationError: it is none.
        """
        known = {name for one in audiences for name in one.sinks}
        wanted = self.replay or self.rebuild
        if wanted is not None and wanted not in known:
            raise ConfigurationError.unknown("sink of these audiences", wanted, known)


def send_again(
    again: Again, lake: Lake, name: str, audience_id: str, sinks: Sequence[Sink], run_id: str, *, take_over: bool = False,
    away: Away | None = None,
) -> list[SinkReceipt]:  # fmt: skip
    """Send what is asked for to the sinks of one audience; nothing to an audience that the sink is not of.

    Raises:
        What the one that is asked for raises.
    """
    wanted = again.replay or again.rebuild
    if wanted is None:
        return retry_letters(lake, name, audience_id, sinks, run_id, take_over=take_over, away=away)
    sink = next((one for one in sinks if one.name == wanted), None)
    if sink is None:
        return []
    with claimed(lake, audience_id, run_id, "replay" if again.replay else "rebuild", take_over=take_over) as claim:
        if again.replay:
            return replay(lake, name, sink, sinks, claim, again.from_run, away=away)
        return rebuild(lake, name, sink, sinks, claim, away=away)


def retry_letters(
    lake: Lake, name: str, audience_id: str, sinks: Sequence[Sink], run_id: str, *, take_over: bool = False,
    away: Away | None = None,
) -> list[SinkReceipt]:  # fmt: skip
    """Send the open letters of an audience's sinks again (R4).

    Raises:
        ClaimError: another run is at it.
    """
    open_ = {sink_id for sink_id, _ in open_letters(lake, audience_id)}
    wanted = [sink for sink in sinks if sink.name in open_ and isinstance(sink, Chunked) and not sink.paused]
    if not wanted:
        return []
    started = datetime.now(UTC)
    away = away or Away()
    with claimed(lake, audience_id, run_id, "retry", take_over=take_over) as claim:
        sealed = seals(lake, audience_id)
        receipts = {sink.name: _retried(lake, name, sink, sealed, claim, away) for sink in wanted}
        seen = look(lake, audience_id, sinks)
        announce(lake, seen, claim, started)
        return reconciled(name, audience_id, seen, receipts)


def _retried(lake: Lake, name: str, sink: Chunked, sealed: Sequence[Seal], claim: Claim, away: Away) -> SinkReceipt:
    begun = time.monotonic()
    runs = tuple(sorted(run for sink_id, run in open_letters(lake, claim.scope) if sink_id == sink.name))
    if (why := away.why(sink)) is not None:
        return SinkReceipt(sink=sink.name, audience=name, audience_id=claim.scope, runs=runs).after(why)
    with about(sink=sink.name):
        found, fault = retry(lake, away.patient(sink), sealed, claim)
        sent = found.resolved + found.refused + found.superseded + found.discarded
        step_line("letters.ended", rows=sent, state="failed" if fault else "done", **(error_facts(fault) if fault else {}))
    receipt = SinkReceipt(
        sink=sink.name, audience=name, audience_id=claim.scope, runs=runs, acked=found.resolved, dead=found.refused,
        suppressed=found.discarded, letters=found, seconds=round(time.monotonic() - begun, 3),
    )  # fmt: skip
    told = receipt if fault is None else receipt.after(fault)
    away.note(told)
    return told


def replay(
    lake: Lake, name: str, sink: Sink, sinks: Sequence[Sink], claim: Claim, from_run: int, *, away: Away | None = None
) -> list[SinkReceipt]:
    """Bring runs to one sink again, from a run on, whether it has them or not; a row of a later run stays as it is.

    Raises:
        ConfigurationError: the sink has no such run.
    """
    started = datetime.now(UTC)
    mine = owed(sink.name, seals(lake, claim.scope), taken(lake, claim.scope))
    if from_run not in {seal.run_seq for seal in mine}:
        known = ", ".join(str(seal.run_seq) for seal in mine) or "none"
        raise ConfigurationError(f"audience '{name}' has no run {from_run} for sink '{sink.name}'. Runs: {known}.")
    runs = [seal for seal in mine if seal.run_seq >= from_run]
    return bring_all(lake, name, [(sink, runs)], sinks, claim, started, again=True, away=away)


def rebuild(
    lake: Lake, name: str, sink: Sink, sinks: Sequence[Sink], claim: Claim, *, away: Away | None = None
) -> list[SinkReceipt]:
    """Tell a sink who is a member now, by a run of its own (R3), and bring it there.

    One that was begun and did not arrive is brought instead of another.

    Raises:
        InputError: nothing is published yet, the last run is not finished, or the next one is held back.
    """
    started = datetime.now(UTC)
    done = taken(lake, claim.scope)
    if not _under_way(sink.name, seals(lake, claim.scope), done):
        bootstrap(lake, sink.name, claim, used=any(sink_id == sink.name for sink_id, _ in done))
    runs = open_runs(sink.name, seals(lake, claim.scope), done)
    return bring_all(lake, name, [(sink, runs)], sinks, claim, started, away=away)


def begin_new(lake: Lake, seen: Look, claim: Claim) -> Look:
    """Let sinks that have nothing yet begin with the members where maintenance removed the rows of a run (R3).

    Where the last run is not finished, or the next one is held back, nothing begins; the next delivery after it does.

    Args:
        lake: the lake.
        seen: where the sinks stand.
        claim: on the audience.
    """
    new = [sink for sink in seen.sinks if not sink.paused and _lost(lake, sink, seen)]
    last = last_run(lake, claim.scope) if new else None
    if last is None or not last.announced or held_run(lake, last) is not None:
        return seen
    for sink in new:
        bootstrap(lake, sink.name, claim, used=False)
    return look(lake, claim.scope, seen.sinks)


def _lost(lake: Lake, sink: Sink, seen: Look) -> bool:
    """Whether a sink has nothing yet and the first changes that it lacks are gone."""
    if any(name == sink.name for name, _ in seen.done):
        return False
    first = next((seal for seal in seen.open(sink) if seal.emitted), None)
    return first is not None and changes_of(lake, first).isEmpty()


def _under_way(sink_id: str, sealed: Sequence[Seal], done: Mapping[tuple[str, int], Taken]) -> bool:
    """Whether the newest run is a bootstrap of a sink, which has not all of it."""
    newest = sealed[-1] if sealed else None
    if newest is None or newest.kind != KIND or newest.target_sink != sink_id:
        return False
    return len(done.get((sink_id, newest.run_seq), NOTHING).chunks) < newest.chunks
