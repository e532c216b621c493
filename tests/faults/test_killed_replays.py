"""A load that dies in its replay and is finished notes what one that was not disturbed notes."""

import pytest

from cja_spark.connection.tables import LOADS
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from tests.unit.connection.shop import event, load, put, shop

SPEC = shop("web", web={
    "persistent_id": {"column": "device", "namespace": "ECID"},
    "stitching": {"method": "field_based", "replay": "unlimited"},
})  # fmt: skip


def notes(lake):
    rows = lake.table(LOADS).read().where("state = 'done'").orderBy("load").collect()
    return [(row["load"], row["replayed_until"], row["most_monthly_events"]) for row in rows]


def persons(lake):
    return sorted((row["event_id"], row["person_id"], row["stitch_reason"]) for row in lake.events.read().collect())


@pytest.mark.fault("F1")
def test_what_died_after_its_rewrite_counts_it_as_changed_once(lake, spark, tmp_path, monkeypatch):
    put(tmp_path, "web/1.json", *(event(number, None, device="d1") for number in range(1, 6)), event(6, "bob", device="d2"))
    load(lake, tmp_path, SPEC)
    put(tmp_path, "web/2.json", event(7, "ann", day=2, device="d1"))
    calm = Lake(spark, str(tmp_path / "calm"))
    (tmp_path / "web/2.json").rename(tmp_path / "later")
    load(calm, tmp_path, SPEC)
    (tmp_path / "later").rename(tmp_path / "web/2.json")
    load(calm, tmp_path, SPEC)
    forget_hits()
    monkeypatch.setenv("CJA_FAILPOINTS", "connect.replayed=raise@1")
    with pytest.raises(InjectedFault):
        load(lake, tmp_path, SPEC)
    monkeypatch.delenv("CJA_FAILPOINTS")
    assert load(lake, tmp_path, SPEC).load == 2
    assert persons(lake) == persons(calm)
    assert {person for _, person, _ in persons(lake)} == {"ann", "bob"}
    assert notes(lake) == notes(calm)
    assert notes(lake)[1][2] > notes(lake)[0][2]
