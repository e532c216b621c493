"""Events: whose events go, and which of others' lose the person that stitching gave them (identity.md F16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.gaps import GAPS, gaps_left_by, instants_left_by
from cja_spark.connection.spec import Connection
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.lake import Lake

# A row is X's own where it names X as its person or as its device; else it is X's only by stitching.
OWN = (("own_namespace", "own_person_id"), ("persistent_namespace", "persistent_id"))
STITCHED = ("person_namespace", "person_id")
PRIMARY = "primary"  # the namespace of an identity field that takes whichever identity of a row is flagged


def marked(events: DataFrame, people: DataFrame) -> DataFrame:
    """Events with `cja_own`, the person_ref whose own they are, and `cja_stitched`, the one whom stitching gave them.

    Fields of events have the names that their sources give them, `_id` and `_own` among them: no column here has such a name.

    Rows:    The same: a person is one row of `people`, so no join multiplies them.
    Columns: reads person_namespace, person_id string; reads of people namespace, id, person_ref string; adds
        cja_own, cja_stitched string.
    """
    own = [F.lit(None).cast("string")]
    for number, names in enumerate(OWN):
        if {*names} <= {*events.columns}:
            events = _joined(events, people, names, f"cja_own_{number}")
            own.append(F.col(f"cja_own_{number}"))
    events = _joined(events, _of_any_namespace(people), STITCHED, "cja_person").withColumn("cja_own", F.coalesce(*own))
    # Where a row does not say which device it is of, nobody else is there to give it to.
    lone = F.col("persistent_id").isNull() if "persistent_id" in events.columns else F.lit(True)
    events = events.withColumn("cja_own", F.coalesce(F.col("cja_own"), F.when(lone, F.col("cja_person"))))
    return events.withColumn("cja_stitched", F.when(F.col("cja_own").isNull(), F.col("cja_person"))).drop("cja_own_0", "cja_own_1", "cja_person")


def _of_any_namespace(people: DataFrame) -> DataFrame:
    """Persons, and each id once more as what stitching gives rows of primary identities: they do not say their namespace."""
    ids = people.groupBy("id").agg(F.min("person_ref").alias("person_ref"))
    return people.select("namespace", "id", "person_ref").unionByName(ids.withColumn("namespace", F.lit(PRIMARY)))


def _joined(events: DataFrame, people: DataFrame, names: tuple[str, str], told: str) -> DataFrame:
    """Say of each event which person two of its columns name; a namespace is the same in any case."""
    namespace, id_ = names
    whom = people.select(F.col("namespace").alias("cja_code"), F.col("id").alias("cja_id"), F.col("person_ref").alias(told))
    # own_namespace is empty where all rows of a dataset are of one: it is the person's then.
    code = F.coalesce(namespace, "person_namespace") if namespace == "own_namespace" else F.col(namespace)
    same = (F.col(id_) == F.col("cja_id")) & (F.lower(code) == F.col("cja_code"))
    return events.join(F.broadcast(whom), on=same, how="left").drop("cja_code", "cja_id")


def count_events(lake: Lake, people: DataFrame) -> DataFrame:
    """How many events each person has in the lake, stitched ones too.

    Rows:    One per person with events.
    Columns: returns person_ref string, rows bigint.
    """
    found = marked(lake.events.read(), people).select(F.coalesce("cja_own", "cja_stitched").alias("person_ref"))
    return found.where(F.col("person_ref").isNotNull()).groupBy("person_ref").agg(F.count("*").alias("rows"))


def erase_events(lake: Lake, people: DataFrame) -> None:
    """Delete the events of some persons; events that stitching gave them get their device instead.

    Only days with such events are written again, each commit whole: a run that dies leaves the days before or after it.
    """
    if not lake.events.exists():
        return
    touched = marked(lake.events.read(), people).where(F.coalesce("cja_own", "cja_stitched").isNotNull())
    days = sorted(str(row["event_date"]) for row in touched.select("event_date").distinct().collect())
    if days:
        _rewrite(lake, people, days)


def keep_gaps(lake: Lake, connection: Connection, people: DataFrame, at: datetime) -> None:
    """Note whose times on which devices nobody may inherit, before the logins that tell of it go (F16 c).

    What an attempt that died has noted is not found again: its logins do not count any more.
    """
    if not lake.events.exists():
        return
    for name, dataset in connection.events().items():
        if isinstance(dataset.stitching, FieldBased):
            left = gaps_left_by(lake, name, dataset, people, at).localCheckpoint()
            rows = marked(lake.events.read().where(F.col("dataset") == name), people)
            lone = instants_left_by(lake, name, rows.where(F.col("cja_stitched").isNotNull()), left)
            left = left.unionByName(lone).localCheckpoint()
            if not left.isEmpty():
                lake.table(GAPS).create().append(left)


def _rewrite(lake: Lake, people: DataFrame, days: Sequence[str]) -> None:
    events = lake.events.read()
    there = marked(events.where(F.col("event_date").cast("string").isin(list(days))), people).where(F.col("cja_own").isNull())
    again = there.select(*(_reset(name, {*events.columns}) for name in events.columns))
    listed = ", ".join(f"'{day}'" for day in days)
    lake.events.overwrite(again.hint("rebalance", "event_date"), where=f"event_date IN ({listed})")


def _reset(name: str, names: set[str]) -> Column:
    """A column of an event that stitching gave an erased person: the device is the person again."""
    stitched, kept = F.col("cja_stitched").isNotNull(), F.col(f"`{name}`")
    told = {
        "person_id": "persistent_id", "person_namespace": "persistent_namespace",
    }  # fmt: skip
    if name in told and told[name] in names:
        return F.when(stitched, F.col(told[name])).otherwise(kept).alias(name)
    if name == "stitch_reason":
        return F.when(stitched, F.lit("persistent")).otherwise(kept).alias(name)
    return kept.alias(name)
