"""Bad IDs: after a person's events have become too many in a month, what arrives of that person is discarded."""

import os

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.bad_ids import BadIds
from cja_spark.connection.tables import LOADS
from cja_spark.lake import Lake
from tests.unit.connection.shop import DATASETS, event, events, load, put, quarantine, shop

APP = {**DATASETS["web"], "source": {"format": "json", "path": "app"}}


def of_the_shop(limit, web=None):
    spec = shop("web", web=web, max_monthly_events=limit)
    return type(spec).model_validate({**spec.model_dump(), "datasets": {**spec.model_dump()["datasets"], "app": APP}})


def arrive(root, name, at, *rows):
    put(root, name, *rows)
    os.utime(root / name, (1_700_000_000 + at, 1_700_000_000 + at))


def february(number, login="ann"):
    return {**event(number, login), "time": f"2026-02-01T10:00:{number:02d}Z"}


STEPS = (
    (("web/z.json", event(1, day=9), event(2, day=3), february(3)), ("app/a.json", event(1), event(2, "bob"))),
    (("web/c.json", event(5, day=5), event(4, day=4), event(6, day=2), february(7)), ("app/0.json", event(8), event(9, "bob"))),
    (("web/a.json", february(10), event(11, "bob", 2), event(12, "bob", 3), event(13, "bob", 4)), ("app/x.json", event(14, day=31))),
)


def test_events_after_the_one_too_many_are_discarded_step_by_step_at_once_and_again(lake, spark, tmp_path):
    root, spec = tmp_path / "in", of_the_shop(3)
    at = 0
    for step in STEPS:
        for name, *rows in step:
            at += 1
            arrive(root, name, at, *rows)
        load(lake, root, spec)
    bob = [("e11", "bob"), ("e12", "bob"), ("e2", "bob"), ("e9", "bob")]
    assert [row for row in events(lake) if row[1] == "bob"] == bob
    assert [row for row in events(lake) if row[1] == "ann"] == [(f"e{n}", "ann") for n in (1, 1, 2, 3, 6)]
    dropped = [row[2:3] for row in quarantine(lake)]
    assert dropped == [("invalid_person_id",)] * 7
    once = Lake(spark, str(tmp_path / "once"))
    assert load(once, root, spec).dropped == {"web": {"invalid_person_id": 5}, "app": {"invalid_person_id": 2}}
    before = events(lake), [row[1:] for row in quarantine(lake)]
    load(lake, root, spec, full=True)
    for place in (once, lake):
        assert (events(place), sorted(row[1:] for row in quarantine(place))) == (before[0], sorted(before[1]))


def noted(lake):
    done = lake.table(LOADS).read().where(F.col("state") == "done").orderBy("load").collect()
    return [(row["most_monthly_events"], row["bad_ids"]) for row in done]


def test_persons_are_counted_only_when_rows_since_the_last_look_could_exceed_the_limit(lake, tmp_path):
    spec = shop("web", max_monthly_events=10)
    for number in range(4):
        rows = [event(4 * number + row, f"person {row}", day=1 + number) for row in range(4)]
        put(tmp_path, f"web/{number}.json", *rows)
        load(lake, tmp_path, spec)
    assert noted(lake) == [(4, []), (8, []), (3, []), (7, [])]


def test_a_bad_id_is_noted_and_does_not_hide_how_many_events_others_have(lake, tmp_path):
    spec = shop("web", max_monthly_events=2)
    put(tmp_path, "web/1.json", *(event(n) for n in range(4)), event(4, "bob"))
    load(lake, tmp_path, spec)
    put(tmp_path, "web/2.json", event(5), event(6, "bob", day=2))
    assert load(lake, tmp_path, spec).dropped == {"web": {"invalid_person_id": 1}}
    assert noted(lake) == [(1, ["ann"]), (2, ["ann"])]


@pytest.mark.parametrize("limit", [2, 3])
def test_events_that_stitching_gives_to_a_person_count_as_the_persons(lake, tmp_path, limit):
    web = {"persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based"}}
    spec = shop("web", web=web, max_monthly_events=limit)
    rows = [event(n, None, day=n, device="d") for n in range(2, 5)]
    put(tmp_path, "web/1.json", event(1, device="d"), *rows, event(5, None, device="e"))
    load(lake, tmp_path, spec)
    kept = [("e1", "ann"), ("e2", "ann"), ("e3", "ann"), *([("e4", "ann")] if limit == 3 else []), ("e5", "e")]
    assert events(lake) == kept


def test_who_is_discarded_is_in_no_plan(spark):
    given = [("ann-of-bonn", None), ("bob", None), ("ann-of-bonn", "late"), (None, None)]
    rows = spark.createDataFrame(given, "person_id string, reason string")
    found = BadIds(("ann-of-bonn",), ("ann-of-bonn",), 5).discarded(rows, "web")
    assert "ann-of-bonn" not in found._jdf.queryExecution().toString()
    expected = [("ann-of-bonn", "invalid_person_id"), ("ann-of-bonn", "late"), ("bob", None), (None, None)]
    assert sorted(map(tuple, found.collect()), key=str) == sorted(expected, key=str)
