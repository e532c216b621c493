"""KK1: what the message of a change is, byte by byte."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from cja_spark.sinks.chunk import DataError, ErasedKey
from cja_spark.sinks.kafka.messages import message, tombstones
from tests.unit.sinks.kafka.rows import AUDIENCE, OTHER, change, token


def test_a_message_is_keyed_by_audience_and_profile_and_says_the_whole_state():
    one = message(change("ann", 7, op="update", attrs='{"tier":null}', definition_version=3), token(7))
    assert one.key == f"{AUDIENCE}\x1fcrm:ann".encode()
    assert json.loads(one.value) == {
        "audience_id": AUDIENCE, "run_seq": 7, "op": "update", "change_id": "0007-ann", "profile_key": "crm:ann",
        "namespace": "CRM", "id": "ann", "status": "realized", "asserted_at": "2026-08-03T00:00:00.000Z",
        "valid_until": "2026-08-19T00:00:00.000Z", "attrs": {"tier": None}, "definition_version": 3,
    }  # fmt: skip
    assert one.headers == (("run_seq", b"7"), ("op", b"update"), ("change_id", b"0007-ann"), ("schema", b"cja.change.1"))


def test_an_exit_is_a_value_not_a_tombstone():
    value = json.loads(message(change("ann", op="exit", status="exited", valid_until=None), token()).value)
    assert (value["op"], value["status"], value["valid_until"]) == ("exit", "exited", None)


def test_profiles_of_two_audiences_have_two_keys():
    assert message(change("ann"), token()).key != message(change("ann"), token(audience_id=OTHER)).key


def test_the_hash_of_a_person_stays_in_the_lake():
    assert b"SECRETREF" not in message(change("ann", person_ref="SECRETREF"), token()).value


def test_the_same_change_is_the_same_bytes():
    assert message(change("ann", attrs='{"b":1,"a":2}'), token()) == message(change("ann", attrs='{"b":1,"a":2}'), token())


@pytest.mark.parametrize("attrs", ['{"n":12345678901234567890123,"x":1.50,"t":1e400}', f'{{"long":{"9" * 5000}}}', '{"a":null}', "{}", '"text"', '{"z":1,"a":2}'])
def test_attributes_go_as_they_are_written(attrs):
    assert f'"attrs":{attrs},"definition_version":1}}'.encode() in message(change("ann", attrs=attrs), token()).value


@pytest.mark.parametrize("id_", ['qu"ote', "back\\slash", "a\x1fb", "nul\0", "line\u2028", "öß漢🎈", "\u202eright"])
def test_any_unicode_text_comes_back_as_it_was(id_):
    one = message(change(id_), token())
    value = json.loads(one.value)
    assert (value["id"], value["profile_key"], value["change_id"]) == (id_, f"crm:{id_}", f"0001-{id_}")
    assert one.key.decode().partition("\x1f") == (AUDIENCE, "\x1f", f"crm:{id_}")


def test_times_are_utc_with_milliseconds():
    times = [
        datetime(2026, 8, 3, 1, 2, 3, 456_999),
        datetime(2026, 8, 3, 3, 2, 3, 456_000, timezone(timedelta(hours=2))),
    ]
    for time in times:
        assert json.loads(message(change("ann", asserted_at=time), token()).value)["asserted_at"] == "2026-08-03T01:02:03.456Z"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "half\ud800"}, "not_utf8"),
        ({"profile_key": "crm:\udfff"}, "not_utf8"),
        ({"attrs": '"\ud800"'}, "not_utf8"),
        ({"attrs": "{"}, "attrs_not_json"),
        ({"attrs": ""}, "attrs_not_json"),
        ({"attrs": '{"a":NaN}'}, "attrs_not_json"),
        ({"attrs": '{"a":-Infinity}'}, "attrs_not_json"),
        ({"attrs": "{} {}"}, "attrs_not_json"),
        ({"attrs": "[" * 100_000}, "attrs_not_json"),
    ],
)
def test_what_can_be_no_message_is_refused_without_its_text(changed, code):
    with pytest.raises(DataError) as raised:
        message(change("ann", **changed), token())
    assert str(raised.value) == f"serialization {code}"


def test_an_erased_profile_is_a_tombstone_in_each_of_its_audiences():
    found = tombstones(ErasedKey("crm:ann", change("ann"), (AUDIENCE, OTHER)), token(3, audience_id="_erase"))
    assert [(one.key, one.value) for one in found] == [(f"{id_}\x1fcrm:ann".encode(), None) for id_ in (AUDIENCE, OTHER)]
    assert {one.headers for one in found} == {
        (("run_seq", b"3"), ("op", b"erase"), ("change_id", b"0001-ann"), ("schema", b"cja.change.1"))
    }


def test_a_profile_that_was_never_sent_has_no_tombstone():
    assert tombstones(ErasedKey("crm:ann", change("ann")), token()) == []
    assert tombstones(ErasedKey("crm:\ud800", change("ann"), (AUDIENCE,)), token()) == []


def test_the_size_counts_key_value_and_headers():
    one = message(change("ann"), token())
    assert one.size == len(one.key) + len(one.value) + len(b"run_seq1openterchange_id0001-annschemacja.change.1")
    [gone] = tombstones(ErasedKey("crm:ann", change("ann"), (AUDIENCE,)), token())
    assert gone.size == one.size - len(one.value) + len("erase") - len("enter")
