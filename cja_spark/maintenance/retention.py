"""Retention: which rows of audiences have done their work, and go (publishing.md D13, A17)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pyspark.sql import Column
from pyspark.sql import functions as F

from cja_spark.audiences.people import SOURCE
from cja_spark.audiences.runs import Seal, seals
from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, MEMBERS, RUNS
from cja_spark.driver_reads import equal, one_of
from cja_spark.lake import Lake
from cja_spark.maintenance.tables import appendable
from cja_spark.sinks.ledger import NOTHING, Taken, owed, taken
from cja_spark.sinks.letters import OPEN
from cja_spark.table import Table

OUTBOX = timedelta(days=30)
LETTERS = timedelta(days=90)
EXITED = timedelta(days=60)
ENDED = ("resolved", "superseded", "discarded")


class Expired(NamedTuple):
    """Rows of one table that go.

    Attributes:
        table: the table.
        which: the condition; of ops, statuses, runs and times, never of persons.
        of: the audience, or `*`.
        run_seq: the newest run whose rows go, 0 where runs do not decide.
    """

    table: Table
    which: Column
    of: str
    run_seq: int = 0


def settled(sealed: Sequence[Seal], done: Mapping[tuple[str, int], Taken], sinks: Collection[str], told: Mapping[int, datetime], until: datetime) -> int:
    """The newest run up to which every run was committed before an instant and every sink has all of it; 0 for none.

    Args:
        sealed: the runs of an audience, in order.
        done: what every sink has of every run.
        sinks: the sinks that must have it.
        told: when each run was announced as committed.
        until: the instant.
    """
    late = {
        seal.run_seq
        for name in sinks
        for seal in owed(name, sealed, done)
        if len(done.get((name, seal.run_seq), NOTHING).chunks) < seal.chunks
    }
    newest = 0
    for seal in sealed:
        if seal.run_seq in late or seal.run_seq not in told or told[seal.run_seq] >= until:
            break
        newest = seal.run_seq
    return newest


def settled_runs(lake: Lake, sinks: Mapping[str, Collection[str]], now: datetime) -> dict[str, int]:
    """Per audience the newest run whose outbox rows may go.

    Args:
        lake: the lake.
        sinks: per audience id the sinks of its file; of an audience without a file those count that ever took a run.
        now: the instant.
    """
    announced = lake.table(RUNS).rows("audience_id", "run_seq", "recorded_at", where=one_of(state=("committed", "published")))
    told: dict[str, dict[int, datetime]] = {}
    for row in announced:
        runs, at = told.setdefault(row["audience_id"], {}), _utc(row["recorded_at"])
        runs[row["run_seq"]] = min(at, runs.get(row["run_seq"], at))
    found = {}
    for audience_id, runs in sorted(told.items()):
        done = taken(lake, audience_id)
        enabled = sinks[audience_id] if audience_id in sinks else {name for name, _ in done}
        if newest := settled(seals(lake, audience_id), done, enabled, runs, now - OUTBOX):
            found[audience_id] = newest
    return found


def expired(lake: Lake, stores: Sequence[Table], settled: Mapping[str, int], now: datetime) -> list[Expired]:
    """All rows that go at an instant.

    Args:
        lake: the lake.
        stores: memberships of Delta profile stores.
        settled: of `settled_runs`.
        now: the instant.
    """
    found, letters = [], oldest_letters(lake)
    for audience_id, run_seq in settled.items():
        mine = (F.col("audience_id") == F.lit(audience_id)) & (F.col("run_seq") <= F.lit(run_seq))
        found.append(Expired(lake.table(CHANGES), mine & (F.col("op") != "seal"), audience_id, run_seq))
        # A row of somebody who left guards against older changes, as long as there are any, and against letters, which
        # wait for ever and are sent where no later run tells of the profile.
        gone = mine & (F.col("status") == "exited") & (F.col("run_seq") < F.lit(letters.get(audience_id, run_seq + 1)))
        found.append(Expired(lake.table(MEMBERS), gone & (F.col("exited_at") < F.lit(now - EXITED)), audience_id))
        found += [Expired(one, gone & (F.col("last_qualification_time") < F.lit(now - EXITED)), audience_id) for one in stores]
    ended = F.col("state").isin(*ENDED) & (F.col("last_at") < F.lit(now - LETTERS))
    return [*found, Expired(lake.table(DEAD_LETTERS), ended, "*")]


def oldest_letters(lake: Lake) -> dict[str, int]:
    """Per audience the oldest run of which a sink has a letter that may still be sent."""
    by = ("audience_id", "sink_id", "run_seq")
    rows = lake.table(DEAD_LETTERS).totals(by, {"letters": ("count", "letter_id")}, one_of(state=OPEN))
    sent = [(row["audience_id"], row["run_seq"]) for row in rows if row["sink_id"] != SOURCE]  # its letters are never sent
    return {audience_id: min(run for of, run in sent if of == audience_id) for audience_id, _ in sent}


def count_expired(one: Expired) -> int:
    """How many rows go."""
    return one.table.read().where(one.which).count()


def remove_expired(one: Expired) -> int:
    """Delete the rows, and say how many they were; a table without any gets no commit."""
    if rows := count_expired(one):
        with appendable(one.table):
            one.table.delta().delete(one.which)
    return rows


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def letters_open(lake: Lake) -> int:
    """How many letters wait for somebody."""
    return lake.table(DEAD_LETTERS).count(equal(state="open"))
