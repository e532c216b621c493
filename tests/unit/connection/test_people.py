"""Profiles and lookups: one row per person or key, in all fields that their files ever had."""

import pytest

from cja_spark.errors import TypeConflictError
from cja_spark.lake import Lake
from tests.unit.connection.shop import event, load, lookups, profiles, put, quarantine, shop


@pytest.fixture
def root(tmp_path):
    put(tmp_path / "in", "web/1.json", event(1))
    return tmp_path / "in"


NARROW = ({"who": "ann", "tier": 1, "home": {"city": "Bonn"}}, {"who": "bob", "tier": 2, "home": {"city": "Ulm"}})
WIDE = ({"who": "bob", "tier": 2.5, "home": {"zip": "1"}, "age": 9}, {"who": "cas", "tier": None, "home": None, "age": 8})


@pytest.mark.parametrize("order", [(NARROW, WIDE), (WIDE, NARROW)], ids=["wider", "narrower"])
@pytest.mark.fault("F10")
def test_attributes_of_earlier_files_stay_when_a_file_has_other_columns(lake, spark, root, tmp_path, order):
    for number, rows in enumerate(order):
        put(root, f"crm/{number}.json", *rows)
        put(root, f"cat/{number}.json", *({"sku": row["who"], **row} for row in rows))
        load(lake, root)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, root)
    assert profiles(lake) == profiles(once)
    assert lookups(lake) == lookups(once)
    assert profiles(lake)["ann"] == {"who": "ann", "tier": 1.0, "home": {"city": "Bonn", "zip": None}, "age": None}
    assert lookups(lake)["cas"]["age"] == 8


@pytest.mark.parametrize("dataset", ["crm", "cat"])
@pytest.mark.fault("F10")
def test_an_attribute_that_changes_its_type_is_named_before_any_write(lake, root, dataset):
    for name in ("crm", "cat"):
        put(root, f"{name}/1.json", {"who": "ann", "sku": "a", "more": {"tier": 1}})
    load(lake, root)
    tables = (lake.events, lake.profiles, lake.lookup("cat"))
    before = [table.version() for table in tables]
    put(root, "web/2.json", event(2))
    put(root, f"{dataset}/2.json", {"who": "ann", "sku": "a", "more": {"tier": "gold"}})
    with pytest.raises(TypeConflictError, match=rf"dataset '{dataset}': 'more.tier' is string and was bigint"):
        load(lake, root)
    assert [table.version() for table in tables] == before


def test_a_full_load_forgets_persons_and_keys_that_are_in_no_file(lake, root):
    put(root, "crm/1.json", *NARROW)
    put(root, "cat/1.json", {"sku": "a"}, {"sku": "b"})
    load(lake, root)
    put(root, "crm/1.json", NARROW[0])
    put(root, "cat/1.json", {"sku": "a"})
    load(lake, root, full=True)
    assert set(profiles(lake)) == {"ann"}
    assert set(lookups(lake)) == {"a"}


def test_a_full_load_without_profile_datasets_leaves_no_profile(lake, root):
    put(root, "crm/1.json", *NARROW)
    put(root, "cat/1.json", {"sku": "a"})
    load(lake, root)
    load(lake, root, shop("web", "cat"), full=True)
    assert lake.profiles.count() == 0


def test_an_unreadable_profile_is_kept_as_it_came(lake, root):
    put(root, "crm/1.json", NARROW[0])
    (root / "crm" / "2.json").write_text('{"who": "eve", "ti\n', encoding="utf-8")
    put(root, "cat/1.json", {"sku": "a"}, {"sku": " "})
    receipt = load(lake, root)
    assert receipt.dropped == {"crm": {"unreadable_row": 1}, "cat": {"empty_key": 1}}
    assert (1, "crm", "unreadable_row", '{"who": "eve", "ti') in quarantine(lake)


