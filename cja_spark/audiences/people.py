"""People: evaluated persons as publishable identities, and letters for those that are not (A8, A9, A11)."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.identity import SEPARATOR, attr_hash, invalid, person_ref, profile_key
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import DEAD_LETTERS, SUPPRESSIONS, conformed
from cja_spark.conflicts import merge_into
from cja_spark.driver_reads import equal
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake

SOURCE = "_source"
KEY = "_key"


def keyed(people: DataFrame, audience: Audience) -> DataFrame:
    """Persons with their keys, or why they cannot be published.

    Rows:    One per profile_key (ties: smallest namespace as written, then smallest attributes), and one per distinct
             identity that is not valid.
    Columns: reads person_id, person_namespace, attrs string (attrs if there is one); returns profile_key, error string
             (null when valid), namespace, id, attrs string.
    """
    valid = F.when(F.col("error").isNull(), F.col(KEY))
    return single(people, audience).select(valid.alias("profile_key"), "error", "namespace", "id", "attrs")


def single(people: DataFrame, audience: Audience) -> DataFrame:
    """Persons once each, by a key that no row lacks: in the order of it, so that a join by it need not sort them again.

    Rows:    Those of `keyed`.
    Columns: reads person_id, person_namespace, attrs string (attrs if there is one); returns _key string (the profile's key,
             or the identity where it is not valid), namespace, id, attrs string, error string (null when valid).
    """
    attrs = F.col("attrs") if "attrs" in people.columns else F.lit(None).cast("string")
    rows = people.select(
        F.col("person_namespace").alias("namespace"), F.col("person_id").alias("id"), attrs.alias("attrs")
    )
    rows = rows.where(_known(audience)).withColumn("error", invalid(F.col("namespace"), F.col("id")))
    # No profile's key begins with a separator, and in hexadecimal digits no two identities are written alike.
    unusable = F.concat(F.lit(SEPARATOR), *(F.coalesce(F.concat(F.hex(name), F.lit(".")), F.lit("-.")) for name in ("namespace", "id")))
    key = F.when(F.col("error").isNull(), profile_key(F.col("namespace"), F.col("id"))).otherwise(unusable)
    rows = rows.select(key.alias(KEY), F.struct("namespace", "id", "attrs", "error").alias("_row")).repartition(KEY)
    return rows.groupBy(KEY).agg(F.min("_row").alias("_row")).select(KEY, "_row.*")


def identified(people: DataFrame, audience: Audience, suppressions: DataFrame, pepper: str) -> DataFrame:
    """Persons with their keys and pseudonyms, or why they cannot be published.

    Rows:    Those of `keyed`; suppressions are unique per person_ref, so the join keeps rows single.
    Columns: reads person_id, person_namespace, attrs string (attrs if there is one); reads of suppressions person_ref
             string; returns profile_key, namespace, id, person_ref, attrs string, attr_hash bigint, error string (null
             when valid), suppressed boolean.
    """
    referred = keyed(people, audience).withColumn("person_ref", person_ref(F.col("profile_key"), pepper))
    return with_suppressed(referred, suppressions).select(
        "profile_key", "namespace", "id", "person_ref", "attrs", attr_hash(F.col("attrs")).alias("attr_hash"), "error", "suppressed",
    )  # fmt: skip


def with_suppressed(rows: DataFrame, suppressions: DataFrame) -> DataFrame:
    """Rows about persons, and whether each person was erased.

    Rows:    The same: a person of the suppressions is one row.
    Columns: reads person_ref string; reads of suppressions person_ref string; adds suppressed boolean.
    """
    erased = suppressions.select("person_ref", F.lit(True).alias("suppressed")).dropDuplicates(["person_ref"])
    return rows.join(erased, on="person_ref", how="left").withColumn("suppressed", F.coalesce("suppressed", F.lit(False)))


def _known(audience: Audience) -> Column:
    if not audience.known_only:
        return F.lit(True)
    return F.lower("person_namespace").isin(*(code.lower() for code in audience.known_namespaces))


def publishable(people: DataFrame) -> DataFrame:
    """Only the persons that may enter or stay.

    Rows:    The same, without erased persons and identities that cannot be published.
    Columns: reads error string, suppressed boolean; changes nothing.
    """
    return people.where(F.col("error").isNull() & ~F.col("suppressed"))


def suppressed(lake: Lake) -> DataFrame:
    """Persons that were erased and never come back.

    Rows:    One per erased person.
    """
    return lake.table(SUPPRESSIONS).read()


def write_letters(lake: Lake, people: DataFrame, audience_id: str, run_seq: int, epoch: int, now: datetime) -> None:
    """Put identities that cannot be published into the dead letters, once each however often they come.

    The letter's id depends on the audience and the identity only; the merge inserts and changes nothing.
    """
    # In hexadecimal digits no two identities are written alike, whatever characters they have.
    identity = (F.coalesce(F.hex("namespace"), F.lit("-")), F.coalesce(F.hex("id"), F.lit("-")))
    change = F.sha2(F.concat_ws(SEPARATOR, F.lit(audience_id), F.lit(SOURCE), *identity), 256)
    table = lake.table(DEAD_LETTERS)
    letters = people.where(F.col("error").isNotNull()).select(
        F.sha2(F.concat_ws(SEPARATOR, F.lit(SOURCE), change), 256).alias("letter_id"),
        F.lit(SOURCE).alias("sink_id"),
        F.lit(audience_id).alias("audience_id"),
        F.lit(run_seq).alias("run_seq"),
        change.alias("change_id"),
        F.lit("enter").alias("op"),
        F.to_json(F.struct("namespace", "id"), {"ignoreNullFields": "false"}).alias("payload"),
        F.lit("data").alias("error_class"),
        F.concat(F.lit("identity_"), "error").alias("error_code"),
        F.lit(1).alias("attempts"),
        F.lit("open").alias("state"),
        F.lit(1).alias("version"),
        F.lit(epoch).alias("claim"),
        F.lit(now).alias("first_at"),
        F.lit(now).alias("last_at"),
    )
    failpoint("dlq.before_merge")
    known = (F.col("t.audience_id") == F.lit(audience_id)) & (F.col("t.letter_id") == F.col("s.letter_id"))
    merge_into(table, lambda target: target.merge(conformed(table, letters).alias("s"), known).whenNotMatchedInsertAll())
    failpoint("dlq.after_merge")


def letters_of(lake: Lake, audience_id: str, run_seq: int) -> int:
    """How many letters a run added; those that an earlier run wrote are not counted again."""
    mine = equal(audience_id=audience_id, run_seq=run_seq, sink_id=SOURCE)
    return lake.table(DEAD_LETTERS).count(mine)
