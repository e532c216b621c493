"""Delete an audience: off the list at once; members lapse by themselves, or are told to leave once approved (A19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cja_spark.audiences.approvals import approved_run
from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.make_run import commit_held, finish, make_run, receipt_of
from cja_spark.audiences.members import count_members
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered, change, require_known
from cja_spark.audiences.runs import LastRun, Seal
from cja_spark.audiences.spec import DAY, Audience
from cja_spark.audiences.tables import require_tables
from cja_spark.audiences.wish import MILLISECOND, Wish
from cja_spark.lake import Lake
from cja_spark.steps import about
from cja_spark.view.condition import SegmentReference


def delete(
    lake: Lake, name: str, *, send_exits: bool = False, as_of: datetime | None = None, take_over: bool = False
) -> PublishReceipt:
    """Delete an audience: it is never evaluated again and its id never used again; no profile is deleted.

    Without exits its memberships lapse at their `valid_until`. With them a run of kind `final_exit` tells every member
    to leave: the guard holds it back until somebody approves it, the audience is paused meanwhile, and the same call
    commits it then and deletes the audience.

    Args:
        lake: the lake.
        name: the audience.
        send_exits: whether its members are told to leave.
        as_of: the instant that the final run speaks of; now, or just after the last run, when not given.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        ConfigurationError: nobody published an audience of that name, or it is deleted.
        ClaimError: another run is at it (exit 7).
    """
    require_tables(lake)
    entry = require_known(lake, name)
    # Its file may be gone, and nothing of it is needed: nobody is evaluated.
    audience = Audience(name=name, segments=SegmentReference(segment="deleted"), refresh="daily", lookback=DAY)
    wish = Wish.of_members(lake, audience, "final_exit", as_of or datetime.now(UTC), lambda entry, last: None)
    with claimed(lake, entry.audience_id, wish.run_id, "delete", take_over=take_over) as claim:
        last = finish(wish, claim)
        entry = require_known(lake, name)
        if send_exits and last is not None and count_members(lake, entry.audience_id):
            receipt = _final_exit(wish, claim, entry, last)
            if receipt.state == "blocked":
                change(lake, entry, status="paused")  # nothing overtakes what somebody looks at
                return receipt
        else:
            receipt = receipt_of(wish, _last_seal(wish, entry, last), "deleted", "memberships lapse by themselves")
        change(lake, entry, status="deleted")
        return receipt


def _final_exit(wish: Wish, claim: Claim, entry: Registered, last: LastRun) -> PublishReceipt:
    wish = replace(wish, as_of=max(wish.as_of, last.seal.as_of + MILLISECOND), inputs=last.inputs or {})
    begun = replace(wish.begun(entry, last.seal.run_seq + 1, claim.epoch), definition_version=last.seal.definition_version)
    held = approved_run(wish, entry, last)
    with about(run_seq=begun.run_seq, kind=begun.kind):
        return make_run(wish, claim, begun, last) if held is None else commit_held(wish, claim, begun, held)


def _last_seal(wish: Wish, entry: Registered, last: LastRun | None) -> Seal:
    """The number of the last run, with nothing told by this call."""
    return wish.begun(entry, last.seal.run_seq if last else 0)
