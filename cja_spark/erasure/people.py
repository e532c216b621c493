"""People: whom an erasure is about, as rows that every step joins with; no identity becomes part of a query's text (D10)."""

from __future__ import annotations

from datetime import UTC, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.identity import SEPARATOR, pepper_id, person_ref, profile_key
from cja_spark.audiences.tables import SUPPRESSIONS, conformed
from cja_spark.driver_reads import equal
from cja_spark.erasure.requests import Request
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.local_rows import local_rows
from cja_spark.scratch import freeze, remove_folder, work_folder
from cja_spark.table_schema import schema

IDENTITIES = schema("namespace string not null, id string not null")
STAGING = "_staging/_erase"


def people_of(lake: Lake, request: Request, erasure_id: str, run_id: str, pepper: str) -> DataFrame:
    """The persons of a request, written once beside the tables; the last step removes them.

    Rows:    One per identity.
    Columns: returns namespace (lower case), id, profile_key, person_ref string.
    """
    return freeze(lake, _folder_of(lake, erasure_id, run_id), _referred(lake, request, pepper))


def forget_people(lake: Lake, erasure_id: str, run_id: str) -> None:
    """Remove the persons that a run wrote: also one that ends before its last step leaves no identity behind."""
    remove_folder(lake, _folder_of(lake, erasure_id, run_id))


def _folder_of(lake: Lake, erasure_id: str, run_id: str) -> str:
    return work_folder(lake, f"{STAGING}/{erasure_id}/people/{run_id}")


def _referred(lake: Lake, request: Request, pepper: str) -> DataFrame:
    rows = local_rows(lake.spark, request.identities, IDENTITIES)
    keyed = rows.withColumn("profile_key", profile_key(F.col("namespace"), F.col("id")))
    return keyed.withColumn("person_ref", person_ref(F.col("profile_key"), pepper))


def suppress(lake: Lake, people: DataFrame, erasure_id: str, pepper: str, reason: str) -> datetime:
    """Note that nothing of these persons comes in or goes out any more; gives the instant of the request.

    Raises:
        ConfigurationError: the erasure has begun for others.
    """
    if (told := _begun_at(lake, people, erasure_id)) is not None:
        return told
    table, now = lake.table(SUPPRESSIONS), datetime.now(UTC)
    rows = people.select(
        "person_ref", F.lit(erasure_id).alias("erasure_id"), F.lit(reason).alias("reason"),
        F.lit(pepper_id(pepper)).alias("pepper_id"), F.lit(now).alias("requested_at"),
    )  # fmt: skip
    table.append(conformed(table, rows))
    return now


def require_same(lake: Lake, request: Request, erasure_id: str, pepper: str) -> datetime | None:
    """Compare the persons of an erasure that is finished with those of a request; nothing is written. Gives its instant.

    Raises:
        ConfigurationError: the erasure was for others.
    """
    return _begun_at(lake, _referred(lake, request, pepper), erasure_id)


def _begun_at(lake: Lake, people: DataFrame, erasure_id: str) -> datetime | None:
    """The instant at which an erasure was begun for these persons; None where it was not begun."""
    table = lake.table(SUPPRESSIONS)
    before = table.totals((), {"rows": ("count", "person_ref"), "at": ("max", "requested_at")}, equal(erasure_id=erasure_id))[0]
    if not before["rows"]:
        return None
    # Two who began at once have written each twice.
    mine = table.read().where(F.col("erasure_id") == erasure_id).select("person_ref").distinct()
    same = mine.count() == people.count() and mine.join(people, on="person_ref", how="left_anti").isEmpty()
    if not same:
        raise ConfigurationError(
            f"--erasure-id: '{erasure_id}' was begun for other identities. Give it the same file again, or use another id."
        )
    told: datetime = before["at"]
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def change_ids(erasure_id: str) -> Column:
    """Ids of the changes of an erasure: of the person and of the erasure, not of the run, which may be begun twice."""
    return F.sha2(F.concat_ws(SEPARATOR, F.lit("erase"), F.lit(erasure_id), F.col("person_ref")), 256)
