"""Approvals: somebody says that a blocked run is no mistake; the next publish commits these very changes, once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cja_spark.audiences import outbox
from cja_spark.audiences.changes import parted
from cja_spark.audiences.register import Registered, find
from cja_spark.audiences.runs import Blocked, Counts, LastRun, Seal, last_run
from cja_spark.audiences.spec import MAX_PEOPLE
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.tables import APPROVALS
from cja_spark.audiences.wish import Wish
from cja_spark.driver_reads import above, equal
from cja_spark.errors import BlockedError, ConfigurationError
from cja_spark.lake import Lake
from cja_spark.spec import Spec

HOLDS = timedelta(hours=72)
NEVER = "size_cap"
FINAL = "final_exit"


class Approval(Spec):
    """One approval: it binds to a run and to the fingerprint of its changes, and ends after 72 hours."""

    audience: str
    run_seq: int
    changes: str
    reasons: tuple[str, ...]
    enter: int
    update: int
    exit: int
    approved_by: str
    expires_at: datetime

    def text(self) -> str:
        """One line for the person at the terminal."""
        then = f"delete {self.audience} --send-exits" if FINAL in self.reasons else "publish"
        return (
            f"{self.audience}: run {self.run_seq} approved in spite of {', '.join(self.reasons)}: {self.enter:,} enter, "
            f"{self.update:,} update, {self.exit:,} exit; 'cja {then}' commits them until "
            f"{self.expires_at.isoformat(timespec='minutes')}"
        )


def approve(
    lake: Lake, name: str, *, approved_by: str, changes: str | None = None, note: str | None = None
) -> Approval:
    """Approve the changes of an audience's blocked run; the next publish commits them.

    Args:
        lake: the lake.
        name: the audience.
        approved_by: who says so.
        changes: the fingerprint that the message of the block shows; whatever is blocked now when not given.
        note: why.

    Raises:
        ConfigurationError: nothing is blocked, or other changes than those.
        BlockedError: a sign that nobody can approve (A7).
    """
    entry = find(lake, name)
    last = last_run(lake, entry.audience_id) if entry else None
    held = last.blocked if last else None
    if held is None:
        raise ConfigurationError(f"audience '{name}': no run is blocked; there is nothing to approve.")
    seal = held.seal
    if changes is not None and changes != seal.fingerprint:
        raise ConfigurationError(
            f"audience '{name}': run {seal.run_seq} is blocked with changes {seal.fingerprint}, not {changes}: it was "
            "evaluated again since. Look at what it would do now."
        )
    if NEVER in held.why:
        raise BlockedError.for_good(name, seal.run_seq, f"{NEVER} (more than {MAX_PEOPLE:,} people)")
    now = datetime.now(UTC)
    table = lake.table(APPROVALS)
    row = (str(uuid.uuid4()), seal.audience_id, seal.run_seq, seal.fingerprint, list(held.why), approved_by, note, now,
           now + HOLDS)  # fmt: skip
    table.append(table.frame([row]).coalesce(1))
    return Approval(
        audience=name, run_seq=seal.run_seq, changes=seal.fingerprint, reasons=held.why, enter=seal.counts.enter,
        update=seal.counts.update, exit=seal.counts.exit, approved_by=approved_by, expires_at=now + HOLDS,
    )  # fmt: skip


def approved(lake: Lake, seal: Seal, why: Sequence[str], now: datetime) -> bool:
    """Whether somebody approved these very changes; a size above the cap cannot be approved (A7)."""
    if NEVER in why:
        return False
    of_run = equal(audience_id=seal.audience_id, run_seq=seal.run_seq, diff_fingerprint=seal.fingerprint)
    mine = (*of_run, *above(expires_at=now))
    return any(set(why) <= set(row["reasons"] or ()) for row in lake.table(APPROVALS).rows("reasons", where=mine))


def approved_run(wish: Wish, entry: Registered, last: LastRun | None) -> Blocked | None:
    """The blocked run that this publish has to commit: approved, of the definition now, its copies as it wrote them."""
    held = last.blocked if last else None
    if held is None or held.seal.kind != wish.kind:
        return None
    same = entry.definition == wish.definition and entry.definition_version == held.seal.definition_version
    if wish.kind == "refresh" and not same:
        return None
    if not approved(wish.lake, held.seal, held.why, datetime.now(UTC)):
        return None
    staged = staging_of(wish.lake, held.seal).thaw("diff")
    return held if staged is not None and outbox.content(parted(staged)[1]).fingerprint == held.seal.fingerprint else None


def held_run(lake: Lake, last: LastRun) -> Blocked | None:
    """The run that the guard holds back, while its changes are staged: somebody looks at them, or approved them already.

    No other run may take its number, which would drop them (step 5).
    """
    held = last.blocked
    return held if held is not None and staging_of(lake, held.seal).holds("diff") else None


def staging_of(lake: Lake, seal: Seal) -> Staging:
    """The copies that the invocation of a seal froze."""
    return Staging.of(lake, seal.audience_id, seal.run_seq, seal.run_id)


def sentence(name: str, seal: Seal, why: Sequence[str], before: int) -> str:
    """What the guard says, and what to do about it."""
    counts: Counts = seal.counts
    if FINAL in why:
        return (
            f"{FINAL} ({counts.exit:,} would leave). Nothing left; the audience is paused. To tell them: cja approve {name} "
            f"--changes {seal.fingerprint}, then cja delete {name} --send-exits. To keep it: cja resume {name}"
        )
    told = (
        f"{', '.join(why)} ({before:,} people before, {counts.enter:,} would enter, {counts.exit:,} would leave). "
        "Nothing left. Mend the source or the definition"
    )
    if NEVER in why:
        return f"{told}, or make the audience smaller."
    return f"{told}, or approve these very changes: cja approve {name} --changes {seal.fingerprint}"
