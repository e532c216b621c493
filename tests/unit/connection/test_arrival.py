"""Which of two rows came first: the one whose file arrived first, whatever it is called, step by step and at once."""

import os

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.arrival import in_order_of_arrival, with_arrival
from cja_spark.lake import Lake
from cja_spark.sources.items import Item, list_files
from tests.unit.connection.shop import event, events, load, profiles, put, shop, whole


def arrive(root, number, name, *, tier, login):
    """Files that arrive later are written later and have smaller names."""
    put(root, f"web/{name}.json", event(1, login), event(2, login))
    put(root, f"crm/{name}.json", {"who": "ann", "tier": tier}, {"who": "bob", "tier": tier})
    put(root, f"cat/{name}.json", {"sku": "a", "title": tier})
    for folder in ("web", "crm", "cat"):
        os.utime(root / folder / f"{name}.json", (1_700_000_000 + number, 1_700_000_000 + number))


def test_the_first_of_repeated_ids_and_the_newest_of_rows_go_by_arrival_in_every_way_to_load(lake, spark, tmp_path):
    root = tmp_path / "in"
    for number, name in enumerate(("z", "m m%20é", "a")):
        arrive(root, number, name, tier=number, login=f"login {number}")
        load(lake, root)
    assert events(lake) == [("e1", "login 0"), ("e2", "login 0")]
    assert profiles(lake)["ann"]["tier"] == 2
    once = Lake(spark, str(tmp_path / "once"))
    load(once, root)
    assert whole(once) == whole(lake)
    before = whole(lake)
    load(lake, root, full=True)
    assert whole(lake) == before


def test_a_full_load_remembers_the_loads_in_which_files_arrived_against_their_times(lake, tmp_path):
    root = tmp_path / "in"
    for number, name in ((5, "b"), (1, "c"), (3, "a")):
        arrive(root, number, name, tier=number, login=f"login {number}")
        load(lake, root)
    before = whole(lake)
    assert before[0] == [("e1", "login 5"), ("e2", "login 5")]
    for _ in range(2):
        load(lake, root, full=True)
        assert whole(lake) == before


def test_items_arrive_by_load_then_time_then_path():
    items = [Item("web", path, 1, ms) for path, ms in (("a", 9), ("b", 5), ("c", 5), ("d", 1))]
    assert [item.path for item in in_order_of_arrival(items, {})] == ["d", "b", "c", "a"]
    assert [item.path for item in in_order_of_arrival(items, {items[0]: 1, items[2]: 2})] == ["a", "c", "d", "b"]


@pytest.mark.parametrize("names", [("a b.json", "a%20b.json", "ü+ü;=&@,.json"), ("only.json",)], ids=["several", "one"])
def test_each_row_knows_its_file(spark, tmp_path, names):
    for name in names:
        put(tmp_path, f"web/{name}", {"name": name})
    source = shop("web").datasets["web"].source
    items = list_files(spark, "web", source, str(tmp_path / "web"))
    rows = spark.read.json(str(tmp_path / "web")).withColumn("file", F.col("_metadata.file_path"))
    found = with_arrival(rows, "file", "web", [Item("crm", items[0].path, 1, 1), *items]).collect()
    assert {row["_arrival"]: row["name"] for row in found} == {
        at: item.path.rsplit("/", 1)[1] for at, item in enumerate(items, start=1)
    }


STITCHED = {"persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based"}}


@pytest.mark.parametrize("web", [{}, STITCHED], ids=["plain", "stitched"])
def test_a_row_that_names_nobody_is_not_the_first_of_its_event_id(lake, spark, tmp_path, web):
    root, spec = tmp_path / "in", shop("web", web=web)
    put(root, "web/1.json", event(1, None, device=None), event(2, "unknown" if web else " ", device=" "))
    load(lake, root, spec)
    put(root, "web/2.json", event(1, "bob", device=None), event(2, "ann", device="d"), event(1, "cas", device="d", day=2))
    receipt = load(lake, root, spec)
    assert receipt.dropped == {"web": {"duplicate_event_id": 1}}
    once = Lake(spark, str(tmp_path / "once"))
    assert load(once, root, spec).dropped == {"web": {"duplicate_event_id": 1, "empty_person_id": 2}}
    assert events(once) == events(lake) == [("e1", "bob"), ("e2", "ann")]
