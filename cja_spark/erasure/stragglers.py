"""Stragglers: tasks of a run that was taken over, which may go on for as long as one attempt at a chunk (S9, step 9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cja_spark.audiences.claims import LEASE, Claim
from cja_spark.audiences.tables import CLAIMS
from cja_spark.driver_reads import equal
from cja_spark.lake import Lake

ATTEMPT = timedelta(minutes=10)  # K3


def wait_for_stragglers(
    lake: Lake, claim: Claim, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait until no task of a run that this one took over can write any more; not where such a run died with its tasks.

    Raises:
        ClaimError: somebody took the claim over meanwhile.
        Stopped: somebody asked the program to end.
    """
    if lake.folder is not None and str(lake.spark.sparkContext.master).startswith("local"):
        return  # the lock of the lake says that the other process is dead, and its tasks were threads of it
    rows = lake.table(CLAIMS).rows("claim", "run_id", "event", "lease_until", where=equal(run_id=claim.run_id))
    until = quiet_from(rows, claim.epoch)
    while until is not None and (left := (until - now()).total_seconds()) > 0:
        claim.check()
        sleep(min(left, 5.0))


def quiet_from(rows: Iterable[Mapping[str, Any]], epoch: int) -> datetime | None:
    """From when on nothing of the runs that a claim took over is at work; None where it took over none.

    Args:
        rows: the rows of `claims` that the run wrote.
        epoch: its own claim.
    """
    taken = (row["lease_until"] for row in rows if row["event"] == "released" and row["claim"] != epoch)
    # each row is written with a lease, from which its instant is known
    return max((_utc(at) - LEASE + ATTEMPT for at in taken), default=None)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
