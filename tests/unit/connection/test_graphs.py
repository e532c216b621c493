"""Identity graphs in loads: what is read, what is refused, what is noted; loads that die are finished."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cja_spark.connection.connect import connect
from cja_spark.connection.definitions import changed, definitions
from cja_spark.connection.identities import stitched_connection
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import GRAPH_RUNS, QUARANTINE
from cja_spark.errors import ConfigurationError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake
from cja_spark.publish_page import identities_of
from tests.unit.connection.shop import put

IDENTITIES = {"persistent_id": {"identity_map": "ECID"}, "person_id": {"identity_map": "CRM"}}
GRAPH = {"type": "graph", "source": {"format": "json", "path": "graph"}, "published_at": "at", "erased": "erased", **IDENTITIES}


def shop(replay=None, **graph):
    web = {
        "type": "event", "source": {"format": "json", "path": "web"}, "event_id": "id", "timestamp": "time", **IDENTITIES,
        "stitching": {"method": "graph_based", "graph": "identities", "replay": replay},
    }  # fmt: skip
    return Connection.model_validate({"name": "shop", "datasets": {"web": web, "identities": {**GRAPH, **graph}}})


def known(day, devices, persons=(), **more):
    ids = {"ECID": [{"id": one} for one in devices], "CRM": [{"id": one} for one in persons]}
    return {"at": f"2026-01-{day:02d}T00:00:00Z", "identityMap": {key: some for key, some in ids.items() if some}, "erased": None, **more}


def event(number, day, device, own=None):
    ids = {"ECID": [{"id": device}], **({"CRM": [{"id": own}]} if own else {})}
    return {"id": f"e{number}", "time": f"2026-01-{day:02d}T10:00:00Z", "identityMap": ids}


def load(lake, root, spec, **options):
    return connect(lake.spark, lake, spec, files_root=str(root), **options)


def persons(lake):
    rows = lake.events.rows("event_id", "person_id", "person_namespace", "stitch_reason")
    return {row["event_id"]: (row["person_id"], row["person_namespace"], row["stitch_reason"]) for row in rows}


def noted(lake):
    rows = lake.table(GRAPH_RUNS).rows()
    return sorted((row["load"], row["pass"], f"{row['at'].astimezone(UTC):%d %H}", row["published_at"] and row["published_at"].astimezone(UTC).day, row["overridden_own_id"]) for row in rows)  # fmt: skip


FIRST = (known(1, ["d", "e"], ["bob", "ann"]), known(2, ["f"]), known(1, [], ["cid"]), {"at": "soon"}, known(1, ["g"], erased="perhaps"))


def test_a_load_reads_a_graph_of_identity_maps_and_says_what_it_used(lake, tmp_path):
    put(tmp_path, "graph/1.json", *FIRST)
    put(tmp_path, "web/1.json", event(1, 3, "d"), event(2, 3, "e", "bob"), event(3, 3, "f", "cid"), event(4, 3, "g"))
    receipt = load(lake, tmp_path, shop())
    graph, device = ("ann", "CRM", "graph"), ("ECID", "persistent")
    assert persons(lake) == {"e1": graph, "e2": graph, "e3": ("f", *device), "e4": ("g", *device)}
    assert sorted(row["reason"] for row in lake.table(QUARANTINE).rows()) == ["empty_persistent_id", "invalid_timestamp", "not_true_or_false"]
    assert all("identityMap" in row["raw"] or "soon" in row["raw"] for row in lake.table(QUARANTINE).rows())
    assert receipt.loaded == {"web": 4, "identities": 3}
    assert receipt.text().splitlines() == [
        "load 1: 2 files, 4 events",
        "  identities: 3 rows; dropped 1 empty_persistent_id, 1 invalid_timestamp, 1 not_true_or_false",
        "  web: 4 events",
        "  web: live by graph identities of 2026-01-02 00:00:00 UTC",
        "  warning: web: 2 events have a person ID of their own that the graph overrides",
    ]
    assert noted(lake) == [(1, "live", "03 10", 2, 2)]
    [figures] = stitched_connection(lake, shop())
    assert (figures.overridden_own_id, figures.authentication_rate, figures.stitched_authentication_rate) == (2, 0.5, 0.5)
    assert "warning: 2 events have a person ID of their own that the graph overrides" in figures.text()


@pytest.mark.fault("F1")
def test_a_load_of_a_graph_alone_replays_what_is_due_and_one_that_dies_is_finished(lake, spark, tmp_path, monkeypatch):
    put(tmp_path, "web/1.json", *(event(number, number, "d") for number in (1, 2, 7)))
    put(tmp_path, "graph/1.json", known(1, ["x"]))
    weekly, now = shop("7 days"), datetime(2026, 1, 7, 12, tzinfo=UTC)
    load(lake, tmp_path, weekly, as_of=now)
    assert {one[0] for one in persons(lake).values()} == {"d"}
    put(tmp_path, "graph/2.json", known(7, ["d"], ["ann"]), known(9, ["d"], ["bob"]))
    for place in ("planned", "write_graphs", "replayed"):
        forget_hits()
        monkeypatch.setenv("CJA_FAILPOINTS", f"connect.{place}=raise@1")
        with pytest.raises(InjectedFault, match=place):
            load(lake, tmp_path, weekly, as_of=datetime(2026, 1, 8, tzinfo=UTC))
    monkeypatch.delenv("CJA_FAILPOINTS")
    load(lake, tmp_path, weekly, as_of=datetime(2026, 1, 8, tzinfo=UTC))
    assert {key: one[0] for key, one in persons(lake).items()} == {"e1": "ann", "e2": "ann", "e7": "ann"}
    assert lake.graph("identities").count() == 3
    assert noted(lake) == [(1, "live", "07 12", 1, 0), (1, "replay", "01 00", 1, None), (2, "replay", "08 00", 7, None)]
    put(tmp_path, "web/2.json", event(9, 6, "d"))
    load(lake, tmp_path, weekly)  # it happens when bob was published
    assert {key: one[0] for key, one in persons(lake).items()} == {"e1": "ann", "e2": "ann", "e7": "ann", "e9": "bob"}
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path, shop("unlimited"))
    assert {one[0] for one in persons(once).values()} == {"bob"}


def test_what_decides_about_a_graphs_rows_is_compared():
    before = definitions(shop())
    for more, said in (({"publication": "snapshot"}, "publication"), ({"published_at": "since"}, "published_at"), ({"erased": None}, "erased")):
        assert f"dataset 'identities': {said} changed" in str(changed(shop(**more), before))
    assert "dataset 'web': stitching changed" in str(changed(shop("1 day"), before))
    assert json.loads(json.dumps(before)) == before


def test_a_graph_that_does_not_fit_is_refused_before_anything_is_read(lake, tmp_path):
    elsewhere = shop(person_id={"identity_map": "Email"})
    with pytest.raises(ConfigurationError, match="person_id is of namespace 'CRM', that of graph 'identities' of 'Email'"):
        load(lake, tmp_path, elsewhere)


CARDS = {
    "type": "event", "source": {"format": "json", "path": "cards"}, "event_id": "id", "timestamp": "time",
    "persistent_id": {"column": "card", "namespace": "Card"}, "person_id": {"namespace": "CRM"},
}  # fmt: skip
HOLDERS = {**GRAPH, "persistent_id": {"column": "card", "namespace": "Card"}, "person_id": {"column": "crm", "namespace": "CRM"}, "erased": None}


def cards(**more):
    return Connection.model_validate({"name": "shop", "datasets": {"cards": {**CARDS, **more}, "identities": HOLDERS}})


def test_rows_that_name_no_person_have_that_of_the_graph(lake, tmp_path):
    put(tmp_path, "graph/1.json", {"at": "2026-01-01", "card": "1", "crm": "ann"}, {"at": "2026-01-01", "card": "2", "crm": None})
    put(tmp_path, "cards/1.json", *({"id": f"c{card}", "time": "2026-01-03T10:00:00Z", "card": card} for card in ("1", "2", "3", None)))
    receipt = load(lake, tmp_path, cards(stitching={"method": "graph_based", "graph": "identities"}))
    assert persons(lake) == {"c1": ("ann", "CRM", "graph"), "c2": ("2", "Card", "persistent"), "c3": ("3", "Card", "persistent")}
    assert "dropped 1 empty_person_id" in receipt.text()
    assert "overrides" not in receipt.text()


@pytest.mark.parametrize("stitching", [None, {"method": "field_based"}])
def test_a_namespace_alone_needs_a_graph(stitching):
    with pytest.raises(ValueError, match="person_id is a namespace alone: rows that name no person need stitching with method: graph_based"):
        cards(stitching=stitching)


@pytest.mark.parametrize("role", ["person_id", "persistent_id"])
def test_a_namespace_alone_is_no_identity_of_a_graph(role):
    with pytest.raises(ValueError, match=r"give a column, or \{identity_map: NAMESPACE\}"):
        shop(**{role: {"namespace": "CRM"}})


def test_a_page_masks_no_column_where_rows_name_no_person():
    found = identities_of(cards(stitching={"method": "graph_based", "graph": "identities"}))
    assert "card" in found
    assert "identityMap" not in found


def test_sightings_are_events_and_say_whose_a_device_is_from_the_last_that_names_a_person_on(lake, tmp_path):
    """Rows without a person or a device, or that cannot be used, say nothing and are not counted."""
    rows = (known(1, ["d"], ["ann"]), known(2, ["d"], ["bob"]), known(3, ["d"]), known(1, [], ["cid"]), known(4, ["e"], ["cid"]), {**known(5, ["e"], ["dan"]), "at": "soon"})
    put(tmp_path, "graph/a.json", *rows)
    put(tmp_path, "web/a.json", event(1, 1, "d"), event(2, 6, "d"), event(3, 6, "e"), event(4, 6, "f"))
    receipt = load(lake, tmp_path, shop(replay="unlimited", publication="sightings", erased=None))
    assert receipt.dropped.get("identities", {}) == {}
    assert {name: person for name, (person, _, _) in persons(lake).items()} == {"e1": "bob", "e2": "bob", "e3": "cid", "e4": "f"}
