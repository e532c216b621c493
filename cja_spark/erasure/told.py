"""Told: the run of `erase` rows under `_erase`, which every sink takes before the lake forgets whom it is about (S9, step 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences import outbox
from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Counts, Seal, has_event, record, seals
from cja_spark.audiences.tables import CHANGES, LEDGER, MEMBERS
from cja_spark.driver_reads import equal
from cja_spark.erasure.people import change_ids
from cja_spark.erasure.sinks import erase_in
from cja_spark.errors import CjaError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks.ledger import NOTHING, taken
from cja_spark.sinks.spec import Chunked, Sink

ERASE = "_erase"


def tell(lake: Lake, people: DataFrame, erasure_id: str, sinks: Mapping[str, Sink], claim: Claim, at: datetime) -> Seal:
    """Commit the run of an erasure, once, and bring it to every sink that has not taken it.

    A sink that is away holds up no other; the first one's error is raised when all had their turn.

    Raises:
        UnavailableError: a sink is away; the same command goes on later.
    """
    started = datetime.now(UTC)
    seal = _committed(lake, people, erasure_id, claim, at)
    failpoint("erase.committed")
    faults = []
    for name in sorted(sinks):
        done = taken(lake, ERASE).get((name, seal.run_seq), NOTHING).chunks
        if len(done) == seal.chunks:
            continue
        claim.check()
        try:
            erase_in(lake, sinks[name], with_audiences(lake, seal, sinks[name]), seal, done, claim)
        except CjaError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    if not has_event(lake, ERASE, seal.run_seq, "published"):
        told: dict[str, object] = {name: {"state": "done"} for name in sinks}
        record(lake, seal, "published", event_no=1, run_id=claim.run_id, epoch=claim.epoch, started_at=started, sinks=told)
    return seal


def _committed(lake: Lake, people: DataFrame, erasure_id: str, claim: Claim, at: datetime) -> Seal:
    """The run of an erasure: its seal names it, so that a restart finds it."""
    name, sealed = f"erase:{erasure_id}", seals(lake, ERASE)
    mine = [seal for seal in sealed if seal.run_id == name]
    if mine:
        outbox.require_complete(lake, mine[0])
        return mine[0]
    rows = people.select(
        F.lit(ERASE).alias("audience_id"), F.lit(len(sealed) + 1).cast("bigint").alias("run_seq"), F.lit("erase").alias("op"),
        change_ids(erasure_id).alias("change_id"), "profile_key", "namespace", "id", "person_ref",
        F.lit("exited").alias("status"), F.lit(at).alias("asserted_at"), F.lit(1).alias("definition_version"),
    )  # fmt: skip
    there = outbox.content(rows)
    seal = Seal(ERASE, len(sealed) + 1, name, claim.epoch, "erase", at, there.rows, outbox.chunks_for(there.rows), there.fingerprint, 1, Counts())
    outbox.commit(lake, rows, seal)
    seal = outbox.read_back(lake, seal)
    record(lake, seal, "committed", event_no=0, run_id=claim.run_id, epoch=claim.epoch, started_at=datetime.now(UTC))
    return seal


def with_audiences(lake: Lake, seal: Seal, sink: Sink) -> DataFrame:
    """The rows of a run of erasure with the audiences that a sink may know each person in.

    Those that outbox and members tell of; both forget who left long ago, so a sink with a key per audience is also asked
    for every audience that it ever took a run of.

    Rows:    One per profile_key.
    Columns: returns the columns of `audience_changes` and audiences array<string>.
    """
    own = outbox.changes_of(lake, seal)
    told = lake.table(CHANGES).read().where((F.col("audience_id") != ERASE) & F.col("profile_key").isNotNull())
    both = told.select("profile_key", "audience_id").unionByName(lake.table(MEMBERS).read().select("profile_key", "audience_id"))
    of_person = both.groupBy("profile_key").agg(F.collect_set("audience_id").alias("audiences"))
    taken_by_sink = F.array(*(F.lit(one) for one in _taken_by(lake, sink))).cast("array<string>")
    every = F.array_sort(F.array_union(F.coalesce("audiences", F.array().cast("array<string>")), taken_by_sink))
    return own.join(of_person, on="profile_key", how="left").withColumn("audiences", every)


def _taken_by(lake: Lake, sink: Sink) -> list[str]:
    """The audiences of which a sink with a key per audience took a run; none of other sinks."""
    if not isinstance(sink, Chunked) or not sink.keyed_by_audience:
        return []
    rows = lake.table(LEDGER).totals(("audience_id",), {"chunks": ("count", "chunk")}, equal(sink_id=sink.name))
    return sorted(row["audience_id"] for row in rows if row["audience_id"] != ERASE)
