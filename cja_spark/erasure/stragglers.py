"""Stragglers: tasks of a run that was taken over, which may go on for as long as one attempt at a chunk (S9, step 9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cja_spark.audiences.claims import LEASE, Claim
from cja_spark.audiences.tables import CLAIMS
from cja_spark.lake import Lake

ATTEMPT = timedelta(minutes=10)  # K3


def wait_for_stragglers(
    lake: Lake, claim: Claim, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait until no task of a run that was taken over can write any more, whoever did so; not where such runs died with their tasks.

    Raises:
        ClaimError: somebody took the claim over meanwhile.
        Stopped: somebody asked the program to end.
    """
    if lake.folder is not None and str(lake.spark.sparkContext.master).startswith("local"):
        return  # the lock of the lake says that the other process is dead, and its tasks were threads of it
    until = quiet_from(lake.table(CLAIMS).rows("claim", "run_id", "event", "lease_until"))
    while until is not None and (left := (until - now()).total_seconds()) > 0:
        claim.check()
        sleep(min(left, 5.0))


def quiet_from(rows: Iterable[Mapping[str, Any]]) -> datetime | None:
    """From when on nothing of the runs that were taken over is at work; None where none was.

    Args:
        rows: the rows of `claims`: a claim that another run released than had acquired it was taken over.
    """
    told = list(rows)
    owners = {row["claim"]: row["run_id"] for row in told if row["event"] == "acquired"}
    taken = (row["lease_until"] for row in told if row["event"] == "released" and row["run_id"] != owners.get(row["claim"]))
    # each row is written with a lease, from which its instant is known
    return max((_utc(at) - LEASE + ATTEMPT for at in taken), default=None)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
