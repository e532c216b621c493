"""The Delta profile store: profiles and their memberships, brought up to date by one pair of MERGEs per run."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import conformed, properties
from cja_spark.conflicts import despite_conflicts, merge_into
from cja_spark.driver_reads import equal
from cja_spark.errors import UnavailableError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.sinks.outage import outage
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.table import TableSpec
from cja_spark.table_schema import schema

PROFILES = TableSpec(
    "profile_store/profiles",
    schema(
        "profile_key string not null, namespace string, id string, person_ref string, created_audience_id string, "
        "created_run_seq bigint, created_as_of timestamp"
    ),
    properties=properties("created_run_seq", deletes=True),
)
MEMBERSHIPS = TableSpec(
    "profile_store/profile_memberships",
    schema(
        "profile_key string not null, audience_id string not null, person_ref string, status string, "
        "last_qualification_time timestamp, valid_until timestamp, definition_version int, attrs string, "
        "run_seq bigint, change_id string"
    ),
    partition_by=("audience_id",),
    properties=properties("run_seq,valid_until", deletes=True),
)
# `profiles` is shared by all audiences and not partitioned: two merges at once conflict. In this process they wait for
# one another; one that another process is in the way of is made again.
_one_at_a_time = Lock()
_COPIED = ("person_ref", "status", "valid_until", "definition_version", "attrs", "run_seq", "change_id")


class Applied(NamedTuple):
    """What applying some changes did."""

    profiles_created: int


def store_of(lake: Lake, sink: DeltaProfiles) -> Lake:
    """The lake that holds a sink's tables."""
    return lake if sink.location is None else Lake(lake.spark, sink.location)


def apply(lake: Lake, sink: DeltaProfiles, changes: DataFrame, seal: Seal) -> Applied:
    """Assert the state that some changes of one run tell of; again and again with the same end.

    An exit is written also where no membership was, so that a late older enter cannot win (K8). A row is overwritten
    only by a later run.

    Raises:
        UnavailableError: the store's place is away or cannot be written.
        InputError: somebody changed the columns of its tables meanwhile.
    """
    place = store_of(lake, sink)
    try:
        place.require_writable()
        return _applied(place, sink, changes, seal)
    except Exception as error:
        if (why := outage(error)) is None:
            raise
        raise UnavailableError.sink(sink.name, place.location, why) from error


def _applied(place: Lake, sink: DeltaProfiles, changes: DataFrame, seal: Seal) -> Applied:
    for spec in (PROFILES, MEMBERSHIPS):
        table = place.table(spec, sink.name)
        despite_conflicts(table, table.create)
    if not seal.emitted:
        return Applied(0)
    newest = _unique(changes)
    with _one_at_a_time:
        _merge_profiles(place, sink, newest, seal)
    failpoint("delta.profiles_merged")
    failpoint("delta.before_merge")
    _merge_memberships(place, sink, newest, seal)
    failpoint("delta.after_merge")
    return Applied(_created(place, sink, seal))


def _unique(changes: DataFrame) -> DataFrame:
    """One row per profile_key: duplicates that match nothing would be inserted twice, silently."""
    newest = Window.partitionBy("profile_key").orderBy(F.desc("run_seq"), F.desc("change_id"))
    return changes.withColumn("_newest", F.row_number().over(newest)).where(F.col("_newest") == 1).drop("_newest")


def _merge_profiles(place: Lake, sink: DeltaProfiles, changes: DataFrame, seal: Seal) -> None:
    table = place.table(PROFILES, sink.name)
    rows = changes.where(F.col("status") == "realized").select(
        "profile_key", "namespace", "id", "person_ref", F.lit(seal.audience_id).alias("created_audience_id"),
        F.lit(seal.run_seq).alias("created_run_seq"), F.lit(seal.as_of).alias("created_as_of"),
    )  # fmt: skip
    same = F.col("t.profile_key") == F.col("s.profile_key")
    merge_into(table, lambda target: target.merge(conformed(table, rows).alias("s"), same).whenNotMatchedInsertAll())


def _merge_memberships(place: Lake, sink: DeltaProfiles, changes: DataFrame, seal: Seal) -> None:
    table = place.table(MEMBERSHIPS, sink.name)
    same = (F.col("t.audience_id") == F.lit(seal.audience_id)) & (F.col("t.profile_key") == F.col("s.profile_key"))
    state = {name: F.col(f"s.{name}") for name in _COPIED} | {"last_qualification_time": F.col("s.asserted_at")}
    keys = {"audience_id": F.lit(seal.audience_id), "profile_key": F.col("s.profile_key")}
    newer = F.col("s.run_seq") > F.col("t.run_seq")
    merge_into(
        table,
        lambda target: target.merge(changes.alias("s"), same)
        .whenMatchedUpdate(condition=newer, set=state)
        .whenNotMatchedInsert(values={**keys, **state}),
    )


def _created(place: Lake, sink: DeltaProfiles, seal: Seal) -> int:
    mine = equal(created_audience_id=seal.audience_id, created_run_seq=seal.run_seq)
    return place.table(PROFILES, sink.name).count(mine)


def profile_segment_membership(lake: Lake, sink: DeltaProfiles) -> DataFrame:
    """Memberships as XDM's map.

    Rows:    One per profile_key.
    Columns: returns profile_key string, segment_membership map<audience_id, struct<status, last_qualification_time,
             valid_until, version string>>.
    """
    version = F.col("run_seq").cast("string").alias("version")
    state = F.struct("status", "last_qualification_time", "valid_until", version)
    rows = store_of(lake, sink).table(MEMBERSHIPS, sink.name).read()
    entries = F.array_sort(F.collect_list(F.struct(F.col("audience_id").alias("key"), state.alias("value"))))
    return rows.groupBy("profile_key").agg(F.map_from_entries(entries).alias("segment_membership"))
