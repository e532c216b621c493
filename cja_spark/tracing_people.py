"""What to say of a person whom a trace does not find: where else its events lie, or which id was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cja_spark.view.calendar import local_day

if TYPE_CHECKING:
    from cja_spark.lake import Lake
    from cja_spark.reports.ask import Ask
    from cja_spark.view.spec import View

NEAR, MOST = 2, 3  # letters that may differ, ids that are named


def is_person(person_id: str) -> Column:
    """Whether a journey row is of a person."""
    return (F.col("person") == F.xxhash64(F.lit(person_id))) & (F.col("person_id") == F.lit(person_id))


def no_events(lake: Lake, ask: Ask, rows: DataFrame, person_id: str, version: int) -> str:
    """The sentence that says why there is nothing to show, and what to ask instead.

    Args:
        lake: the lake.
        ask: what was asked.
        rows: the journey rows of the person, of all periods.
        person_id: the id that was asked.
        version: the version of the journeys.
    """
    zone = ask.view.time_zone
    [found] = rows.agg(
        F.count("*").alias("rows"), F.sum(F.size("t")).alias("events"), F.min(F.array_min("t")).alias("first"),
        F.max(F.array_max("t")).alias("last"),
    ).collect()  # fmt: skip
    if found["events"] and found["first"] is not None:
        read = f"from {local_day(ask.window.read_from, zone)} to {local_day(max(ask.window.end - 1, ask.window.read_from), zone)}"
        lies = f"its {found['events']:,} event{'s' * (found['events'] != 1)} lie from {local_day(found['first'], zone)} to {local_day(found['last'], zone)}"
        return f"person '{person_id}' has no event in what the trace reads, {read}; {lies}. Name a report of those days with --report, or an --as-of."
    if found["rows"]:
        return f"person '{person_id}' has a profile and no event."
    return f"No person '{person_id}' in the journeys of view '{ask.view.name}'. {_meant(lake, ask.view, person_id, version)}".rstrip()


def _meant(lake: Lake, view: View, person_id: str, version: int) -> str:
    """Whose persistent id it is, or which ids are near."""
    events = lake.events.read().where(F.col("persistent_id") == person_id).where(F.col("person_id").isNotNull())
    if whose := _ids(events.select("person_id").distinct().orderBy("person_id")):
        return f"It is a persistent ID of {_listed(whose)}."
    people = lake.journeys(view.name).read(version).select("person_id").distinct()
    written = F.lower(F.trim("person_id"))
    distance = F.levenshtein(written, F.lit(person_id.strip().lower()))
    near = people.where(distance <= min(NEAR, len(person_id.strip()) // 2)).orderBy(distance, "person_id")
    meant = _ids(near.select("person_id"))
    return f"Did you mean {_listed(meant)}?" if meant else "It is written as events have it; `cja stitching` says how persons are found."


def _ids(people: DataFrame) -> list[str]:
    return [row["person_id"] for row in people.limit(MOST + 1).collect()]


def _listed(ids: list[str]) -> str:
    return ", ".join(f"'{one}'" for one in ids[:MOST]) + (", …" if len(ids) > MOST else "")
