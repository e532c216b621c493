"""Graph-based stitching from a graph that is given: each row takes the person whom it knows for its persistent ID."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.connection.stitching.spec import GraphBased
from cja_spark.connection.stitching.stitch import to_the_ms, valid

KEY = ("persistent_namespace", "persistent_id")
STITCHED_BY_GRAPH = ("person_id", "person_namespace", "stitch_reason")


def graph_persons(published: DataFrame, spec: GraphBased, now: datetime, *, snapshot: bool) -> DataFrame:
    """Gather what a graph says of each persistent ID over time, as far as it is published by now (G19).

    Rows:    One per persistent ID that is neither blank nor blocked.
    Columns: reads published_at timestamp, persistent_namespace, persistent_id string, person_ids array<string>, erased
        boolean; returns persistent_namespace, persistent_id string, _states array<struct<published_at timestamp, person
        string, until timestamp>> (in time order), _erased_until timestamp (the last privacy request, G16).
    Ties:    Of several persons the smallest that is neither blank nor blocked counts.

    Args:
        published: rows of the graph.
        spec: the stitching.
        now: the instant of the load; what is published later is not known.
        snapshot: whether each publication has the whole graph, so that it ends what it does not repeat.
    """
    at = to_the_ms(F.col("published_at"))
    seen = published.withColumn("published_at", at).where(F.col("published_at") <= to_the_ms(F.lit(now)))
    seen = seen.join(_ends(seen), on="published_at", how="left") if snapshot else seen.withColumn(
        "until", F.lit(None).cast("timestamp")
    )  # fmt: skip
    persons = F.when(~F.col("erased"), F.filter("person_ids", lambda person: valid(person, spec)))
    known = seen.where(valid(F.col("persistent_id"), spec)).groupBy(*KEY, "published_at").agg(
        F.min(F.array_min(persons)).alias("person"), F.max("until").alias("until"), F.max("erased").alias("erased")
    )  # fmt: skip
    states = F.array_sort(F.collect_list(F.struct("published_at", "person", "until")))
    return known.groupBy(*KEY).agg(
        states.alias("_states"), F.max(F.when(F.col("erased"), F.col("published_at"))).alias("_erased_until")
    )


def _ends(seen: DataFrame) -> DataFrame:
    """Per publication the one that comes next; one row per publication, so that a join cannot multiply."""
    gathered = seen.agg(F.array_sort(F.collect_set("published_at")).alias("_all"))
    each = gathered.select("_all", F.posexplode("_all").alias("_place", "published_at"))
    return each.select("published_at", F.get(F.col("_all"), F.col("_place") + 1).alias("until"))


def person_at(asked_at: Column) -> Column:
    """The person of a row's states at an instant; null where none was known."""
    state = F.try_element_at(F.filter("_states", lambda one: one["published_at"] <= asked_at), F.lit(-1))
    return F.when(state["until"].isNull() | (state["until"] > asked_at), state["person"])


def is_erased() -> Column:
    """Whether a privacy request left a row with its persistent ID (G16)."""
    return F.coalesce(to_the_ms(F.col("ts")) <= F.col("_erased_until"), F.lit(False))


def stitch_by_graph(
    rows: DataFrame, persons: DataFrame, spec: GraphBased, person_namespace: Column, own_namespace: Column,
    device_namespace: Column, asked_at: Column,
) -> DataFrame:  # fmt: skip
    """Give each row the person whom the graph knows for its persistent ID, whenever the row happened (G19).

    Rows:    The same; `persons` has one row per persistent ID, so the join cannot multiply them.
    Columns: reads persistent_namespace, persistent_id, own_person_id string, ts timestamp; reads of persons
        persistent_namespace, persistent_id string, _states array<struct<published_at timestamp, person string, until
        timestamp>>, _erased_until timestamp; adds person_id, person_namespace, stitch_reason string (own, graph,
        persistent, none).

    Args:
        rows: events of one dataset.
        persons: of `graph_persons`.
        spec: the stitching.
        person_namespace: the namespace of the graph's persons.
        own_namespace: that of own person IDs.
        device_namespace: that of persistent IDs.
        asked_at: per row the instant whose graph counts: that of the load, or of the last replay that covers the row.
    """
    joined = rows.join(persons, on=list(KEY), how="left")
    own = valid(F.col("own_person_id"), spec)
    own = own if spec.own_person_id == "wins" else own & blank(F.col("persistent_id"))
    known = F.when(~is_erased(), person_at(to_the_ms(asked_at)))
    device = F.when(~blank(F.col("persistent_id")), F.col("persistent_id"))
    reason = F.when(own, "own").when(known.isNotNull(), "graph").when(device.isNotNull(), "persistent").otherwise("none")
    namespace = F.when(own, own_namespace).when(known.isNotNull(), person_namespace).when(device.isNotNull(), device_namespace)
    found = (F.when(own, F.col("own_person_id")).otherwise(F.coalesce(known, device)), namespace, reason)
    named = {name: column.alias(name) for name, column in zip(STITCHED_BY_GRAPH, found, strict=True)}
    columns = dict.fromkeys((*rows.columns, *named))
    return joined.select(*(named.get(name, F.col(f"`{name}`")) for name in columns))


def overridden_own_id(spec: GraphBased) -> Column:
    """Whether a row's own person ID is not the person that it got (G19)."""
    return valid(F.col("own_person_id"), spec) & ~F.col("person_id").eqNullSafe(F.col("own_person_id"))
