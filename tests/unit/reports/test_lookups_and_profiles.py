"""Dimensions of a lookup and of a profile in reports: from files to rows, through both readers."""

import json

import pytest

from cja_spark import plan
from cja_spark.connection.connect import connect
from cja_spark.lake import Lake
from cja_spark.project import Project

CONNECTION = {
    "name": "shop",
    "datasets": {
        "web": {
            "type": "event", "source": {"format": "json", "path": "web"}, "event_id": "id", "timestamp": "time",
            "person_id": {"column": "who", "namespace": "crm"},
        },
        "catalogue": {
            "type": "lookup", "source": {"format": "json", "path": "catalogue"}, "key": "sku",
            "matches": "productListItems[].SKU",
        },
        "crm": {
            "type": "profile", "source": {"format": "json", "path": "crm"},
            "person_id": {"column": "who", "namespace": "crm"},
        },
    },
}  # fmt: skip
VIEW = {
    "name": "shop",
    "buckets": 2,
    "dimensions": {"category": {"lookup": "catalogue.category"}, "tier": {"profile": "crm.tier"}},
    "metrics": {"units": "productListItems[].quantity"},
    "segments": {"gold": {"where": {"dimension": "tier", "equals": "gold"}},
                 "shoes": {"container": "person", "where": {"dimension": "category", "equals": "shoes"}},
                 "both": {"container": "person", "where": {"dimension": "category", "distinct": {"at_least": 2}}}},
}  # fmt: skip
RANGE = {"from": "2026-01-01", "to": "2026-01-31"}
REPORTS = {
    "categories": {"dimensions": ["category"], "metrics": ["units", "events", "people"]},
    "tiers": {"dimensions": ["tier"], "metrics": ["people", "units"]},
    "tier_and_category": {"dimensions": ["tier", "category"], "metrics": ["units"]},
    "gold": {"metrics": ["people", "events"], "segments": ["gold"]},
    "shoes": {"metrics": ["people"], "segments": ["shoes"]},
    "both": {"metrics": ["people"], "segments": ["both"]},
}
ITEMS = {
    "ann": [[("s1", 1), ("s2", 2)], [("s1", 4)]],  # s1 shoes, s2 hats
    "bob": [[("s9", 8), ("s1", 16)]],  # no such key
    "cat": [[("s3", 32)], []],  # a key without a category; no profile
}
CATALOGUE = [{"sku": "s1", "category": "shoes"}, {"sku": "s2", "category": "hats"}, {"sku": "s3", "category": None}]
TIERS = [{"who": "ann", "tier": "gold"}, {"who": "bob", "tier": "blue"}, {"who": "nobody", "tier": "gold"}]


def events():
    return [
        {"id": f"{who}{at}", "time": f"2026-01-0{at + 1}T10:00:00Z", "who": who,
         "productListItems": [{"SKU": sku, "quantity": count} for sku, count in items]}
        for who, own in ITEMS.items() for at, items in enumerate(own)
    ]  # fmt: skip


class Shop:
    """A lake loaded from files, and its reports."""

    def __init__(self, spark, folder):
        self.folder, self.lake = folder, Lake(spark, str(folder / "lake"))
        reports = {name: {"name": name, "report": "table", "range": RANGE, **asked} for name, asked in REPORTS.items()}
        self.project = Project.model_validate(
            {"folder": str(folder), "connection": CONNECTION, "view": VIEW, "lake": {"location": str(folder / "lake")},
             "reports": {name: plan.REPORTS.named("table").spec.model_validate(one) for name, one in reports.items()},
             "audiences": {}, "sinks": {}}
        )  # fmt: skip

    def load(self, number, **files):
        """Put a file into each source named and build; the periods that were written."""
        for source, rows in files.items():
            (self.folder / source).mkdir(exist_ok=True)
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (self.folder / source / f"{number}.json").write_text(text, encoding="utf-8")
        connect(self.lake.spark, self.lake, self.project.connection, files_root=str(self.folder))
        return plan.journey(self.lake, self.project).written

    def answers(self):
        """Rows of each report as tuples, the same through both readers."""
        found = [plan.report(self.lake, self.project, reader=reader, keep_rows=False) for reader in ("arrow", "spark")]
        arrow, spark = ({a.ask.report.name: a.rows.to_pylist() for a in run.answers} for run in found)
        assert arrow == spark
        return {name: [tuple(row.values()) for row in rows] for name, rows in arrow.items()}


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    return Shop(spark, tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def loaded(shop):
    assert shop.load(1, web=events(), catalogue=CATALOGUE, crm=TIERS) == (0, 202601)
    return shop.answers()


@pytest.fixture(scope="module")
def changed(shop, loaded):
    """After another file of each: a person's tier is another one, an unknown key is known."""
    assert shop.load(2, crm=[{"who": "bob", "tier": "gold"}, {"who": "ann", "tier": "red"}]) == (0,)
    profiles = shop.answers()
    assert 202601 in shop.load(3, catalogue=[{"sku": "s9", "category": "hats"}])
    return profiles, shop.answers()


def test_a_lookup_on_items_pairs_with_amounts_and_an_unknown_key_is_no_value(loaded):
    assert loaded["categories"] == [
        ("total", None, 63, 5, 3), ("item", "No value", 40, 2, 2), ("item", "shoes", 21, 3, 2), ("item", "hats", 2, 1, 1),
    ]  # fmt: skip


def test_a_profile_is_on_all_events_of_its_person_and_who_has_none_is_no_value(loaded):
    assert loaded["tiers"] == [
        ("total", None, 3, 63), ("item", "No value", 1, 32), ("item", "blue", 1, 24), ("item", "gold", 1, 7),
    ]  # fmt: skip


def test_a_profile_and_a_lookup_make_rows_together(loaded):
    assert loaded["tier_and_category"] == [
        ("total", None, None, 63), ("item", "No value", "No value", 32), ("item", "blue", "shoes", 16),
        ("item", "blue", "No value", 8), ("item", "gold", "shoes", 5), ("item", "gold", "hats", 2),
    ]  # fmt: skip


def test_segments_compare_values_of_profiles_and_lookups(loaded):
    assert loaded["gold"] == [("total", 1, 2)]
    assert (loaded["shoes"], loaded["both"]) == ([("total", 2)], [("total", 1)])


def test_a_changed_profile_is_the_persons_after_the_next_build_also_for_old_events(changed):
    profiles, _ = changed
    assert profiles["tiers"] == [
        ("total", None, 3, 63), ("item", "No value", 1, 32), ("item", "gold", 1, 24), ("item", "red", 1, 7),
    ]  # fmt: skip
    assert profiles["gold"] == [("total", 1, 1)]


def test_a_key_that_becomes_known_has_its_value_on_old_events(changed):
    _, lookups = changed
    assert lookups["categories"] == [
        ("total", None, 63, 5, 3), ("item", "No value", 32, 1, 1), ("item", "shoes", 21, 3, 2), ("item", "hats", 10, 2, 2),
    ]  # fmt: skip
    assert lookups["both"] == [("total", 2)]
