"""What the sink sends to a real server: all changes of a chunk in batches, as the specification says (KH1, KH3)."""

import json
from datetime import timedelta

import pytest

from cja_spark.sinks.inlet.messages import idempotency_key
from tests.unit.sinks.inlet.given import AS_OF, DEFINED, HOST, RUN, TOKEN, change, changes, members, messages, rejected


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


@pytest.mark.fault("F4")
def test_an_older_run_that_comes_late_does_not_win(server, at):
    sink = at(server.port)
    sink.apply([change(1, op="exit", status="exited", valid_until=None)], TOKEN, RUN)
    before = AS_OF - timedelta(hours=4)
    late = change(1, change_id="late", asserted_at=before)
    sink.apply([late], TOKEN._replace(run_seq=6), RUN._replace(as_of=before))
    assert members(server) == {"email:p00001@example.com": "exited"}


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
