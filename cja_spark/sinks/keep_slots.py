"""Keep slots: how many chunks are on their way at once stays as it was while rows of a run are pending (KK2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Seal, record
from cja_spark.audiences.tables import RUNS
from cja_spark.driver_reads import equal
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.sinks.ledger import NOTHING, taken
from cja_spark.sinks.spec import Chunked


def keep_slots(lake: Lake, sink: Chunked, seal: Seal, claim: Claim) -> None:
    """Note with how many slots a run is begun for a sink that fences owners off; with others it is not gone on with.

    An older owner may still be at any of them, and only who opens all of them keeps it out.

    Raises:
        ConfigurationError: the run was begun with another number.
    """
    if not sink.keeps_slots or _has_all(lake, sink, seal):
        return
    begun = equal(audience_id=seal.audience_id, run_seq=seal.run_seq, state="publishing")
    told = [json.loads(row["sinks"]) for row in lake.table(RUNS).rows("sinks", where=begun)]
    known = {one[sink.name]["slots"] for one in told if sink.name in one}
    if known and sink.concurrency not in known:
        raise ConfigurationError(
            f"sink '{sink.name}': concurrency is {sink.concurrency}, and run {seal.run_seq} was begun with {max(known)} and is "
            f"not whole. Write {max(known)} again until it is delivered."
        )
    if not known:
        record(
            lake, seal, "publishing", event_no=-1 - len(told), run_id=claim.run_id, epoch=claim.epoch,
            started_at=datetime.now(UTC), sinks={sink.name: {"slots": sink.concurrency}},
        )  # fmt: skip


def _has_all(lake: Lake, sink: Chunked, seal: Seal) -> bool:
    """Whether nothing of the run is pending, which then only comes again."""
    has = taken(lake, seal.audience_id).get((sink.name, seal.run_seq), NOTHING)
    return len(has.chunks) >= seal.chunks
