"""Rows that a real server refuses: exactly those are letters, however the refusal is said (KH4, KH6, K6)."""

import pytest

from cja_spark.sinks.chunk import RetryableError
from tests.unit.sinks.inlet.given import RUN, TOKEN, change, changes, persisted, rejected


@pytest.mark.parametrize("named", ["status", "statusCode"])
@pytest.mark.parametrize("count", [1, 50, 99, 100])
@pytest.mark.fault("F5")
def test_f5_refused_entries_of_207_are_exactly_the_letters(server, at, named, count):
    server.script({"do": "take", "named": named, "items": {str(place): 400 for place in range(count)}})
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert applied.acked == 100 - count
    assert rejected(applied) == {one.change_id: ("data", "item_400") for one in changes(count)}
    assert len(server.requests) == 1
    assert len(server.told["memberships"]) == 100 - count


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
@pytest.mark.fault("F5")
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
@pytest.mark.fault("F5")
def test_f5_a_refused_request_is_halved_down_to_the_poison(server, at, code, count):
    poison = [one.id for one in changes(100)[::3][:count]]
    server.always(do="status", code=code, words=poison)
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert rejected(applied) == {one.change_id: ("data", f"http_{code}") for one in changes(100) if one.id in poison}
    assert len(server.told["memberships"]) == 100 - count


@pytest.mark.fault("F5")
def test_413_is_halved(server, at):
    server.always(do="status", code=413, most=30)
    applied = at(server.port).apply(changes(100), TOKEN, RUN)
    assert (applied.acked, applied.requests, applied.rejected) == (100, 7, ())


@pytest.mark.fault("F5")
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
