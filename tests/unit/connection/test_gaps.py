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
    return sorted((one["persistent_id"], one["since"].astimezone(UTC).day if one["since"].year > 1900 else "ever", one["until"].astimezone(UTC).day) for one in rows)


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
    assert gaps(lake) == [("d", 9, 20), ("d", "ever", 5)]
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
