"""Sinks: how each kind of destination forgets a person."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.claims import Claim
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import LEDGER
from cja_spark.erasure.audience_tables import delete_where
from cja_spark.erasure.chunks import Erased, erase_chunks
from cja_spark.erasure.people import STAGING
from cja_spark.errors import UnavailableError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.scratch import folder_exists, work_folder
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES, store_of
from cja_spark.sinks.ledger import Outcome, append
from cja_spark.sinks.outage import outage
from cja_spark.sinks.spec import Chunked, DeltaProfiles, Sink
from cja_spark.table import Table
from cja_spark.table_schema import schema


def erase_in(lake: Lake, sink: Sink, rows: DataFrame, seal: Seal, done: Collection[int], claim: Claim) -> None:
    """Let a sink forget the persons of a run of erasure, then note the chunks that it took in the ledger.

    Raises:
        UnavailableError: the sink is away; it is not asked again for what it took, of which the next attempt would say `absent`.
        ClaimError: a newer owner is at it.
    """
    begun, asked = time.monotonic(), Erased({}, frozenset(), None)
    if isinstance(sink, DeltaProfiles):
        _in_delta(lake, sink, rows)
    elif isinstance(sink, Chunked):
        asked = erase_chunks(sink, rows, seal, done)
        _keep_outcomes(lake, sink, rows, seal, asked.outcomes)
    if took := [chunk for chunk in range(seal.chunks) if chunk not in done and chunk not in asked.refused]:
        failpoint("erase.sink_erased")
        counts = {row["chunk"]: row["count"] for row in rows.groupBy("chunk").count().collect()}
        ms = int((time.monotonic() - begun) * 1000)
        outcomes = [Outcome(chunk, counts.get(chunk, 0), 0, 0, ms) for chunk in took]
        append(lake, sink.name, seal, outcomes, claim.run_id, claim.epoch)
    if asked.fault is not None:
        raise asked.fault


def store_tables(lake: Lake, sink: DeltaProfiles) -> list[Table]:
    """The tables of a Delta profile store, where they are there."""
    place = store_of(lake, sink)
    return [table for spec in (PROFILES, MEMBERSHIPS) if (table := place.table(spec, sink.name)).exists()]


def sinks_gone(lake: Lake, sinks: Collection[str]) -> tuple[str, ...]:
    """Sinks that took runs once and that the project does not have any more: nobody can ask them. Stores in this lake are reached."""
    told = {row["sink_id"] for row in lake.table(LEDGER).totals(("sink_id",), {"chunks": ("count", "chunk")})}
    return tuple(sorted(name for name in told - {*sinks} if not lake.table(PROFILES, name).exists()))


def _in_delta(lake: Lake, sink: DeltaProfiles, rows: DataFrame) -> None:
    try:
        for table in store_tables(lake, sink):
            delete_where(table, rows, "profile_key", "profile_key")
    except Exception as error:
        if (why := outage(error)) is None:
            raise
        raise UnavailableError.sink(sink.name, store_of(lake, sink).location, why) from error


def stored_in(lake: Lake, sink: DeltaProfiles) -> DataFrame:
    """The keys of a store's profiles and memberships.

    Rows:    One per row of either.
    Columns: returns profile_key string.
    """
    found = lake.spark.createDataFrame([], "profile_key string")
    for table in store_tables(lake, sink):
        found = found.unionByName(table.read().select("profile_key"))
    return found.where(F.col("profile_key").isNotNull())


def _keep_outcomes(lake: Lake, sink: Sink, rows: DataFrame, seal: Seal, outcomes: Mapping[int, str]) -> None:
    """Keep what a sink said of each chunk for the receipts, before the ledger says that it is done."""
    told = local_rows(lake.spark, sorted(outcomes.items()), schema("chunk int, outcome string"))
    of_person = rows.join(F.broadcast(told), on="chunk").select("person_ref", F.lit(f"sink:{sink.name}").alias("scope"), "outcome", F.lit(1).cast("bigint").alias("rows"))
    of_person.coalesce(1).write.mode("append").parquet(_outcomes(lake, seal))


def outcomes_of(lake: Lake, seal: Seal) -> DataFrame | None:
    """What sinks of chunks said of each person in a run of erasure; None where none was asked.

    Rows:    One per person and sink.
    Columns: returns person_ref, scope, outcome string, rows bigint.
    """
    folder = _outcomes(lake, seal)
    if not folder_exists(lake, folder):
        return None
    told = lake.spark.read.parquet(folder).where(F.col("outcome") != "absent")
    return told.dropDuplicates(["person_ref", "scope"])


def _outcomes(lake: Lake, seal: Seal) -> str:
    """The folder of what sinks said, in that of the erasure, whose name its run has."""
    return work_folder(lake, f"{STAGING}/{seal.run_id.removeprefix('erase:')}/outcomes")
