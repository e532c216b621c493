"""Messages to the inlet, byte by byte (KH1, KH2, KH7, KH9)."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cja_spark.sinks.chunk import DataError
from cja_spark.sinks.inlet.messages import (
    Message,
    definition,
    deletion,
    envelope,
    epoch_ms,
    idempotency_key,
    instant,
    membership,
)
from tests.unit.sinks.inlet.given import AS_OF, AUDIENCE, RUN, SCHEMA, TOKEN, change, messages, settings

REF = f'{{"id":"{SCHEMA}","contentType":"application/vnd.adobe.xed-full+json;version=1"}}'
HEAD = (
    f'{{"header":{{"schemaRef":{REF},"imsOrgId":"ORG@AdobeOrg","datasetId":"dataset1","source":{{"name":"cja_spark"}},'
    f'"createdAt":1795305600000}},"body":{{"xdmMeta":{{"schemaRef":{REF}}},"xdmEntity":{{"_id":"c1",'
    '"identityMap":{"Email":[{"id":"a@example.com","authenticatedState":"ambiguous","primary":true}]},'
    f'"segmentMembership":{{"CJA":{{"{AUDIENCE}":'
)


def written(**changed):
    one = change(1, change_id="c1", id="a@example.com", **changed)
    return membership(settings(), one, (AUDIENCE,), AS_OF).text.decode("utf-8")


def test_a_member_is_the_bytes_of_the_specification():
    state = '{"status":"realized","lastQualificationTime":"2026-11-22T00:00:00.000Z","validUntil":"2026-12-08T00:00:00.000Z","version":"3"}'
    assert written() == f"{HEAD}{state}}}}}}}}}}}"


def test_an_exit_has_no_valid_until():
    state = '{"status":"exited","lastQualificationTime":"2026-11-22T00:00:00.000Z","version":"3"}'
    assert written(op="exit", status="exited", valid_until=None) == f"{HEAD}{state}}}}}}}}}}}"
    assert written(op="exit", status="exited") == f"{HEAD}{state}}}}}}}}}}}"


@pytest.mark.parametrize("op", ["enter", "update", "heartbeat"])
def test_every_assertion_of_membership_is_the_same_state(op):
    assert written(op=op) == written()


def test_attributes_do_not_leave():
    assert written(attrs='{"tier":"gold"}') == written()


@pytest.mark.parametrize(
    "id_", ["a@example.com", "Zoë", "\u200f\u05d0\u05d1", '"quoted\\', "line\nbreak", "\x00", "0012", "x" * 1024, "\U0001f600", "</script>"]
)
def test_an_identity_goes_out_unchanged(id_):
    text = membership(settings(), change(id=id_), (AUDIENCE,), AS_OF).text
    [told] = json.loads(text)["body"]["xdmEntity"]["identityMap"]["Email"]
    assert told == {"id": id_, "authenticatedState": "ambiguous", "primary": True}


@pytest.mark.parametrize("namespace", ["Email", "EMAIL", "ecid", "Phone_E164"])
def test_a_namespace_goes_out_unchanged(namespace):
    told = json.loads(membership(settings(), change(namespace=namespace), (AUDIENCE,), AS_OF).text)
    assert list(told["body"]["xdmEntity"]["identityMap"]) == [namespace]


def test_half_a_character_is_refused_and_not_repeated():
    with pytest.raises(DataError, match="^data not_utf8$"):
        membership(settings(), change(id="a\ud800b"), (AUDIENCE,), AS_OF)


@pytest.mark.parametrize(
    ("time", "text", "ms"),
    [
        (datetime(2026, 11, 22, tzinfo=UTC), "2026-11-22T00:00:00.000Z", 1795305600000),
        (datetime(2026, 11, 22, 1, 2, 3, 456_999, tzinfo=UTC), "2026-11-22T01:02:03.456Z", 1795309323456),
        (datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=1))), "2026-11-22T00:00:00.000Z", 1795305600000),
        (datetime(2026, 11, 22), "2026-11-22T00:00:00.000Z", 1795305600000),
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01T00:00:00.000Z", 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), "1969-12-31T23:59:59.999Z", -1),
        (datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), "2038-01-19T03:14:08.000Z", 2**31 * 1000),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "9999-12-31T23:59:59.999Z", 253402300799999),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z", -62135596800000),
    ],
)
def test_times_are_utc_to_the_millisecond(time, text, ms):
    assert (instant(time), epoch_ms(time)) == (text, ms)


def test_a_request_is_its_messages():
    some = messages(3)
    assert [one["body"]["xdmEntity"]["_id"] for one in json.loads(envelope(some))["messages"]] == [one.change_id for one in some]
    assert envelope([]) == b'{"messages":[]}'


def test_the_key_of_a_request_is_of_what_it_brings():
    some = [Message("a", b"1"), Message("b", b"2")]
    assert idempotency_key(TOKEN, some) == hashlib.sha256(f"inlet\x1f{AUDIENCE}\x1f7\x1fa\x1fb".encode()).hexdigest()
    others = [
        idempotency_key(TOKEN, some[:1]), idempotency_key(TOKEN, some[::-1]), idempotency_key(TOKEN._replace(run_seq=8), some),
        idempotency_key(TOKEN._replace(sink_id="other"), some), idempotency_key(TOKEN._replace(audience_id="aud_1"), some),
    ]  # fmt: skip
    assert len({*others, idempotency_key(TOKEN, some)}) == 6
    assert idempotency_key(TOKEN._replace(chunk=4, chunks=9), some) == idempotency_key(TOKEN, some)


DEFINED = {"xdm_schema": "https://ns.adobe.com/shop/schemas/definitions", "dataset": "dataset2", "namespace": "CJA_AUDIENCES"}


def test_a_definition_names_the_audience_with_its_id():
    told = json.loads(definition(settings(definition=DEFINED), AUDIENCE, RUN).text)
    ref = {"id": DEFINED["xdm_schema"], "contentType": "application/vnd.adobe.xed-full+json;version=1"}
    assert told["header"] == {
        "schemaRef": ref, "imsOrgId": "ORG@AdobeOrg", "datasetId": "dataset2", "source": {"name": "cja_spark"},
        "createdAt": 1795305600000,
    }  # fmt: skip
    assert told["body"]["xdmMeta"] == {"schemaRef": ref}
    assert told["body"]["xdmEntity"] == {
        "_id": AUDIENCE, "identityMap": {"CJA_AUDIENCES": [{"id": AUDIENCE, "primary": True}]},
        "segmentName": f"Buyers ({AUDIENCE})", "segmentStatus": "ACTIVE", "version": "3", "description": "People who bought.",
    }  # fmt: skip


def test_a_definition_without_words_has_none():
    told = json.loads(definition(settings(definition=DEFINED), AUDIENCE, RUN._replace(description=None)).text)
    assert "description" not in told["body"]["xdmEntity"]


def test_a_deletion_names_the_flow_and_the_profile_and_no_membership():
    told = json.loads(deletion(settings(delete_flow="flow-9"), change(1, change_id="c1")).text)
    assert told["header"]["flowId"] == "flow-9"
    assert told["header"]["operations"] == {"data": "delete"}
    assert told["header"]["createdAt"] == 1795305600000
    assert {*told["body"]["xdmEntity"]} == {"_id", "identityMap"}


def test_an_exit_may_be_of_several_audiences():
    text = membership(settings(), change(status="exited", valid_until=None), ("aud_a", "aud_b"), AS_OF).text
    told = json.loads(text)["body"]["xdmEntity"]["segmentMembership"]["CJA"]
    assert {name: state["status"] for name, state in told.items()} == {"aud_a": "exited", "aud_b": "exited"}
