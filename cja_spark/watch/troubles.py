"""Troubles: what is wrong with an audience or a sink, and the command or the deed that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from shlex import quote

from cja_spark.audiences.spec import TTL_DAYS
from cja_spark.sinks.reckoning import Reckoned
from cja_spark.watch.standing import AudienceStanding, LetterCount, RunStanding, SinkStanding, Trouble

EVERY = {"4 hours": timedelta(hours=4), "daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=31)}
LAPSE = timedelta(days=TTL_DAYS["recurring"])
CADENCES_LATE = 2
EXPIRY_WARNED = timedelta(days=30)
LAPSE_WARNED = timedelta(days=4)
DEAD_AFTER = timedelta(hours=1)
# A sign that somebody must look at, whatever the numbers are.
NOT_APPROVABLE = "size_cap"


def of_audience(one: AudienceStanding, project: str, now: datetime) -> Iterator[Trouble]:
    """What is wrong with an audience itself."""
    if one.status == "new":
        yield Trouble(urgency="run", what="never published", next_action=_cja("publish", project, one.name))
    elif one.status != "deleted":
        yield from _of_run(one, project, now)
        yield from _of_clock(one, project, now)
        yield from _of_expiry(one, project, now)
    if one.letters:
        yield Trouble(
            urgency="fix", what=f"identities cannot be published: {_kinds(one.letters)}",
            next_action="mend them in the source and load it again; the next publish takes them",
        )  # fmt: skip


def _of_run(one: AudienceStanding, project: str, now: datetime) -> Iterator[Trouble]:
    run = one.last
    if run is None:
        return
    mends = _mends(one, run, project)
    if run.state == "blocked" and one.action == "commit":
        yield Trouble(urgency="run", what=f"run {run.run_seq} was held back and is approved", next_action=mends)
    elif run.state == "blocked":
        what = f"run {run.run_seq} is held back: {', '.join(run.guard)}"
        yield Trouble(urgency="approve", what=what, next_action=mends)
    elif run.state in ("building", "sealed") and now - run.recorded_at > DEAD_AFTER:
        what = f"run {run.run_seq} was begun at {minute(run.recorded_at)} and not finished"
        yield Trouble(urgency="run", what=what, next_action=mends)


def _mends(one: AudienceStanding, run: RunStanding | None, project: str) -> str:
    """What brings an audience's run on: its own command again (C5), or what the guard asks where that holds it back."""
    last_exits = run is not None and run.kind == "final_exit"
    again = _cja("delete --send-exits" if last_exits else "publish", project, one.name)
    if run is None or run.state != "blocked" or one.action == "commit":
        return again
    if NOT_APPROVABLE in run.guard:
        return "mend the source and publish again"
    approved = f"approve it: {_cja('approve', project, one.name)}; then {again}"
    return approved if last_exits else f"mend the source and publish again, or {approved}"


def next_action(one: AudienceStanding, project: str) -> str:
    """The one next thing to do: what mends the most urgent trouble; else what is due; else nothing."""
    if one.all_troubles:
        return one.all_troubles[0].next_action
    return f"nothing by hand; {one.action} is due: {_cja('run-due', project, one.name)}" if one.action else "nothing"


def _of_clock(one: AudienceStanding, project: str, now: datetime) -> Iterator[Trouble]:
    if one.refresh is None or one.told_at is None or one.status != "active":
        return
    since = now - one.told_at
    if since >= LAPSE - LAPSE_WARNED:
        when = one.told_at + LAPSE
        what = f"memberships {'lapsed' if when <= now else 'lapse'} on {minute(when)}"
        yield Trouble(urgency="page", what=what, next_action=_mends(one, one.last, project))
    elif since > CADENCES_LATE * EVERY[one.refresh]:
        what = f"{one.refresh}, and nothing was told since {minute(one.told_at)}"
        yield Trouble(urgency="page", what=what, next_action=_mends(one, one.last, project))


def _of_expiry(one: AudienceStanding, project: str, now: datetime) -> Iterator[Trouble]:
    if one.expires_at is None:
        return
    mends = _cja("renew", project, one.name)
    if one.expires_at <= now:
        what = f"expired on {minute(one.expires_at)}: nobody enters and nobody leaves"
        yield Trouble(urgency="soon", what=what, next_action=mends)
    elif one.expires_at - now <= EXPIRY_WARNED:
        yield Trouble(urgency="soon", what=f"expires on {minute(one.expires_at)}", next_action=mends)


def of_sink(one: SinkStanding, audience: str, project: str) -> Iterator[Trouble]:
    """What is wrong with a sink of an audience."""
    if one.gaps:
        what = f"sink '{one.sink}' does not add up in {one.gaps[0].split(':')[0]}"
        yield Trouble(urgency="page", what=what, next_action=f"{_cja('audit', project, audience)} --sink {one.sink}")
    if one.state == "paused" and one.lag_runs:
        what = f"sink '{one.sink}' is paused and has not taken {_runs(one.lag_runs)}"
        yield Trouble(urgency="soon", what=what, next_action=f"set 'paused: false' in sinks/{one.sink}.yaml and deliver")
    elif one.lag_runs:
        what = f"sink '{one.sink}' has not taken {_runs(one.lag_runs)}"
        yield Trouble(
            urgency="retry", what=what, next_action=f"{_cja('deliver', project, audience)}; cja doctor --project {quote(project)} tries the sink"
        )  # fmt: skip
    if one.dead:
        what = f"sink '{one.sink}' refuses rows: {_kinds(one.letters)}"
        yield Trouble(urgency="fix", what=what, next_action=f"mend them, then {_cja('deliver --retry-dead-letters', project, audience)}")


def gaps_of(runs: Mapping[int, Reckoned]) -> tuple[str, ...]:
    """The gaps of a sink's runs, each with its run."""
    return tuple(f"run {seq}: {gap}" for seq, one in sorted(runs.items()) for gap in one.gaps)


def minute(moment: datetime) -> str:
    """An instant to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _kinds(letters: tuple[LetterCount, ...]) -> str:
    return ", ".join(f"{one.error_class} {one.error_code}" for one in letters)


def _cja(verb: str, project: str, name: str) -> str:
    return f"cja {verb} --project {quote(project)} {name}".rstrip()
