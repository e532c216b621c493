"""A run into a profile store of Delta tables: one pair of MERGEs, then the ledger rows of all its chunks."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Seal
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks import delta_profiles
from cja_spark.sinks.addressed import addressed
from cja_spark.sinks.ledger import Outcome, append
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sinks.tally import Tally


def bring(lake: Lake, sink: DeltaProfiles, seal: Seal, claim: Claim, chunks: Sequence[int], tally: Tally) -> None:
    """Bring chunks of a run to a profile store.

    Raises:
        ClaimError: another run took over.
        UnavailableError: the store's place is away or cannot be written.
    """
    claim.check()
    failpoint("publish.chunk_start")
    begun = time.monotonic()
    rows = addressed(lake, seal, sink.name)
    if len(chunks) < seal.chunks:
        rows = rows.where(F.col("chunk").isin(*chunks))
    applied = delta_profiles.apply(lake, sink, rows.where(~F.col("suppressed")).drop("suppressed"), seal)
    held = F.count_if("suppressed").alias("held")
    counts = {row["chunk"]: row for row in rows.groupBy("chunk").agg(F.count("op").alias("all"), held).collect()}
    took = int((time.monotonic() - begun) * 1000)
    outcomes = []
    for chunk in chunks:
        all_, held_back = (counts[chunk]["all"], counts[chunk]["held"]) if chunk in counts else (0, 0)
        outcomes.append(Outcome(chunk, all_ - held_back, 0, held_back, took))
    append(lake, sink.name, seal, outcomes, claim.run_id, claim.epoch)
    for one in outcomes:
        tally.note(one)
    tally.created += applied.profiles_created
