"""The sink against a real Kafka: a transaction per chunk, what dies amid it, erasure (KK1-KK3, K8)."""

import pytest

from cja_spark.sinks.chunk import Applied
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from tests.unit.sinks.kafka.rows import AUDIENCE, RUN, SHORT, change, changes, expected_ids, ids, sink_of, token, values


def test_a_chunk_is_one_transaction_that_a_reader_of_committed_messages_sees_whole(broker, topic, opened):
    rows = [change("ann"), change("bob", op="exit", status="exited", valid_until=None), *changes(500)]
    applied = opened().apply(rows, token(), RUN)
    found = broker.messages(topic)
    assert [(one.key().decode(), dict(one.headers())["op"].decode()) for one in found] == [
        (f"{AUDIENCE}\x1f{one.profile_key}", one.op) for one in rows
    ]
    size = sum(len(one.key()) + len(one.value()) + sum(len(name) + len(text) for name, text in one.headers()) for one in found)
    assert applied == Applied(acked=502, requests=1, sent_bytes=size)
    assert [one["status"] for one in values(found)][:2] == ["realized", "exited"]


def test_a_sink_goes_on_with_the_next_chunk_and_remembers_none(broker, topic, opened):
    sink = opened()
    first, second = changes(20), changes(20, start=20)
    assert [sink.apply(first, token(), RUN).acked, sink.apply(second, token(chunk=1), RUN).acked] == [20, 20]
    assert ids(broker.messages(topic)) == expected_ids(first, second)
    assert not sink.is_done(token())


def test_a_chunk_without_rows_needs_no_broker():
    from cja_spark.sinks.kafka.spec import Kafka

    nowhere = Kafka.model_validate({"name": "topic", "sink": "kafka", "bootstrap_servers": ["127.0.0.1:1"], "topic": "t"})
    assert KafkaSink(nowhere, AUDIENCE, 0, SHORT).apply([], token(), RUN) == Applied(acked=0)


@pytest.mark.parametrize("place", ["kafka.begin", "kafka.produced", "kafka.before_commit"])
@pytest.mark.fault("F1")
def test_what_dies_before_the_commit_is_seen_by_nobody_and_comes_once_when_it_is_run_again(broker, topic, opened, crash, place):
    rows = changes(50)
    dead = opened()
    crash(place, lambda: dead.apply(rows, token(), RUN))
    assert broker.messages(topic) == []
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    opened().apply(rows, token(), RUN)
    assert ids(broker.messages(topic)) == expected_ids(rows)
    assert len(broker.messages(topic, committed=False)) == (50 if place == "kafka.begin" else 100)


@pytest.mark.fault("F3")
def test_what_dies_behind_the_commit_comes_again_as_the_same_bytes(broker, topic, opened, crash):
    rows = changes(50)
    crash("kafka.after_commit", lambda: opened().apply(rows, token(), RUN))
    opened().apply(rows, token(), RUN)
    found = [(one.key(), one.value(), tuple(one.headers())) for one in broker.messages(topic)]
    assert found[:50] == found[50:]
    assert ids(broker.messages(topic)) == expected_ids(rows, rows)


def test_without_transactions_messages_come_at_least_once_and_no_owner_is_kept_out(broker, topic, opened, crash):
    rows = changes(30)
    crash("kafka.after_commit", lambda: opened(transactional=False).apply(rows, token(), RUN))
    old = opened(transactional=False)
    own(sink_of(broker, topic, transactional=False), AUDIENCE, SHORT)
    applied = old.apply(rows, token(), RUN)
    assert (applied.acked, applied.confirmed) == (30, False)
    assert ids(broker.messages(topic)) == expected_ids(rows, rows)
