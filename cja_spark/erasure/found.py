"""Found: how much of each person every table and sink holds, counted once, before anything goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES, DEAD_LETTERS, MEMBERS
from cja_spark.connection.spec import Connection
from cja_spark.erasure.audience_tables import letter_key
from cja_spark.erasure.events import count_events
from cja_spark.erasure.people import STAGING
from cja_spark.erasure.scan import Sought
from cja_spark.erasure.sinks import stored_in
from cja_spark.erasure.told import ERASE
from cja_spark.erasure.traces import traces
from cja_spark.lake import Lake
from cja_spark.scratch import folder_exists, freeze, remove_folder, work_folder
from cja_spark.sinks.spec import DeltaProfiles, Sink

COLUMNS = ("person_ref", "scope", "outcome", "rows")


def found(
    lake: Lake, people: DataFrame, sought: Sought, sinks: Mapping[str, Sink], connection: Connection, erasure_id: str
) -> DataFrame:
    """What there is of each person, as it was when the erasure began; a restart reads what was counted then.

    Rows:    One per person and scope with rows.
    Columns: returns person_ref, scope, outcome string, rows bigint.
    """
    folder = work_folder(lake, f"{STAGING}/{erasure_id}/found")
    if folder_exists(lake, f"{folder}/_SUCCESS"):
        return lake.spark.read.parquet(folder)
    counted = reduce(DataFrame.unionByName, _counted(lake, people, sought, sinks, connection))
    return freeze(lake, folder, counted.coalesce(1), again=True)


def forget_found(lake: Lake, erasure_id: str) -> None:
    """Remove what was counted, when the receipts are written."""
    remove_folder(lake, work_folder(lake, f"{STAGING}/{erasure_id}"))


def rows_in(counted: DataFrame, *kinds: str) -> int:
    """How many rows of some tables were found; a table that exists once per dataset is named by its kind."""
    told = counted.where(F.split_part("scope", F.lit("/"), F.lit(1)).isin(*kinds)).agg(F.sum("rows")).collect()[0][0]
    return int(told or 0)


def _counted(
    lake: Lake, people: DataFrame, sought: Sought, sinks: Mapping[str, Sink], connection: Connection
) -> Iterator[DataFrame]:
    others = F.col("audience_id") != ERASE
    keys = people.select("profile_key", F.col("person_ref").alias("_ref"))
    changes = lake.table(CHANGES).read().where(others).select("profile_key")
    letters = lake.table(DEAD_LETTERS).read().select(letter_key().alias("profile_key"))
    yield _per_person(lake.table(MEMBERS).read().select("profile_key"), keys, "profile_key", MEMBERS.name, "deleted")
    yield _per_person(changes, keys, "profile_key", CHANGES.name, "anonymised")
    yield _per_person(letters, keys, "profile_key", DEAD_LETTERS.name, "anonymised")
    for name, sink in sinks.items():
        if isinstance(sink, DeltaProfiles):
            yield _per_person(stored_in(lake, sink), keys, "profile_key", f"sink:{name}", "deleted")
    if lake.events.exists():
        counted = count_events(lake, people)
        yield counted.select("person_ref", F.lit("events").alias("scope"), F.lit("deleted").alias("outcome"), "rows")
    ids = people.select("id", F.col("person_ref").alias("_ref"))
    for trace in traces(lake, sought, connection, sinks):
        yield _per_person(trace.ids(), ids, "id", trace.scope, trace.outcome)


def _per_person(rows: DataFrame, keys: DataFrame, on: str, scope: str, outcome: str) -> DataFrame:
    """Rows of a scope per person; an id of two namespaces counts for both."""
    mine = rows.join(keys, on=on, how="inner").groupBy(F.col("_ref").alias("person_ref"))
    return mine.agg(F.count("*").alias("rows")).select(
        "person_ref", F.lit(scope).alias("scope"), F.lit(outcome).alias("outcome"), "rows"
    )
