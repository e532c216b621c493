"""Letters: rows that a sink refused for what they are, whole, so that they can be sent again (dead_letters)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.identity import SEPARATOR
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import DEAD_LETTERS, conformed
from cja_spark.conflicts import merge_into
from cja_spark.driver_reads import equal, one_of
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.sinks.chunk import Change, Rejected
from cja_spark.table_schema import schema

OPEN = ("open", "retrying")
INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"
_REFUSED = schema("change_id string not null, error_class string, error_code string")
_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}\Z")


def letter_id(sink_id: str, change_id: Column) -> Column:
    """Id of the letter of a change that a sink refuses: a second refusal is the same letter (T16)."""
    return F.sha2(F.concat_ws(SEPARATOR, F.lit(sink_id), change_id), 256)


def payload() -> Column:
    """A whole change as JSON, from the outbox's columns."""
    return F.to_json(F.struct(*Change._fields), {"ignoreNullFields": "false", "timestampFormat": INSTANT})


def coded(rejected: Rejected) -> Rejected:
    """The same with class and code that are such; other text may hold values of rows (M8)."""
    kept = (text if _CODE.match(text) else "unreadable" for text in (rejected.error_class, rejected.error_code))
    return Rejected(rejected.change_id, *kept)


def write_letters(
    lake: Lake, rows: DataFrame, sink_id: str, seal: Seal, rejected: Iterable[Rejected], epoch: int
) -> None:
    """Put refused rows into the letters, once each however often they are refused; the merge changes no letter.

    Args:
        lake: the lake.
        rows: the run's rows, from which the letters' are taken.
        sink_id: who refused them.
        seal: the run.
        rejected: which, and why.
        epoch: the writer's claim.
    """
    refused = local_rows(lake.spark, [tuple(coded(one)) for one in rejected], _REFUSED)
    now = F.lit(datetime.now(UTC))
    letters = rows.join(refused, on="change_id", how="inner").select(
        letter_id(sink_id, F.col("change_id")).alias("letter_id"), F.lit(sink_id).alias("sink_id"), "audience_id",
        "run_seq", "change_id", "op", "profile_key", "person_ref", payload().alias("payload"), "error_class",
        "error_code", F.lit(1).alias("attempts"), F.lit("open").alias("state"), F.lit(1).alias("version"),
        F.lit(epoch).alias("claim"), now.alias("first_at"), now.alias("last_at"),
    )  # fmt: skip
    table = lake.table(DEAD_LETTERS)
    known = (F.col("t.audience_id") == F.lit(seal.audience_id)) & (F.col("t.letter_id") == F.col("s.letter_id"))
    failpoint("dlq.before_merge")
    merge_into(table, lambda target: target.merge(conformed(table, letters).alias("s"), known).whenNotMatchedInsertAll())
    failpoint("dlq.after_merge")


def open_letters(lake: Lake, audience_id: str) -> Mapping[tuple[str, int], int]:
    """How many letters of an audience wait for somebody, by sink and run."""
    rows = lake.table(DEAD_LETTERS).totals(
        ("sink_id", "run_seq"), {"letters": ("count", "letter_id")},
        where=(*equal(audience_id=audience_id), *one_of(state=OPEN)),
    )  # fmt: skip
    return {(row["sink_id"], row["run_seq"]): row["letters"] for row in rows}


def letters_per_chunk(lake: Lake, rows: DataFrame, sink_id: str, seal: Seal, chunks: Sequence[int]) -> dict[int, int]:
    """How many rows of some chunks of a run have letters, open or not; those of erased persons are suppressed instead."""
    mine = equal(audience_id=seal.audience_id, run_seq=seal.run_seq, sink_id=sink_id)
    if not lake.table(DEAD_LETTERS).count(mine):
        return {}
    found = lake.table(DEAD_LETTERS).matching(mine).select("change_id").dropDuplicates()
    sent = rows.where(F.col("chunk").isin(*chunks) & ~F.col("suppressed"))
    there = sent.select("chunk", "change_id").join(found, on="change_id", how="inner")
    return {row["chunk"]: row["letters"] for row in there.groupBy("chunk").agg(F.count("*").alias("letters")).collect()}
