"""Field-based stitching on published worked examples and on real data."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch


def read(shared, name):
    with (shared / "golden" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def persons(rows, spec, replay=None):
    found = runs(logins(rows, spec), spec)
    covered = replayed_at(spec, replay)
    return stitch(rows, found, spec, F.lit("CRM"), F.lit("ECID"), covered)


def spec_of(replay=None, **more):
    return FieldBased(method="field_based", replay=replay, **more)


def frame(spark, rows):
    return spark.createDataFrame(rows, "n int, persistent_id string, own_person_id string, ts timestamp")


NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


def reasons(rows):
    return {row["n"]: (row["person_id"], row["stitch_reason"]) for row in rows.collect()}


def test_a_row_takes_its_own_person_then_the_last_login_then_the_device(spark):
    rows = frame(
        spark,
        [(1, "d", None, NOON), (2, "d", "ann", NOON + timedelta(hours=1)), (3, "d", None, NOON + timedelta(hours=2))],
    )
    assert reasons(persons(rows, spec_of())) == {1: ("d", "persistent"), 2: ("ann", "own"), 3: ("ann", "last_login")}


def test_a_replay_gives_rows_before_the_first_login_to_it(spark):
    rows = frame(spark, [(1, "d", None, NOON), (2, "d", "ann", NOON + timedelta(hours=1))])
    assert reasons(persons(rows, spec_of("unlimited"), NOON + timedelta(days=1)))[1] == ("ann", "first_login")


@pytest.mark.parametrize(
    ("back", "person"), [(timedelta(0), "ann"), (timedelta(days=6, hours=23), "ann"), (timedelta(days=7, hours=1), "d")]
)
def test_a_bounded_replay_changes_only_its_window(spark, back, person):
    last = datetime(2026, 1, 8, tzinfo=UTC)  # a whole number of weeks since 1970
    rows = frame(spark, [(1, "d", None, last - back), (2, "d", "ann", last)])
    assert reasons(persons(rows, spec_of("7 days"), last))[1][0] == person


def test_at_one_instant_the_smallest_person_is_the_devices_login(spark):
    rows = frame(spark, [(1, "d", "Bob", NOON), (2, "d", "Ann", NOON), (3, "d", None, NOON)])
    assert reasons(persons(rows, spec_of())) == {1: ("Bob", "own"), 2: ("Ann", "own"), 3: ("Ann", "last_login")}


@pytest.mark.parametrize("placeholder", ["undefined", " NULL ", "0000-0000", "", "  "])
def test_placeholders_are_no_person(spark, placeholder):
    rows = frame(spark, [(1, "d", placeholder, NOON)])
    assert reasons(persons(rows, spec_of()))[1] == ("d", "persistent")


def test_without_blocked_values_a_placeholder_is_a_person(spark):
    rows = frame(spark, [(1, "d", "undefined", NOON)])
    assert reasons(persons(rows, spec_of(blocked_values=())))[1] == ("undefined", "own")


def test_a_blank_device_neither_gives_nor_receives(spark):
    rows = frame(spark, [(1, " ", "ann", NOON), (2, " ", None, NOON), (3, None, None, NOON)])
    assert reasons(persons(rows, spec_of())) == {1: ("ann", "own"), 2: (None, "none"), 3: (None, "none")}


@pytest.mark.parametrize(("cap", "person"), [(3, "b"), (2, "d")])
def test_over_the_cap_a_shared_device_stops_stitching(spark, cap, person):
    known = [(at, "d", "ab"[at % 2], NOON + timedelta(minutes=at)) for at in range(4)]
    rows = frame(spark, [*known, (9, "d", None, NOON + timedelta(hours=1))])
    assert reasons(persons(rows, spec_of(max_device_switches=cap)))[9][0] == person


def test_real_events_of_dsw_luma(spark, shared):
    rows = spark.read.parquet(str(shared / "data" / "dsw-luma" / "luma_post.snappy.parquet")).select(
        F.col("endUserIDs._experience.aaid.id").alias("persistent_id"),
        F.col("_experience.analytics.customDimensions.eVars.eVar19").alias("own_person_id"),
        F.col("timestamp").cast("timestamp").alias("ts"),
    )
    rows = rows.localCheckpoint()
    last = datetime(2030, 1, 1, tzinfo=UTC)
    assert rows.count() == 23_055
    assert rows.where(F.col("own_person_id").isNotNull()).count() == 5_312
    live = persons(rows, spec_of())
    assert live.where(F.col("person_namespace") == "CRM").count() == 5_328
    assert live.select("person_id").distinct().count() == 1_134
    replayed = persons(rows, spec_of("unlimited"), last)
    assert replayed.where(F.col("person_namespace") == "CRM").count() == 7_781
    assert replayed.select("person_id").distinct().count() == 929
