"""Journeys: what reports read is built anew from the events that are left; the dictionary of values begins again."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.journeys.built import notes_table
from cja_spark.lake import JOURNEY_BUILDS, Lake
from cja_spark.local_rows import local_rows
from cja_spark.maintenance.tables import tables_of
from cja_spark.table import Table


def _of_kind(lake: Lake, kind: str) -> dict[str, Table]:
    """Tables that exist once per view, by view."""
    names = {table.spec.name if lake.by_path else table.spec.name.replace("__", "/"): table for table in tables_of(lake)}
    return {name.partition("/")[2]: table for name, table in names.items() if name.partition("/")[0] == kind}


def holds_values(lake: Lake, people: DataFrame) -> bool:
    """Whether journeys of some persons, or values that are their ids, are there; or journeys without their values."""
    ids = people.select(F.col("id").alias("_sought"))
    for view, journeys in _of_kind(lake, "journeys").items():
        persons = journeys.read()
        if "person_id" in persons.columns and not persons.join(ids, F.col("person_id") == F.col("_sought"), "left_semi").isEmpty():
            return True
        values = lake.values(view).read()
        if values.isEmpty() or not values.join(ids, F.col("value") == F.col("_sought"), "left_semi").isEmpty():
            return True
    return False


def forget_values(lake: Lake, view: str) -> None:
    """Empty the dictionary of a view, whose journeys are built anew then, and remove those of all other views.

    The dictionary only grows otherwise: it would keep values that nobody else has. Journeys are a cache of events: other
    projects' are built again by their own `cja journey`.
    """
    notes = notes_table(lake)
    for name, table in _of_kind(lake, "journeys").items():
        if name != view:
            table.drop()
            lake.values(name).drop()
    others = JOURNEY_BUILDS.schema
    assert others is not None
    kept = notes.read().where(F.col("view") == view)
    if notes.count() != kept.count():
        notes.overwrite(kept)
    values = lake.values(view)
    if values.exists():
        assert values.spec.schema is not None
        values.overwrite(local_rows(lake.spark, [], values.spec.schema))
