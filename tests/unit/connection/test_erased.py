"""What arrives late of an erased person is dropped and counted, without what it said; who comes later is somebody new (F16 d)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cja_spark.audiences.tables import SUPPRESSIONS
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.driver_reads import equal
from cja_spark.errors import VersionError
from cja_spark.pseudonyms import pepper_beside, pepper_id, pseudonym, read_pepper
from tests.unit.connection import test_graphs as graphs
from tests.unit.connection.shop import event, events, load, lookups, profiles, put, quarantine, shop
from tests.unit.connection.test_accounts import accounts, kept, mapping


def suppress(lake, *keys, day=10):
    pepper, at = pepper_beside(lake.location), datetime(2026, 1, day, tzinfo=UTC)
    table = lake.table(SUPPRESSIONS).create()
    table.append(table.frame([(pseudonym(read_pepper(pepper), key), "e1", "asked", pepper_id(pepper), at) for key in keys]))


def test_events_of_before_the_request_stay_out_and_later_ones_come_in(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1, "bob"))
    load(lake, tmp_path, shop("web"))
    assert not Path(f"{lake.location}.pepper").exists()
    suppress(lake, "crm:ann")
    suppress(lake, "crm:ann", "crm:nobody", "ecid:bob", day=9)
    late = [event(2, day=9), event(3, day=10), {**event(4), "time": None}, event(5, "bob"), event(6, "Ann")]
    put(tmp_path, "web/2.json", *late, {**event(7), "time": "2026-01-10T00:00:00.001Z"})
    receipt = load(lake, tmp_path, shop("web"))
    assert events(lake) == [("e1", "bob"), ("e3", "ann"), ("e5", "bob"), ("e6", "Ann"), ("e7", "ann")]
    assert receipt.dropped == {"web": {"erased_person": 2}}
    rows = lake.table(QUARANTINE).rows("reason", "raw", "event_id")
    assert {(row["reason"], row["raw"], row["event_id"]) for row in rows} == {("erased_person", None, None)}


@pytest.mark.parametrize("datasets", [("web",), ("web", "crm")])
def test_s10_under_another_pepper_nobody_of_them_would_be_known_and_nothing_is_loaded(lake, tmp_path, monkeypatch, datasets):
    suppress(lake, "crm:ann")
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "crm/1.json", {"who": "ann", "tier": 1})
    monkeypatch.setenv("CJA_PEPPER", "another pepper of some length")
    with pytest.raises(VersionError, match="bring the old one back"):
        load(lake, tmp_path, shop(*datasets))
    assert not lake.events.exists()


def test_a_full_load_does_not_bring_them_back(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1), event(2, "bob"))
    put(tmp_path, "crm/1.json", {"who": "ann", "tier": 1}, {"who": "bob", "tier": 2})
    load(lake, tmp_path, shop("web", "crm"))
    suppress(lake, "crm:ann")
    receipt = load(lake, tmp_path, shop("web", "crm"), full=True)
    assert (events(lake), set(profiles(lake))) == ([("e2", "bob")], {"bob"})
    assert receipt.dropped == {"web": {"erased_person": 1}, "crm": {"erased_person": 1}}
    assert "ann" not in str(quarantine(lake))


def test_profiles_and_accounts_of_an_erased_person_stay_out_whenever_they_come(lake, tmp_path):
    suppress(lake, "crm:ann", "who:ann")
    put(tmp_path, "web/1.json", event(1, "bob"))
    put(tmp_path, "crm/1.json", {"who": "ann", "tier": 1}, {"who": "bob", "tier": 2}, {"who": None, "tier": 3})
    load(lake, tmp_path, shop("web", "crm"))
    assert set(profiles(lake)) == {"bob"}
    assert sorted(row[2] for row in quarantine(lake)) == ["empty_person_id", "erased_person"]
    datasets = accounts().model_dump(mode="json")["datasets"]
    spec = Connection.model_validate({"name": "shop", "datasets": {**shop("web", "crm").model_dump(mode="json")["datasets"], "account": datasets["account"]}})
    put(tmp_path, "account/1.json", mapping("Alpha", 20), mapping("Beta", 1, "bob"))
    load(lake, tmp_path, spec)
    assert kept(lake) == [("bob", "Beta", 1)]
    told = [row["raw"] for row in lake.table(QUARANTINE).rows("raw", where=equal(dataset="account", reason="erased_person"))]
    assert told == [None]


def test_rows_of_a_lookup_about_an_erased_person_or_device_stay_out(lake, tmp_path):
    web = {"persistent_id": {"column": "device", "namespace": "ECID"}}
    suppress(lake, "crm:ann-of-bonn", "ecid:device-1", "other:bob-of-ulm", "crm:desk")
    put(tmp_path, "web/1.json", event(1, "bob", device="device-2"))
    put(tmp_path, "cat/1.json", *({"sku": one, "title": "t"} for one in ("ann-of-bonn", "device-1", "bob-of-ulm", "desk", "lamp", None)))
    load(lake, tmp_path, shop("web", "cat", web=web))
    assert set(lookups(lake)) == {"bob-of-ulm", "desk", "lamp"}  # an id of fewer than six bytes may well be a product's
    assert sorted(row[2:] for row in quarantine(lake) if row[2] == "erased_person") == [("erased_person", None)] * 2
    put(tmp_path, "cat/2.json", {"sku": "ann-of-bonn", "title": "again"}, {"sku": "sofa", "title": "new"})
    load(lake, tmp_path, shop("web", "cat", web=web))
    assert set(lookups(lake)) == {"bob-of-ulm", "desk", "lamp", "sofa"}


def test_rows_of_an_erased_device_stay_out(lake, tmp_path):
    web = {"persistent_id": {"column": "device", "namespace": "ECID"}, "stitching": {"method": "field_based"}}
    suppress(lake, "ecid:phone")
    put(tmp_path, "web/1.json", event(1, device="phone"), event(2, None, device="phone"), event(3, None, device="tablet"))
    receipt = load(lake, tmp_path, shop("web", web=web))
    assert events(lake) == [("e3", "tablet")]
    assert receipt.dropped == {"web": {"erased_person": 2}}
    assert [row["raw"] for row in lake.table(QUARANTINE).rows("raw")] == [None, None]


def test_rows_that_cannot_be_used_for_another_reason_stay_as_they_came(lake, tmp_path):
    suppress(lake, "crm:ann")
    put(tmp_path, "web/1.json", event(1), event(2, "bob"), {**event(3, "bob"), "time": "soon"})
    load(lake, tmp_path, shop("web"))
    rows = {row["reason"]: (row["event_id"], row["raw"]) for row in lake.table(QUARANTINE).rows("reason", "event_id", "raw")}
    assert rows["erased_person"] == (None, None)
    assert rows["invalid_timestamp"][0] == "e3"
    assert '"login":"bob"' in rows["invalid_timestamp"][1]


def test_a_graph_forgets_an_erased_person_and_an_erased_persistent_id(lake, tmp_path):
    suppress(lake, "crm:ann", "ecid:e")
    put(tmp_path, "graph/1.json", graphs.known(1, ["d"], ["ann"]), graphs.known(1, ["e", "f"], ["bob", "ann"]))
    put(tmp_path, "web/1.json", graphs.event(1, 3, "d"), graphs.event(2, 3, "f"))
    graphs.load(lake, tmp_path, graphs.shop())
    assert {name: person for name, (person, *_) in graphs.persons(lake).items()} == {"e1": "d", "e2": "bob"}
    rows = {row["persistent_id"]: row["person_ids"] for row in lake.graph("identities").rows("persistent_id", "person_ids")}
    assert rows == {"d": [], "f": ["bob"]}
