"""Views over the tables of deliveries, for whoever asks with Spark what became of a run (publishing.md section 9)."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.runs import audience_run_state
from cja_spark.audiences.tables import DEAD_LETTERS
from cja_spark.lake import Lake
from cja_spark.sinks.ledger import sink_progress

RUN = ("audience_id", "run_seq")


def sync_log(lake: Lake) -> DataFrame:
    """Every run at every sink that has taken some of it.

    Rows:    One per (audience_id, run_seq, sink_id). Run states are unique per run, so the join keeps rows single.
    Columns: returns audience_id string, run_seq bigint, sink_id, kind, state string, as_of timestamp, people, emitted,
             acked, rejected, suppressed bigint, chunks int, chunks_done bigint, requests, bytes, duration_ms bigint,
             confirmed boolean, first_at, last_at timestamp.
    """
    taken = sink_progress(lake).groupBy(*RUN, "sink_id").agg(
        *(F.sum(name).alias(name) for name in ("acked", "rejected", "suppressed")),
        F.max("chunks").alias("chunks"), F.count("chunk").alias("chunks_done"),
        *(F.sum(name).alias(name) for name in ("requests", "bytes", "duration_ms")),
        F.bool_and("confirmed").alias("confirmed"),
        F.min("recorded_at").alias("first_at"), F.max("recorded_at").alias("last_at"),
    )  # fmt: skip
    runs = audience_run_state(lake).select(*RUN, "kind", "state", "as_of", "people", "emitted")
    return taken.join(runs, on=list(RUN), how="left").select(
        *RUN, "sink_id", "kind", "state", "as_of", "people", "emitted", "acked", "rejected", "suppressed", "chunks",
        "chunks_done", "requests", "bytes", "duration_ms", "confirmed", "first_at", "last_at",
    )  # fmt: skip


def dead_letter_summary(lake: Lake) -> DataFrame:
    """Dead letters by what was wrong with them; no identity is in it.

    Rows:    One per (sink_id, audience_id, error_class, error_code, state).
    Columns: returns sink_id, audience_id, error_class, error_code, state string, letters, first_run, last_run bigint,
             attempts int, first_at, last_at timestamp.
    """
    by = ("sink_id", "audience_id", "error_class", "error_code", "state")
    return lake.table(DEAD_LETTERS).read().groupBy(*by).agg(
        F.count("letter_id").alias("letters"), F.min("run_seq").alias("first_run"), F.max("run_seq").alias("last_run"),
        F.max("attempts").alias("attempts"), F.min("first_at").alias("first_at"), F.max("last_at").alias("last_at"),
    )  # fmt: skip
