"""Runs of audiences: events appended to one table, of which the newest is the run's state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal, NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES, RUNS, conformed
from cja_spark.driver_reads import at_least, equal, one_of
from cja_spark.lake import Lake
from cja_spark.steps import step_line
from cja_spark.table import PlainRow

State = Literal["building", "blocked", "committed", "publishing", "published", "partial", "failed"]
Kind = Literal["refresh", "heartbeat", "bootstrap", "final_exit", "erase"]


class Counts(NamedTuple):
    """Exact counts of a run (A20), in the order of the tables' `counts`."""

    enter: int = 0
    update: int = 0
    exit: int = 0
    heartbeat: int = 0
    rejected: int = 0
    suppressed: int = 0

    @property
    def emitted(self) -> int:
        """Changes that the run commits."""
        return self.enter + self.update + self.exit + self.heartbeat


@dataclass(frozen=True)
class Seal:
    """What the control row of a committed run says.

    Attributes:
        target_sink: the sink that a bootstrap is for; None for all.
    """

    audience_id: str
    run_seq: int
    run_id: str
    epoch: int
    kind: str
    as_of: datetime
    emitted: int
    chunks: int
    fingerprint: str
    definition_version: int
    counts: Counts
    target_sink: str | None = None


def seals(lake: Lake, audience_id: str) -> list[Seal]:
    """The sealed runs of an audience, in order."""
    mine = equal(audience_id=audience_id, op="seal")
    found = [_seal(row) for row in lake.table(CHANGES).rows("audience_id", "run_seq", "target_sink", "seal", where=mine)]
    return sorted(found, key=lambda seal: seal.run_seq)


def _seal(row: PlainRow) -> Seal:
    told = {**row["seal"], "counts": Counts(**row["seal"]["counts"]), "as_of": row["seal"]["as_of"].astimezone(UTC)}
    return Seal(audience_id=row["audience_id"], run_seq=row["run_seq"], target_sink=row["target_sink"], **told)


def record(  # noqa: PLR0913 - one argument per fact of a run's row
    lake: Lake,
    seal: Seal,
    state: State,
    *,
    event_no: int,
    run_id: str,
    epoch: int,
    started_at: datetime,
    people: int | None = None,
    inputs: dict[str, int] | None = None,
    guard: str | None = None,
    sinks: dict[str, object] | None = None,
    exit_code: int = 0,
) -> None:
    """Append one event of a run."""
    table = lake.table(RUNS)
    row = (
        seal.audience_id, seal.run_seq, epoch, event_no, run_id, seal.kind, state, seal.as_of, seal.definition_version,
        json.dumps(inputs, sort_keys=True) if inputs is not None else None, people, seal.emitted, tuple(seal.counts),
        seal.chunks, seal.fingerprint, guard, json.dumps(sinks, sort_keys=True) if sinks is not None else None,
        exit_code, started_at, datetime.now(UTC), _versions(),
    )  # fmt: skip
    table.append(conformed(table, table.frame([row])).coalesce(1))
    step_line(f"run.{state}", state=state, run_seq=seal.run_seq, kind=seal.kind, rows=seal.emitted, exit_code=exit_code)


def _versions() -> str:
    return json.dumps({name: version(name) for name in ("pyspark", "delta-spark")}, sort_keys=True)


@dataclass(frozen=True)
class Blocked:
    """A run that the guard holds back: what it would commit, what it was made of, and why it is held."""

    seal: Seal
    inputs: Mapping[str, int]
    why: tuple[str, ...]


@dataclass(frozen=True)
class LastRun:
    """The newest sealed run of an audience.

    Attributes:
        seal: its seal.
        inputs: versions of the tables that it was evaluated from, a bootstrap those of the run before it; None when
            nothing tells.
        announced: whether its members are derived and it was announced as committed.
        blocked: the newest of the runs after it that the guard holds back.
        refreshed_at: the instant that the newest evaluation speaks of.
        told_at: the instant at which all members were asserted that were due then: by an evaluation or a heartbeat run.
    """

    seal: Seal
    inputs: Mapping[str, int] | None
    announced: bool
    blocked: Blocked | None
    refreshed_at: datetime | None = None
    told_at: datetime | None = None


def last_run(lake: Lake, audience_id: str) -> LastRun | None:
    """The newest sealed run of an audience; None before the first."""
    sealed = seals(lake, audience_id)
    if not sealed:
        return None
    last, made_of = sealed[-1], _newest_made(sealed)
    events = lake.table(RUNS).rows(where=(*equal(audience_id=audience_id), *at_least(run_seq=made_of[-1].run_seq)))
    mine = [row for row in events if row["run_seq"] == last.run_seq]
    held = [row for row in events if row["run_seq"] > last.run_seq and row["state"] == "blocked"]
    return LastRun(
        last,
        next((inputs for seal in made_of if (inputs := _inputs(events, seal)) is not None), None),
        any(row["state"] == "committed" for row in mine),
        _blocked(max(held, key=lambda row: (row["epoch"], row["event_no"]))) if held else None,
        _newest(sealed, "refresh"),
        _newest(sealed, "refresh", "heartbeat"),
    )


def _newest_made(sealed: Sequence[Seal]) -> list[Seal]:
    """The newest run that was evaluated, after the bootstraps that followed it: they are made of what it is made of."""
    last = next((at for at in range(len(sealed) - 1, -1, -1) if sealed[at].kind != "bootstrap"), 0)
    return [*reversed(sealed[last:])]


def _inputs(events: Sequence[PlainRow], seal: Seal) -> Mapping[str, int] | None:
    """What a run was made of. Several invocations may have begun it; its seal says which of them made it."""
    mine = (row["inputs"] for row in events if (row["run_seq"], row["run_id"]) == (seal.run_seq, seal.run_id))
    told = next((inputs for inputs in mine if inputs is not None), None)
    return None if told is None else json.loads(told)


def _newest(sealed: Sequence[Seal], *kinds: str) -> datetime | None:
    return max((seal.as_of for seal in sealed if seal.kind in kinds), default=None)


def _blocked(row: PlainRow) -> Blocked:
    seal = Seal(
        row["audience_id"], row["run_seq"], row["run_id"], row["epoch"], row["kind"], row["as_of"].astimezone(UTC),
        row["emitted"], row["chunks"], row["diff_fingerprint"], row["definition_version"], Counts(**row["counts"]),
    )  # fmt: skip
    return Blocked(seal, json.loads(row["inputs"]), tuple(row["guard"].split(",")))


def has_event(lake: Lake, audience_id: str, run_seq: int, *states: State) -> bool:
    """Whether a run ever came to one of some states."""
    mine = (*equal(audience_id=audience_id, run_seq=run_seq), *one_of(state=states))
    return lake.table(RUNS).count(mine) > 0


def audience_run_state(lake: Lake) -> DataFrame:
    """The current state of every run.

    Rows:    One per (audience_id, run_seq): the event of the greatest (epoch, event_no).
    Columns: returns the columns of `audience_runs`.
    """
    newest = Window.partitionBy("audience_id", "run_seq").orderBy(F.desc("epoch"), F.desc("event_no"))
    events = lake.table(RUNS).read().withColumn("_newest", F.row_number().over(newest))
    return events.where(F.col("_newest") == 1).drop("_newest")
