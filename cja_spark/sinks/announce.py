"""Announce: what became of the runs of an audience, `published` or `partial`, once each (step 10)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Seal, State, record, seals
from cja_spark.audiences.tables import RUNS
from cja_spark.driver_reads import equal
from cja_spark.errors import DeadLetterError, UnavailableError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks.ledger import Taken, open_runs, taken
from cja_spark.sinks.spec import Sink
from cja_spark.sinks.standing import Standing, standings
from cja_spark.table import PlainRow

AFTER_COMMITTED = 2  # above the event of a commit under the same claim, as a bootstrap's is


@dataclass(frozen=True)
class Look:
    """One look at an audience's runs and what its sinks have of them.

    Attributes:
        sealed: all its runs.
        done: what the ledger says.
        found: where each sink stands with each run that is not published yet, or that it lacks, or that was asked for.
        last: the newest event of each run, whatever it tells: a run that is finished late is `committed` again.
    """

    sinks: Sequence[Sink]
    sealed: Sequence[Seal]
    done: Mapping[tuple[str, int], Taken]
    found: Mapping[tuple[str, int], Standing]
    last: Mapping[int, PlainRow]

    def open(self, sink: Sink) -> list[Seal]:
        """Runs that a sink has not whole, in order.

        Raises:
            InputError: `outbox_gap`.
        """
        return open_runs(sink.name, self.sealed, self.done)

    def unannounced(self) -> list[tuple[Seal, State, dict[str, object]]]:
        """Runs of which something is to be told that was not told yet, and what."""
        fresh = []
        for seal in self.sealed:
            last = self.last.get(seal.run_seq)
            state, told = self._word(seal)
            was = None if last is None else (last["state"], last["sinks"])
            if was != (state, _text(told)) and not (was and was[0] == state == "published"):
                fresh.append((seal, state, told))
        return fresh

    def _word(self, seal: Seal) -> tuple[State, dict[str, object]]:
        mine = {sink: one for (sink, run), one in self.found.items() if run == seal.run_seq}
        told: dict[str, object] = {sink: _told(one) for sink, one in sorted(mine.items())}
        return ("partial" if any(one.pending or one.letters for one in mine.values()) else "published"), told


def look(lake: Lake, audience_id: str, sinks: Sequence[Sink], also: Collection[int] = ()) -> Look:
    """Look where an audience's sinks stand; with the runs of `also` in any case."""
    sealed, done = seals(lake, audience_id), taken(lake, audience_id)
    rows = lake.table(RUNS).rows("run_seq", "epoch", "event_no", "state", "sinks", where=equal(audience_id=audience_id))
    last = {row["run_seq"]: row for row in sorted(rows, key=lambda row: (row["epoch"], row["event_no"]))}
    told = {run for run, row in last.items() if row["state"] == "published"} - {*also}
    wanted = [seal for seal in sealed if seal.run_seq not in told or any(_behind(sink, seal, done) for sink in sinks)]
    return Look(sinks, sealed, done, standings(lake, audience_id, sinks, sealed, done, wanted), last)


def _behind(sink: Sink, seal: Seal, done: Mapping[tuple[str, int], Taken]) -> bool:
    has = done.get((sink.name, seal.run_seq))
    return has is None or len(has.chunks) < seal.chunks


def announce(lake: Lake, seen: Look, claim: Claim, started: datetime) -> None:
    """Append what became of the runs since the last word on them."""
    for seal, state, told in seen.unannounced():
        mine = [one for (_, run), one in seen.found.items() if run == seal.run_seq]
        code = UnavailableError.exit_code if any(one.pending for one in mine) else 0
        code = code or (DeadLetterError.exit_code if any(one.letters for one in mine) else 0)
        record(lake, seal, state, event_no=AFTER_COMMITTED, run_id=claim.run_id, epoch=claim.epoch, started_at=started,
               sinks=told, exit_code=code)  # fmt: skip
    failpoint("reconcile.done")


def _told(one: Standing) -> dict[str, object]:
    state = "pending" if one.pending else "letters" if one.letters else "done"
    return {"state": state, "acked": one.acked, "dead": one.dead, "suppressed": one.suppressed, "pending": one.pending,
            "letters": one.letters}  # fmt: skip


def _text(told: Mapping[str, object]) -> str:
    return json.dumps(told, sort_keys=True)
