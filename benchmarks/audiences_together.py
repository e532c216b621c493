"""Many audiences: their people found in one pass over the journeys, and in one pass each."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from benchmarks.clock import timed
from benchmarks.events import make
from benchmarks.twelve import WIDE
from cja_spark.audience_people import Part, Within, people, persons_of_each
from cja_spark.audiences.spec import Audience
from cja_spark.connection.spec import Connection
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.project import LakePlace, Project

AS_OF = datetime(2026, 3, 31, tzinfo=UTC)


def audiences(wanted: int) -> list[Audience]:
    """Different audiences: pairs of segments, with `all`, `any` or an exclusion, over some look-backs."""
    found = []
    for days in (30, 60, 14, 7):
        for one, other in combinations(sorted(WIDE.segments), 2):
            for tree in ({"all": [one, other]}, {"any": [one, other]}, {"all": [one, {"exclude": other}]}):
                name = f"audience_{len(found)}"
                given = {"name": name, "segments": tree, "refresh": "daily", "lookback": f"{days} days"}
                found.append(Audience.model_validate(given))
    assert wanted <= len(found)
    return found[:: len(found) // wanted][:wanted]


def project() -> Project:
    web = {"type": "event", "source": {"format": "json", "path": "raw"}, "timestamp": "ts", "person_id": "person_id"}
    connection = Connection.model_validate({"name": "generated", "datasets": {"web": web}})
    return Project(folder=".", connection=connection, view=WIDE, lake=LakePlace(location="lake"), reports={}, audiences={}, sinks={})


def counted(rows: DataFrame) -> dict[int, int]:
    """Persons per question: what is found is counted, not kept, on both sides."""
    return {row["question"]: row["count"] for row in rows.groupBy("question").count().collect()}


def audiences_together(spark: SparkSession, wanted: int, events: int) -> list[str]:
    """The two in one run; each answer is compared."""
    folder = Path("build/bench", str(events)).resolve()
    lake = Lake(spark, str(folder / "lake"))
    make(lake, str(folder / "events"), events)
    build(lake, WIDE, {}, full=True)
    some, of = audiences(wanted), project()
    windows = [one.window(AS_OF) for one in some]
    questions = [Within.of(one, *window) for one, window in zip(some, windows, strict=True)]
    counted(persons_of_each(lake, of, questions[:2], Part()))  # warm
    together, one_pass, _ = timed(lambda: counted(persons_of_each(lake, of, questions, Part())))
    alone, seconds = {}, 0.0
    for number, (one, window) in enumerate(zip(some, windows, strict=True)):
        count, wall, _ = timed(lambda one=one, window=window: people(lake, of, one, *window).count())
        seconds += wall
        alone[number] = count
    assert {number: together.get(number, 0) for number in alone} == alone
    return [
        f"{wanted} audiences on {events:,} events: {one_pass:.1f} s in one pass, {seconds:.1f} s in a pass each: ratio {one_pass / seconds:.2f}; "
        f"{sum(alone.values()):,} memberships, the same people."
    ]
