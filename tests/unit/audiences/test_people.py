"""Who is in an audience: trees of segments on generated journeys equal the reference, under both readers."""

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.audience_people import people
from cja_spark.audiences.spec import Audience
from cja_spark.connection.spec import Connection
from cja_spark.journeys.build import build
from cja_spark.lake import Lake
from cja_spark.project import LakePlace, Project
from tests.property.product import events_frame, view_of
from tests.property.strategies import RANGE_TO, VIEW, at, journeys
from tests.reference import audiences as reference

AS_OF = datetime.fromtimestamp(RANGE_TO / 1000, UTC)
START = RANGE_TO - 30 * 86_400_000
EDGES = {"start-1": START - 1, "start": START, "end-1": RANGE_TO - 1, "end": RANGE_TO}
TREES = [
    "buyers",
    "long",
    "not_home",
    {"all": ["long", "not_home"]},
    {"any": ["buyers", "on_sale"]},
    {"exclude": "buyers"},
    {"all": ["not_home", {"exclude": "on_sale"}]},
    {"exclude": {"any": ["buyers", "long"]}},
    {"any": [{"all": ["helped_buyers", "not_home"]}, {"exclude": {"any": ["long", "on_sale", "not_home"]}}]},
]


def generated():
    """Many persons, persons on each edge of the window, and one who got another namespace in a later month."""
    events = journeys(5, 150)
    model = {**events[0], "page": "cart", "sku": ["sale"], "units": [1.0], "views": 1.0, "orders": 1.0, "calls": None}
    edges = [{**model, "person_id": name, "t": t, "event_id": f"{name}{n}"} for name, t in EDGES.items() for n in range(3)]
    moved = [{**model, "person_id": "moved", "t": at(day), "event_id": day}
             for day in ("2025-03-10T00:00:00+00:00", "2025-04-01T00:00:00+00:00")]  # fmt: skip
    return [*events, *edges, *moved]


def namespace_of(person):
    return "new" if person == "moved" else "CRM" if len(person) == 11 and int(person[-1]) % 2 else "ECID"


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    events, view = generated(), view_of()
    given = {event["person_id"]: namespace_of(event["person_id"]) for event in events}
    names = F.create_map(*[F.lit(text) for pair in given.items() for text in pair])
    old = (F.col("person_id") == "moved") & (F.month("ts") == 3)
    lake = Lake(spark, str(tmp_path_factory.mktemp("people") / "lake"))
    rows = events_frame(spark, events)
    lake.events.append(rows.withColumn("person_namespace", F.when(old, "old").otherwise(names[F.col("person_id")])))
    build(lake, view, {})
    return lake, project_of(view), events


def project_of(view):
    web = {"type": "event", "source": {"format": "json", "path": "raw"}, "timestamp": "ts", "person_id": "person_id"}
    connection = Connection.model_validate({"name": "generated", "datasets": {"web": web}})
    return Project(folder=".", connection=connection, view=view, lake=LakePlace(location="lake"),
                   reports={}, audiences={}, sinks={})  # fmt: skip


def audience(tree):
    return Audience.model_validate({"name": "some", "segments": tree, "refresh": "daily", "lookback": "30 days"})


def found(lake, project, tree, **options):
    one = audience(tree)
    rows = people(lake, project, one, *one.window(AS_OF), **options).collect()
    return sorted((row["person_id"], row["person_namespace"]) for row in rows)


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_an_audience_holds_whom_the_reference_finds(world, tree):
    lake, project, events = world
    expected = reference.people(events, VIEW, tree, START, RANGE_TO)
    assert 0 < len(expected) < len({event["person_id"] for event in events})
    assert found(lake, project, tree) == sorted((person, namespace_of(person)) for person in expected)


SETTINGS = {
    "calendar": "4-5-4", "view_segments": ["not_home", {"container": "session", "where": {"metric": "events", "at_least": 2}}],
    "segments": {
        **VIEW["segments"], "new": {"where": {"metric": "first_time_sessions", "at_least": 1}},
        "nightly": {"container": "person", "where": {"dimension": "hour_of_day", "equals_any_of": ["0", "1", "23"]}},
    },
}  # fmt: skip


@pytest.mark.parametrize("reader", ["arrow", "spark"])
@pytest.mark.parametrize("tree", ["new", {"exclude": "new"}, {"all": ["nightly", {"exclude": "buyers"}]}], ids=str)
def test_an_audience_holds_whom_the_settings_of_the_view_leave(world, tree, reader):
    lake, _, events = world
    expected = reference.people(events, {**VIEW, **SETTINGS}, tree, START, RANGE_TO)
    assert 0 < len(expected) < len({event["person_id"] for event in events})
    found_people = {person for person, _ in found(lake, project_of(view_of(**SETTINGS)), tree, reader=reader)}
    assert found_people == expected


RANGED = {
    "segments": {
        **VIEW["segments"],
        "earlier": {"container": "person", "range": {"from": "2025-02-01", "to": "2025-03-05"}, "where": {"metric": "orders", "at_least": 1}},
        "not_earlier": {"container": "person", "where": {"exclude": "earlier"}},
        "lately": {"container": "session", "range": "last 3 days", "where": {"metric": "events", "at_least": 2}},
        "beyond": {"container": "person", "range": {"from": "2025-03-31", "to": "2025-04-30"}, "where": {"metric": "events", "at_least": 2}},
    }
}  # fmt: skip


@pytest.mark.parametrize("reader", ["arrow", "spark"])
@pytest.mark.parametrize("tree", ["earlier", "not_earlier", "lately", {"all": ["beyond", {"exclude": "lately"}]}], ids=str)
def test_g6_an_audience_looks_at_the_days_of_its_segments_and_at_nothing_after_as_of(world, tree, reader):
    lake, _, events = world
    expected = reference.people(events, {**VIEW, **RANGED}, tree, START, RANGE_TO)
    assert 0 < len(expected) < len({event["person_id"] for event in events})
    found_people = {person for person, _ in found(lake, project_of(view_of(**RANGED)), tree, reader=reader)}
    assert found_people == expected


def test_a2_the_window_takes_its_first_instant_and_not_its_last(world):
    lake, project, _ = world
    assert audience("buyers").window(AS_OF) == (AS_OF - timedelta(days=30), AS_OF)
    inside = {person for person, _ in found(lake, project, "buyers")}
    assert {name for name in EDGES if name in inside} == {"start", "end-1"}


def test_a8_who_has_two_namespaces_has_the_newer_months(world):
    lake, project, _ = world
    assert ("moved", "new") in found(lake, project, "not_home")


@pytest.mark.parametrize("tree", [TREES[3], TREES[6]], ids=str)
def test_a_spark_scan_finds_the_same_people(spark, world, tree):
    lake, project, _ = world
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 7)  # persons are cut by the ends of batches
    try:
        assert found(lake, project, tree, reader="spark") == found(lake, project, tree, reader="arrow")
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)


def test_where_tasks_cannot_open_the_files_spark_scans_them(spark, world):
    lake, project, events = world
    conf = spark.sparkContext._jsc.hadoopConfiguration()
    conf.set("fs.viewfs.mounttable.people.link./lake", f"file://{lake.location}")
    mounted = Lake(spark, "viewfs://people/lake")  # pyarrow needs Hadoop's C library for it
    expected = reference.people(events, VIEW, "buyers", START, RANGE_TO)
    assert {person for person, _ in found(mounted, project, "buyers")} == expected
    with pytest.raises(Exception, match="Unable to load lib"):
        found(mounted, project, "buyers", reader="arrow")
