"""The sink against a real server that misbehaves: nothing lost, nothing taken that was not acknowledged, letters exact."""

import json
import traceback
from datetime import timedelta

import pytest

from cja_spark.sinks.chunk import DataError, ErasedKey, FatalError, RetryableError
from cja_spark.sinks.inlet.messages import idempotency_key
from tests.servers.inlet import MANGLED
from tests.servers.proxy import Proxy
from tests.unit.sinks.inlet.given import AS_OF, AUDIENCE, HOST, RUN, TOKEN, change, changes, messages, persisted

DEFINED = {"xdm_schema": "https://ns.adobe.com/shop/schemas/definitions", "dataset": "dataset2", "namespace": "CJA_AUDIENCES"}


def members(server):
    return {key.partition(" ")[2]: state["status"] for key, state in server.told["memberships"].items()}


def rejected(applied):
    return {one.change_id: (one.error_class, one.error_code) for one in applied.rejected}


def test_all_changes_of_a_chunk_arrive_in_batches(server, at):
    applied = at(server.port).apply(changes(1001), TOKEN, RUN)
    told = server.told
    assert [len(one["ids"]) for one in told["requests"]] == [500, 500, 1]
    assert applied._replace(sent_bytes=0) == (1001, (), 0, 3, 0, False)
    assert applied.sent_bytes == sum(one["bytes"] for one in told["requests"])
    assert {*told["taken"].values()} == {1}
    assert len(told["memberships"]) == 1001


def test_a_request_is_what_the_specification_says(server, at, monkeypatch):
    monkeypatch.setenv("INLET_TOKEN", "hunter2-token")
    server.keep_bodies()
    at(server.port, token="${env:INLET_TOKEN}", flow="flow-1").apply(changes(2), TOKEN, RUN)
    [one] = server.requests
    some = messages(2)
    assert one["body"] == f'{{"messages":[{some[0].text.decode()},{some[1].text.decode()}]}}'
    assert one["path"] == "/collection/batch/c0nnect10n"
    assert one["headers"] == {
        "host": f"{HOST}:{server.port}", "connection": "close", "accept-encoding": "identity", "content-type": "application/json",
        "accept": "application/json", "user-agent": "cja_spark", "idempotency-key": idempotency_key(TOKEN, some),
        "x-cja-run-seq": "7", "x-adobe-flow-id": "flow-1", "authorization": "Bearer hunter2-token",
        "content-length": str(one["bytes"]),
    }  # fmt: skip


def test_nothing_to_tell_is_no_request(server, at):
    assert at(server.port, definition=DEFINED).apply([], TOKEN, RUN) == (0, (), 0, 0, 0, False)
    assert server.requests == []


def test_an_inlet_remembers_no_chunk(server, at):
    sink = at(server.port)
    sink.apply(changes(1), TOKEN, RUN)
    assert not sink.is_done(TOKEN)


def test_an_exit_is_sent_wherever_the_profile_is(server, at):
    at(server.port).apply([change(1, op="exit", status="exited", valid_until=None)], TOKEN, RUN)
    assert members(server) == {"email:p00001@example.com": "exited"}


def test_an_older_run_that_comes_late_does_not_win(server, at):
    sink = at(server.port)
    sink.apply([change(1, op="exit", status="exited", valid_until=None)], TOKEN, RUN)
    before = AS_OF - timedelta(hours=4)
    late = change(1, change_id="late", asserted_at=before)
    sink.apply([late], TOKEN._replace(run_seq=6), RUN._replace(as_of=before))
    assert members(server) == {"email:p00001@example.com": "exited"}


@pytest.mark.parametrize("mangle", sorted(MANGLED))
def test_an_answer_that_cannot_be_read_is_no_success_and_the_same_bytes_go_again(server, at, mangle):
    server.script({"do": "take", "mangle": mangle})
    applied, faults = persisted(at(server.port), changes(3))
    assert len(faults) == 1
    one, other = server.requests
    assert (one["sha"], one["headers"]["idempotency-key"]) == (other["sha"], other["headers"]["idempotency-key"])
    assert (applied.acked, applied.requests) == (3, 2)
    assert {*server.told["taken"].values()} == {2}


CUT = [
    {"do": "hang"}, {"do": "deaf"}, {"do": "lost"}, {"do": "reset"}, {"do": "flood"}, {"do": "raw", "text": ""},
    {"do": "raw", "text": "HTTP/1.1 207"}, {"do": "raw", "text": "nonsense\r\n\r\n"}, {"do": "raw", "text": "HTTP/1.1 xyz OK\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: 5\r\n\r\n{}"}, {"do": "raw", "text": f"HTTP/1.1 207 {'x' * 70_000}\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\n" + "A: b\r\n" * 200 + "\r\n"}, {"do": "take", "drip": 0.3},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: -1\r\n\r\n{}"}, {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: x\r\n\r\n{}"},
    {"do": "raw", "text": "HTTP/1.1 103 X\r\n\r\n"}, {"do": "raw", "text": "HTTP/0.9 207 X\r\n\r\n{}"}, {"do": "early", "code": 207},
]  # fmt: skip


@pytest.mark.parametrize("behaviour", CUT, ids=lambda one: str(one)[:50])
def test_a_connection_that_breaks_at_any_place_loses_nothing(server, at, behaviour):
    server.script(behaviour)
    applied, faults = persisted(at(server.port, timeouts=(0.5, 0.5)), changes(20))
    assert (len(faults), applied.acked, applied.rejected) == (1, 20, ())
    assert faults[0].error_class in ("network", "unknown")
    assert len(server.told["memberships"]) == 20


RETRIED = [408, 409, 425, 429, 500, 502, 503, 504, 505, 520]


@pytest.mark.parametrize("code", RETRIED)
def test_a_passing_fault_is_waited_out(server, at, code):
    server.script({"do": "status", "code": code}, {"do": "status", "code": code})
    applied, faults = persisted(at(server.port), changes(3))
    assert [(str(fault), fault.costs_attempt) for fault in faults] == [(f"server http_{code}", True)] * 2
    assert (applied.acked, applied.requests, len(server.told["taken"])) == (3, 3, 3)


@pytest.mark.parametrize(("text", "found"), [("3", 3.0), ("0", 0.0), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", None)])
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_told_to_who_waits(server, at, code, text, found):
    server.script({"do": "status", "code": code, "headers": {"Retry-After": text}})
    _, [fault] = persisted(at(server.port), changes(1))
    assert (fault.retry_after, fault.costs_attempt) == (found, found is None)


FATAL = [301, 302, 303, 307, 308, 401, 403, 404, 405, 410, 501]


@pytest.mark.parametrize("code", FATAL)
def test_what_waiting_will_not_mend_stops_the_sink(server, at, code):
    server.always(do="status", code=code, headers={"Location": f"http://127.0.0.1:{server.port}/elsewhere"})
    with pytest.raises(FatalError, match=f"^server http_{code}$"):
        at(server.port).apply(changes(3), TOKEN, RUN)
    assert [one["path"] for one in server.requests] == ["/collection/batch/c0nnect10n"]
    assert server.told["taken"] == {}


@pytest.mark.parametrize("named", ["status", "statusCode"])
@pytest.mark.parametrize("count", [1, 50, 99, 100])
def test_f5_refused_entries_of_207_are_exactly_the_letters(server, at, named, count):
    server.script({"do": "take", "named": named, "items": {str(place): 400 for place in range(count)}})
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert applied.acked == 100 - count
    assert rejected(applied) == {one.change_id: ("data", "item_400") for one in changes(count)}
    assert len(server.requests) == 1
    assert len(server.told["memberships"]) == 100 - count


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_entries_with_passing_faults_go_again_and_no_others(server, at, status):
    server.script({"do": "take", "items": {"0": status, "7": status, "9": 422}})
    applied, [fault] = persisted(at(server.port), changes(10))
    assert str(fault) == f"item item_{status}"
    first, again = server.requests
    assert again["ids"] == [first["ids"][0], first["ids"][7]]
    assert again["headers"]["idempotency-key"] != first["headers"]["idempotency-key"]
    assert rejected(applied) == {changes(10)[9].change_id: ("data", "item_422")}
    assert (applied.acked, {*server.told["taken"].values()}) == (9, {1})


@pytest.mark.parametrize("code", [400, 422])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_f5_a_refused_request_is_halved_down_to_the_poison(server, at, code, count):
    poison = [one.id for one in changes(100)[::3][:count]]
    server.always(do="status", code=code, words=poison)
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert rejected(applied) == {one.change_id: ("data", f"http_{code}") for one in changes(100) if one.id in poison}
    assert len(server.told["memberships"]) == 100 - count


def test_413_is_halved(server, at):
    server.always(do="status", code=413, most=30)
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert (applied.acked, applied.requests, applied.rejected) == (100, 7, ())


def test_413_before_the_body_was_read_is_halved_too(server, at):
    server.script({"do": "early", "code": 413})
    applied, faults = persisted(at(server.port), changes(500))
    assert (applied.acked, faults) == (500, [])
    assert [len(one["ids"]) for one in server.requests] == [0, 250, 250]


def test_a_message_above_the_limit_is_a_letter_and_never_sent(server, at):
    large = change(2, id="x" * 900_000)
    applied = at(server.port).apply([change(1), large, change(3)], TOKEN, RUN)
    assert (applied.acked, rejected(applied)) == (2, {large.change_id: ("data", "too_large")})


def test_a_text_that_is_none_is_a_letter(server, at):
    odd = change(2, id="a\ud800")
    applied = at(server.port).apply([change(1), odd], TOKEN, RUN)
    assert (applied.acked, rejected(applied)) == (1, {odd.change_id: ("data", "not_utf8")})


def test_500_for_the_same_bytes_five_times_while_others_succeed_is_poison(server, at):
    poison = changes(600)[7]
    server.always(do="status", code=500, words=[poison.id])
    applied, faults = persisted(at(server.port), changes(600), attempts=12)
    assert (applied.acked, rejected(applied)) == (599, {poison.change_id: ("data", "http_500")})
    assert {str(fault) for fault in faults} == {"server http_500"}


def test_500_for_all_is_no_poison(server, at):
    server.always(do="status", code=500)
    sink = at(server.port)
    for _ in range(15):
        with pytest.raises(RetryableError, match="server http_500"):
            sink.apply(changes(20), TOKEN, RUN)
    server.always(do="take")
    assert persisted(sink, changes(20))[0].acked == 20


def test_a_chunk_that_is_tried_again_goes_on_where_it_was(server, at):
    server.script({"do": "take"}, {"do": "status", "code": 503})
    applied, _ = persisted(at(server.port), changes(1000))
    assert [len(one["ids"]) for one in server.requests] == [500, 500, 500]
    assert (applied.acked, applied.requests, {*server.told["taken"].values()}) == (1000, 3, {1})


def test_the_next_chunk_begins_anew(server, at):
    sink = at(server.port)
    sink.apply(changes(3), TOKEN, RUN)
    again = sink.apply(changes(3), TOKEN._replace(run_seq=8), RUN)
    assert (again.acked, again.requests) == (3, 1)
    assert {*server.told["taken"].values()} == {2}


def test_another_sink_sends_the_chunk_as_the_first_did(server, at):
    """A crash between: equal requests, so a receiver that honours keys or ids sees them once (T15)."""
    for _ in range(2):
        at(server.port).apply(changes(700), TOKEN, RUN)
    first, second, *again = [(one["sha"], one["headers"]["idempotency-key"]) for one in server.requests]
    assert again == [first, second]


def test_an_answer_that_comes_twice_is_read_once(server, at):
    server.script({"do": "take", "twice": True}, {"do": "take", "items": {"0": 400}})
    sink = at(server.port)
    assert sink.apply(changes(2), TOKEN, RUN).acked == 2
    assert sink.apply(changes(2), TOKEN._replace(chunk=3), RUN).acked == 1


def test_each_request_has_a_connection_of_its_own(server, at):
    with Proxy(server.port) as proxy:
        at(proxy.port, messages=10).apply(changes(100), TOKEN, RUN)
        assert proxy.connections == len(server.requests) == 10


def test_a_definition_comes_before_the_first_rows_of_each_chunk(server, at):
    sink = at(server.port, definition=DEFINED)
    applied = sink.apply(changes(2), TOKEN, RUN)
    assert [one["ids"] for one in server.requests] == [[AUDIENCE], [one.change_id for one in changes(2)]]
    assert (applied.acked, applied.requests) == (2, 2)
    sink.apply(changes(2), TOKEN._replace(chunk=3), RUN._replace(name="Renamed"))
    assert server.told["definitions"][AUDIENCE]["segmentName"] == f"Renamed ({AUDIENCE})"


def test_a_definition_is_told_once_for_a_chunk_however_often_it_is_tried(server, at):
    server.script({"do": "take"}, {"do": "status", "code": 503})
    persisted(at(server.port, definition=DEFINED), changes(2))
    assert [len(one["ids"]) for one in server.requests] == [1, 2, 2]


@pytest.mark.parametrize(("behaviour", "error", "text"), [
    ({"do": "take", "items": {"0": 400}}, FatalError, "definition item_400"), ({"do": "status", "code": 400}, FatalError, "definition http_400"),
    ({"do": "take", "items": {"0": 503}}, RetryableError, "definition item_503"), ({"do": "status", "code": 503}, RetryableError, "server http_503"),
])  # fmt: skip
def test_no_rows_leave_before_their_definition_is_taken(server, at, behaviour, error, text):
    server.always(**behaviour)
    with pytest.raises(error, match=f"^{text}$"):
        at(server.port, definition=DEFINED).apply(changes(2), TOKEN, RUN)
    assert server.told["memberships"] == {}


def test_a_token_that_was_refused_is_read_again_once(server, at, tmp_path):
    file = tmp_path / "token"
    file.write_text("old\n")
    sink = at(server.port, token=f"${{file:{file}}}")
    sink.apply(changes(1), TOKEN, RUN)
    file.write_text("new\n")
    server.script({"do": "status", "code": 401})
    assert sink.apply(changes(2), TOKEN._replace(chunk=3), RUN).acked == 2
    assert [one["headers"]["authorization"] for one in server.requests] == ["Bearer old", "Bearer old", "Bearer new"]
    assert server.requests[1]["sha"] == server.requests[2]["sha"]
    server.always(do="status", code=401)
    with pytest.raises(FatalError, match="^server http_401$"):
        sink.apply(changes(2), TOKEN._replace(chunk=4), RUN)
    assert len(server.requests) == 5


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-More: 1", "a\x00b", "schlüssel"])
def test_a_token_that_no_header_can_carry_stops_the_sink_and_is_not_repeated(server, at, monkeypatch, tmp_path, token):
    file = tmp_path / "token"
    file.write_bytes(token.encode())
    with pytest.raises(FatalError, match="^configuration token$"):
        at(server.port, token=f"${{file:{file}}}").apply(changes(1), TOKEN, RUN)
    assert server.requests == []


def test_one_message_at_a_time_may_be_validated_at_once(server, at):
    server.always(do="take", code=200, single="pass")
    sink = at(server.port, validation="synchronous")
    sink.wire.calls.part = 1000.0
    applied = sink.apply(changes(3), TOKEN, RUN)
    assert (applied.acked, applied.requests, applied.confirmed) == (3, 3, True)
    assert {one["path"] for one in server.requests} == {"/collection/c0nnect10n?syncValidation=true"}
    server.script({"do": "status", "code": 400, "body": json.dumps({"report": {"message": "p00001@example.com"}})})
    refused = sink.apply(changes(2), TOKEN._replace(chunk=3), RUN)
    assert rejected(refused) == {changes(1)[0].change_id: ("data", "http_400")}


def keys(count, audiences=(AUDIENCE,)):
    exits = [change(number, op="erase", status="exited", valid_until=None, change_id=f"erase{number}") for number in range(1, count + 1)]
    return [ErasedKey(one.profile_key, one, audiences) for one in exits]


ERASE = TOKEN._replace(audience_id="_erase")


def test_kh9_an_erased_person_is_deleted_by_a_flow_that_can(server, at):
    sink = at(server.port, delete_flow="flow-9")
    sink.apply(changes(3), TOKEN, RUN)
    assert sink.erase(keys(2), ERASE) == "deleted"
    assert {*members(server)} == {"email:p00003@example.com"}
    assert server.requests[-1]["headers"]["x-adobe-flow-id"] == "flow-9"


def test_kh9_without_a_flow_an_erased_person_leaves(server, at):
    sink = at(server.port)
    sink.apply(changes(3), TOKEN, RUN)
    assert sink.erase(keys(2), ERASE) == "exit_only"
    assert members(server) == {"email:p00001@example.com": "exited", "email:p00002@example.com": "exited", "email:p00003@example.com": "realized"}


def test_kh9_who_was_in_no_audience_is_told_nothing_of(server, at):
    assert at(server.port).erase(keys(2, ()), ERASE) == "absent"
    assert server.requests == []


def test_kh9_a_refused_erasure_is_no_erasure(server, at):
    server.always(do="take", items={"1": 400})
    with pytest.raises(DataError, match="^data item_400$"):
        at(server.port).erase(keys(2), ERASE)


SECRETS = ("hunter2", "p00001@example.com", "c0nnect10n")
LEAKY = [*CUT, {"do": "status", "code": 403, "body": "p00001@example.com hunter2"}, {"do": "status", "code": 503, "body": "p00001@example.com"},
         {"do": "status", "code": 302, "headers": {"Location": "https://x.test/?p00001@example.com"}},
         *({"do": "take", "mangle": name} for name in sorted(MANGLED)), {"do": "take", "items": {"0": 400}}]  # fmt: skip


@pytest.mark.parametrize("behaviour", LEAKY, ids=lambda one: str(one)[:50])
def test_i8_no_error_holds_a_secret_an_identity_or_a_word_of_the_server(server, at, monkeypatch, behaviour):
    monkeypatch.setenv("INLET_TOKEN", "hunter2")
    server.always(**behaviour)
    sink = at(server.port, timeouts=(0.3, 0.3), token="${env:INLET_TOKEN}")
    try:
        said = repr(sink.apply(changes(1), TOKEN, RUN).rejected)
    except (RetryableError, FatalError) as error:
        said = "".join(traceback.format_exception(error)) + repr(error.__dict__)
    assert [secret for secret in SECRETS if secret in said] == []
