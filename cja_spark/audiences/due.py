"""What is due: what a scheduler should do for an audience now, or why nothing (A5, A6, A15, A16)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from cja_spark.audiences import approvals
from cja_spark.audiences.register import WARNED, Registered, ends_at, find, generations
from cja_spark.audiences.runs import Blocked, LastRun, last_run
from cja_spark.audiences.schedule import missed, newest_slot, next_slot
from cja_spark.audiences.spec import DAY, Audience
from cja_spark.lake import Lake
from cja_spark.spec import Spec

BETWEEN_HEARTBEATS = 7 * DAY  # A16
Action = Literal["resume", "commit", "refresh", "heartbeat"]


class Due(Spec):
    """What is due for one audience at an instant.

    Attributes:
        audience: its name.
        audience_id: its id; none before its first publish.
        action: `resume` finishes a run that died, `commit` commits what was approved, `refresh` evaluates, `heartbeat`
            asserts the members again; none when nothing is due.
        why: why that is due, or why nothing is.
        next_at: when something is due next, if nothing is now.
        expires_at: the instant from which it is not evaluated any more.
        expires_soon: whether that is within 30 days.
    """

    audience: str
    audience_id: str | None = None
    action: Action | None = None
    why: str
    next_at: datetime | None = None
    expires_at: datetime | None = None
    expires_soon: bool = False

    def text(self) -> str:
        """One line for the person at the terminal."""
        told = f"{self.audience}: {self.action or 'nothing'}: {self.why}"
        if self.action is None and self.next_at:
            told += f"; next at {_minute(self.next_at)}"
        if self.expires_soon and self.expires_at:
            told += f"; EXPIRES at {_minute(self.expires_at)}: cja renew {self.audience}"
        return told


def due(lake: Lake, audience: Audience, now: datetime) -> Due:
    """What is due for an audience at an instant; nothing is written.

    Raises:
        ConfigurationError: its file lets it live longer than 13 months.
    """
    entry = find(lake, audience.name)
    if entry is None:
        gone = bool(generations(lake, audience.name))
        why = "deleted; 'cja publish' by its name begins a new one" if gone else "never published; its first publish sets its clock"
        return Due(audience=audience.name, why=why)
    last = last_run(lake, entry.audience_id)
    held = last.blocked if last else None
    yes = held is not None and approvals.approved(lake, held.seal, held.why, datetime.now(UTC))
    return decide(audience, entry, last, now, held_is_approved=yes)


def decide(
    audience: Audience, entry: Registered, last: LastRun | None, now: datetime, *, held_is_approved: bool = False
) -> Due:
    """What is due, from what is known of an audience.

    Raises:
        ConfigurationError: its file lets it live longer than 13 months.
    """
    ends = ends_at(entry, audience, now)
    action, why, then = _action(audience, entry, last, now, ends, approved=held_is_approved)
    return Due(
        audience=audience.name, audience_id=entry.audience_id, action=action, why=why, next_at=then, expires_at=ends,
        expires_soon=now < ends <= now + WARNED,
    )  # fmt: skip


Told = tuple[Action | None, str, datetime | None]


def _action(
    audience: Audience, entry: Registered, last: LastRun | None, now: datetime, ends: datetime, *, approved: bool
) -> Told:
    if last is not None and not last.announced:
        return "resume", f"run {last.seal.run_seq} was committed and not finished", None
    if entry.status == "paused":
        return None, "paused; 'cja resume' goes on", None
    if now >= ends:
        return None, f"expired at {_minute(ends)}; 'cja renew' goes on", None
    held = _held(last)
    if held is not None and approved:
        return "commit", f"run {held.seal.run_seq} was held back and is approved", None
    if audience.refresh is None:
        return None, "one-time; publish it again by its name", None
    return _refresh(audience, entry, last, now)


def _refresh(audience: Audience, entry: Registered, last: LastRun | None, now: datetime) -> Told:
    assert audience.refresh is not None
    clock = entry.anchor_at, audience.refresh
    slot, then = newest_slot(*clock, now), next_slot(*clock, now)
    refreshed = last.refreshed_at if last else None
    held = _held(last)
    if held is not None and held.seal.as_of >= slot:
        return None, f"run {held.seal.run_seq} is held back ({', '.join(held.why)}); approve it or mend its source", then
    if refreshed is not None and refreshed >= slot:
        return _heartbeat(last, now, then)
    if now < slot:
        return None, "its clock begins later", slot
    slots = 1 if refreshed is None else missed(*clock, refreshed, now)
    more = f", one run for {slots} slots" if slots > 1 else ""
    return "refresh", f"{audience.refresh}, due since {_minute(slot)}{more}", None


def _held(last: LastRun | None) -> Blocked | None:
    """The run that somebody has to look at; a final exit is called off where the audience is not paused any more."""
    held = last.blocked if last else None
    return held if held is not None and held.seal.kind == "refresh" else None


def _heartbeat(last: LastRun | None, now: datetime, then: datetime) -> Told:
    """Between two refreshes members are asserted every 7 days, or a month would outlive their 16."""
    assert last is not None
    assert last.told_at is not None
    beat = last.told_at + BETWEEN_HEARTBEATS
    if beat <= now:
        return "heartbeat", f"nobody was asserted since {_minute(last.told_at)}", None
    return None, "its slot is told", min(beat, then)


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
