"""Field-based stitching tells time in milliseconds, whatever its sources do."""

from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch

TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)
SCHEMA = "n int, persistent_id string, own_person_id string, ts timestamp"


def given_to(spark, spec, rows, last=None):
    events = spark.createDataFrame([(n, "d", who, TEN + timedelta(microseconds=us)) for n, (us, who) in enumerate(rows)], SCHEMA)
    found = runs(logins(events, spec), spec)
    stitched = stitch(events, found, spec, F.lit("CRM"), F.lit("ECID"), replayed_at(spec, last))
    return [row["person_id"] for row in stitched.orderBy("n").collect()]


def test_two_logins_within_a_millisecond_are_a_tie_that_the_smaller_person_wins(spark):
    live = FieldBased(method="field_based")
    rows = [(100, "bob"), (700, "ann"), (50, None), (999, None), (1000, None), (-1, None)]
    assert given_to(spark, live, rows) == ["bob", "ann", "ann", "ann", "ann", "d"]


@pytest.mark.parametrize("replay", ["1 day", "unlimited"])
def test_a_replay_covers_the_whole_millisecond_that_it_runs_at(spark, replay):
    spec = FieldBased(method="field_based", replay=replay)
    midnight = TEN + timedelta(hours=14)
    hours = 14 * 3_600_000_000
    rows = [(hours - 5, None), (hours + 400, "ann"), (hours + 1000, "bob")]
    assert given_to(spark, spec, rows, midnight) == ["ann", "ann", "bob"]
