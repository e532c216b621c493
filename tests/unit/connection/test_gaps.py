"""Times of a device that belonged to an erased person stay the device's, however late logins of others arrive (F16 c)."""

from datetime import UTC, datetime

import pytest

from cja_spark.connection.gaps import EVER, GAPS
from cja_spark.erasure.events import erase_events, keep_gaps
from tests.unit.connection.shop import event, load, put, shop
from tests.unit.connection.test_erased import suppress

WEB = {"persistent_id": {"column": "device", "namespace": "ECID"}}
AT = datetime(2026, 1, 20, tzinfo=UTC)


def stitched(replay):
    return shop("web", web={**WEB, "stitching": {"method": "field_based", "replay": replay}})


def row(number, day, login=None, device="d"):
    return event(number, login, day, device=device)


def persons(lake):
    return {one["event_id"]: one["person_id"] for one in lake.events.rows("event_id", "person_id")}


def erase(lake, spec, *ids):
    people = lake.spark.createDataFrame([("crm", one, f"crm:{one}", one) for one in ids], "namespace string, id string, profile_key string, person_ref string")
    keep_gaps(lake, spec, people, AT)
    keep_gaps(lake, spec, people, AT)
    erase_events(lake, people)
    suppress(lake, *(f"crm:{one}" for one in ids), day=20)


@pytest.fixture
def taken(lake, tmp_path):
    """Bob logs in on the 2nd, Ann on the 5th and 6th, Bob again on the 9th; the events between name nobody."""
    spec = stitched("unlimited")
    put(tmp_path, "web/1.json", row(1, 1), row(2, 2, "bob"), row(3, 3), row(4, 5, "ann"), row(5, 6, "ann"), row(6, 7), row(7, 9, "bob"), row(8, 10))
    load(lake, tmp_path, spec)
    assert persons(lake)["e6"] == "ann"
    return spec


def gaps(lake):
    rows = lake.table(GAPS).rows("persistent_id", "since", "until")
    return sorted((one["persistent_id"], one["since"].astimezone(UTC).day if one["since"] > EVER else 0, one["until"].astimezone(UTC).day) for one in rows)


def test_nobody_inherits_a_run_between_those_of_others(lake, tmp_path, taken):
    erase(lake, taken, "ann")
    assert gaps(lake) == [("d", 5, 9)]
    assert persons(lake) == {"e1": "bob", "e2": "bob", "e3": "bob", "e6": "d", "e7": "bob", "e8": "bob"}
    put(tmp_path, "web/2.json", row(9, 4, "cas"), row(10, 6, "cas"), row(11, 8), row(12, 11))
    load(lake, tmp_path, taken)
    found = persons(lake)
    assert (found["e6"], found["e11"], found["e10"], found["e12"], found["e3"]) == ("d", "d", "cas", "bob", "bob")
    load(lake, tmp_path, taken, full=True)
    assert persons(lake) == found


def test_a_first_run_reaches_back_to_the_beginning(lake, tmp_path, taken):
    erase(lake, taken, "bob")
    assert gaps(lake) == [("d", 0, 5), ("d", 9, 20)]
    assert persons(lake) == {"e1": "d", "e3": "d", "e4": "ann", "e5": "ann", "e6": "ann", "e8": "d"}
    put(tmp_path, "web/2.json", row(9, 12), row(10, 1, "cas"), row(11, 21), row(12, 22, "dan"), row(13, 23))
    load(lake, tmp_path, taken)
    found = persons(lake)
    assert {name: found[name] for name in ("e1", "e3", "e9", "e11", "e13")} == {"e1": "d", "e3": "d", "e9": "d", "e11": "d", "e13": "dan"}


def test_two_erasures_after_one_another_are_as_one(lake, tmp_path, taken):
    erase(lake, taken, "ann")
    erase(lake, taken, "bob")
    assert set(persons(lake).values()) == {"d"}
    put(tmp_path, "web/2.json", row(9, 4), row(10, 6, "cas"))
    load(lake, tmp_path, taken)
    assert persons(lake)["e9"] == "d"
    assert EVER.year == 1900


def test_a_row_that_another_would_inherit_since_is_a_gap_of_its_instant(lake, tmp_path):
    spec = stitched(None)
    for number, given in enumerate([(row(1, 5, "ann"),), (row(2, 7), row(3, 4)), (row(4, 6, "bob"),)]):
        put(tmp_path, f"web/{number}.json", *given)
        load(lake, tmp_path, spec)
    assert (persons(lake)["e2"], persons(lake)["e3"]) == ("ann", "d")
    erase(lake, spec, "ann")
    assert gaps(lake) == [("d", 0, 6), ("d", 7, 7)]
    assert persons(lake) == {"e2": "d", "e3": "d", "e4": "bob"}
    put(tmp_path, "web/9.json", row(5, 8), {**row(6, 7), "time": "2026-01-07T10:00:00.001Z"}, row(7, 6))
    load(lake, tmp_path, spec)
    expected = {"e2": "d", "e3": "d", "e4": "bob", "e5": "bob", "e6": "bob", "e7": "bob"}
    assert persons(lake) == expected
    load(lake, tmp_path, spec, full=True)
    assert persons(lake) == expected
    replayed = stitched("unlimited")
    load(lake, tmp_path, replayed, full=True)
    put(tmp_path, "web/10.json", row(8, 7, "cas", device="other"))
    load(lake, tmp_path, replayed)
    assert persons(lake) == {**expected, "e8": "cas"}


def identified(number, day, **ids):
    known = {name: [{"id": one, "primary": name not in ("ECID", "AAID")}] for name, one in ids.items()}
    return {"id": f"e{number}", "time": f"2026-01-{day:02d}T10:00:00Z", "identityMap": {"ECID": [{"id": "d", "primary": False}], **known}}


def test_runs_of_primary_identities_are_gaps_too_and_what_stitching_gave_is_reset(lake, tmp_path):
    spec = shop("web", web={
        "person_id": {"identity_map": "primary"}, "persistent_id": {"identity_map": "ECID"},
        "stitching": {"method": "field_based", "replay": "unlimited"},
    })  # fmt: skip
    rows = (identified(1, 2, Email="bob"), identified(2, 3, AAID="x"), identified(3, 5, CRM="ann"), identified(4, 7, AAID="x"), identified(5, 9, Email="bob"))
    put(tmp_path, "web/1.json", *rows)
    load(lake, tmp_path, spec)
    assert persons(lake) == {"e1": "bob", "e2": "bob", "e3": "ann", "e4": "ann", "e5": "bob"}
    erase(lake, spec, "ann")
    assert gaps(lake) == [("d", 5, 9)]
    assert persons(lake) == {"e1": "bob", "e2": "bob", "e4": "d", "e5": "bob"}
    put(tmp_path, "web/2.json", identified(6, 6, Email="cas"))
    load(lake, tmp_path, spec)
    assert persons(lake)["e4"] == "d"
