"""Assert again: a heartbeat run between two refreshes, so that memberships outlive a long cadence (A15, A16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cja_spark.audiences.claims import claimed
from cja_spark.audiences.due import decide
from cja_spark.audiences.make_run import finish, make_run, receipt_of
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered, require_known
from cja_spark.audiences.runs import LastRun
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import require_tables
from cja_spark.audiences.wish import Wish
from cja_spark.lake import Lake
from cja_spark.steps import about


def assert_again(lake: Lake, audience: Audience, *, as_of: datetime, take_over: bool = False) -> PublishReceipt:
    """Assert the members of an audience again, if that is due; nobody is evaluated, nobody enters or leaves.

    Whether it is due is decided under the claim: of several callers at once one makes the run.

    Args:
        lake: the lake.
        audience: the audience.
        as_of: the instant that the run speaks of.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        ConfigurationError: nobody published it.
        ClaimError: another run is at it (exit 7).
    """
    require_tables(lake)
    entry = require_known(lake, audience.name)

    def unneeded(entry: Registered, last: LastRun | None) -> str | None:
        told = decide(audience, entry, last, as_of)
        return None if told.action == "heartbeat" else told.why

    wish = Wish.of_members(lake, audience, "heartbeat", as_of, unneeded)
    with claimed(lake, entry.audience_id, wish.run_id, "heartbeat", take_over=take_over) as claim:
        last = finish(wish, claim)
        entry = require_known(lake, audience.name)
        why = wish.unneeded(entry, replace(last, announced=True) if last else None)
        if last is None or why is not None:
            return receipt_of(wish, last.seal if last else wish.begun(entry), "nothing", why or "it was never committed")
        # What the last evaluation was made of stays what the next one is compared with.
        wish = replace(wish, inputs=last.inputs or {})
        begun = replace(wish.begun(entry, last.seal.run_seq + 1, claim.epoch), definition_version=last.seal.definition_version)
        with about(run_seq=begun.run_seq, kind=begun.kind):
            return make_run(wish, claim, begun, last)
