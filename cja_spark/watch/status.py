"""Status: how every audience of a project and each of its sinks stands, read from the tables; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cja_spark.audiences.due import Due, due
from cja_spark.audiences.members import count_members
from cja_spark.audiences.people import SOURCE
from cja_spark.audiences.register import Registered, find, generations
from cja_spark.audiences.runs import Counts
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import DEAD_LETTERS, LEDGER, RUNS
from cja_spark.driver_reads import equal, one_of
from cja_spark.lake import Lake
from cja_spark.sinks.audit import has_whole
from cja_spark.sinks.reckoning import Reckoned
from cja_spark.sinks.run_facts import at_sink, facts_of
from cja_spark.sinks.spec import Sink
from cja_spark.watch.standing import AudienceStanding, LetterCount, RunStanding, SinkStanding, SinkState, Standing
from cja_spark.watch.troubles import gaps_of, next_action, of_audience, of_sink

OPEN = ("open", "retrying")


class Watched(NamedTuple):
    """An audience and the sinks that its project gives it."""

    audience: Audience
    sinks: tuple[Sink, ...]


def status(lake: Lake, watched: Sequence[Watched], project: str, *, now: datetime | None = None) -> Standing:
    """How some audiences and their sinks stand.

    Args:
        lake: the lake.
        watched: the audiences.
        project: the project's folder, for the commands that are told.
        now: the instant.
    """
    moment = now or datetime.now(UTC)
    found = tuple(_audience(lake, one, project, moment) for one in watched)
    return Standing(project=project, at=moment, audiences=found)


def _audience(lake: Lake, one: Watched, project: str, now: datetime) -> AudienceStanding:
    known = find(lake, one.audience.name) or _deleted(lake, one.audience.name)
    standing = AudienceStanding(name=one.audience.name, refresh=one.audience.refresh)
    if known is not None:
        standing = _with_due(_known(lake, one, known, project, now), due(lake, one.audience, now))
    standing = standing.model_copy(update={"troubles": tuple(of_audience(standing, project, now))})
    return standing.model_copy(update={"next_action": next_action(standing, project)})


def _deleted(lake: Lake, name: str) -> Registered | None:
    """The last of the deleted audiences of a name: what it committed still has to arrive (A19)."""
    return max(generations(lake, name), key=lambda one: one.anchor_at, default=None)


def _with_due(one: AudienceStanding, found: Due) -> AudienceStanding:
    told = found.why if found.action is None else f"{found.action}: {found.why}"
    facts = {"action": found.action, "due": told, "next_at": found.next_at, "expires_at": found.expires_at}
    return one.model_copy(update=facts)


def _known(lake: Lake, one: Watched, known: Registered, project: str, now: datetime) -> AudienceStanding:
    facts = facts_of(lake, known.audience_id)
    letters = _letters(lake, known.audience_id)
    took_at = _took_at(lake, known.audience_id)
    sinks = tuple(
        of_sink_runs(sink, at_sink(facts, sink.name, now), letters.get(sink.name, ()), took_at.get(sink.name, {}))
        for sink in one.sinks
    )
    events = lake.table(RUNS).rows(where=equal(audience_id=known.audience_id))
    sealed = facts.seals[-1].run_seq if facts.seals else 0
    return AudienceStanding(
        name=one.audience.name, audience_id=known.audience_id, refresh=one.audience.refresh, status=known.status,
        people=count_members(lake, known.audience_id) if sealed else None, last=newest_run(events, sealed),
        told_at=facts.seals[-1].as_of if facts.seals else None,
        expires_at=known.expires_at, letters=letters.get(SOURCE, ()),
        sinks=tuple(_with_troubles(sink, one.audience.name, project) for sink in sinks),
    )  # fmt: skip


def _with_troubles(sink: SinkStanding, audience: str, project: str) -> SinkStanding:
    return sink.model_copy(update={"troubles": tuple(of_sink(sink, audience, project))})


def of_sink_runs(
    sink: Sink, runs: Mapping[int, Reckoned], letters: Sequence[LetterCount], took_at: Mapping[int, datetime]
) -> SinkStanding:
    """How a sink stands, from its runs as they were reckoned and the instants at which it took something of them."""
    behind = [seq for seq, run in runs.items() if run.state == "pending"]
    whole, last_at = has_whole(runs.values()), max(took_at.values(), default=None)
    return SinkStanding(
        sink=sink.name, state=_state(sink, last_at, behind), last_run=whole,
        last_at=last_at, whole_at=took_at.get(whole), lag_runs=len(behind), acked=sum(run.acked for run in runs.values()),
        pending=sum(run.pending for run in runs.values()), dead=sum(one.letters for one in letters),
        letters=tuple(letters), gaps=gaps_of(runs),
    )  # fmt: skip


def _state(sink: Sink, last_at: datetime | None, behind: Sequence[int]) -> SinkState:
    if getattr(sink, "paused", False):
        return "paused"
    return "never" if last_at is None else "pending" if behind else "done"


def newest_run(events: Sequence[Mapping[str, Any]], sealed: int) -> RunStanding | None:
    """The newest run, from the events of an audience's runs; `sealed` is the newest that the outbox has."""
    if not events:
        return None
    row = max(events, key=lambda event: (event["run_seq"], event["epoch"], event["event_no"]))
    counts = Counts(**row["counts"])
    # What the outbox has is committed, whatever the events say: the run died before it was announced.
    state = "sealed" if row["state"] == "building" and row["run_seq"] <= sealed else row["state"]
    return RunStanding(
        run_seq=row["run_seq"], kind=row["kind"], state=state, as_of=row["as_of"].astimezone(UTC),
        recorded_at=row["recorded_at"].astimezone(UTC), exit_code=row["exit_code"] or 0, enter=counts.enter, update=counts.update, exit=counts.exit,
        heartbeat=counts.heartbeat, rejected=counts.rejected, guard=tuple((row["guard"] or "").split(",")) if row["guard"] else (),
    )  # fmt: skip


def _letters(lake: Lake, audience_id: str) -> dict[str, tuple[LetterCount, ...]]:
    mine = (*equal(audience_id=audience_id), *one_of(state=OPEN))
    by = ("sink_id", "error_class", "error_code")
    found: dict[str, tuple[LetterCount, ...]] = {}
    rows = lake.table(DEAD_LETTERS).totals(by, {"letters": ("count", "letter_id")}, mine)
    for row in sorted(rows, key=lambda row: -row["letters"]):
        one = LetterCount(error_class=row["error_class"], error_code=row["error_code"], letters=row["letters"])
        found[row["sink_id"]] = (*found.get(row["sink_id"], ()), one)
    return found


def _took_at(lake: Lake, audience_id: str) -> dict[str, dict[int, datetime]]:
    mine = equal(audience_id=audience_id, state="done")
    found: dict[str, dict[int, datetime]] = {}
    for row in lake.table(LEDGER).totals(("sink_id", "run_seq"), {"at": ("max", "recorded_at")}, mine):
        found.setdefault(row["sink_id"], {})[row["run_seq"]] = row["at"].astimezone(UTC)
    return found
