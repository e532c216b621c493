"""The sink against a real Kafka: transactions, owners, refusals (KK1-KK3, K8)."""

import logging
import random
import traceback

import pytest

from cja_spark.errors import ConfigurationError
from cja_spark.sinks.chunk import Applied, ErasedKey, FatalError, LostError, Rejected
from cja_spark.sinks.kafka.client import transactional_id
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from tests.servers.kafka import PASSWORD, STRANGER, USER
from tests.unit.sinks.kafka.rows import (
    AUDIENCE,
    OTHER,
    RUN,
    SHORT,
    change,
    changes,
    expected_ids,
    ids,
    secured,
    sink_of,
    token,
    values,
)


@pytest.fixture
def opened(broker, topic):
    """Sinks of one slot, closed in the end."""
    made = []

    def at(slot=0, **changed):
        made.append(KafkaSink(sink_of(broker, topic, **changed), AUDIENCE, slot, SHORT))
        return made[-1]

    yield at
    for one in made:
        one.close()


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
def test_what_dies_before_the_commit_is_seen_by_nobody_and_comes_once_when_it_is_run_again(broker, topic, opened, crash, place):
    rows = changes(50)
    dead = opened()
    crash(place, lambda: dead.apply(rows, token(), RUN))
    assert broker.messages(topic) == []
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    opened().apply(rows, token(), RUN)
    assert ids(broker.messages(topic)) == expected_ids(rows)
    assert len(broker.messages(topic, committed=False)) == (50 if place == "kafka.begin" else 100)


def test_what_dies_behind_the_commit_comes_again_as_the_same_bytes(broker, topic, opened, crash):
    rows = changes(50)
    crash("kafka.after_commit", lambda: opened().apply(rows, token(), RUN))
    opened().apply(rows, token(), RUN)
    found = [(one.key(), one.value(), tuple(one.headers())) for one in broker.messages(topic)]
    assert found[:50] == found[50:]
    assert ids(broker.messages(topic)) == expected_ids(rows, rows)


def test_an_older_owner_is_fenced_off_whichever_slot_it_has(broker, topic, opened):
    old = [opened(slot) for slot in (0, 1)]
    for sink in old:
        sink.apply(changes(5), token(), RUN)
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    for sink in old:
        with pytest.raises(LostError, match="kafka "):
            sink.apply(changes(5, start=100), token(chunk=1), RUN)
    assert len(broker.messages(topic)) == 10
    opened(1).apply(changes(5, start=200), token(chunk=1), RUN)
    assert ids(broker.messages(topic)) == expected_ids(changes(5), changes(5), changes(5, start=200))


def test_an_older_owner_is_told_where_the_client_lost_what_was_fatal(broker, topic, opened, monkeypatch):
    import confluent_kafka

    class Forgetful(confluent_kafka.Producer):
        """What the client does now and then: an error raised in a callback leaves a complaint without its cause."""

        def flush(self, *seconds):
            try:
                return super().flush(*seconds)
            except (SystemError, confluent_kafka.KafkaException):
                raise SystemError("<method 'flush'> returned NULL without setting an exception") from None

    monkeypatch.setattr(confluent_kafka, "Producer", Forgetful)
    old = opened()
    old.apply(changes(5), token(), RUN)
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    with pytest.raises(LostError, match="kafka _FENCED"):
        old.apply(changes(5, start=100), token(chunk=1), RUN)
    assert len(broker.messages(topic)) == 5


def test_what_an_older_owner_has_open_is_aborted_and_its_commit_refused(broker, topic):
    import confluent_kafka

    sink = sink_of(broker, topic)
    settings = {"bootstrap.servers": broker.server, "transactional.id": transactional_id(sink, AUDIENCE, 1), "log_level": 0}
    old = confluent_kafka.Producer(settings)
    old.init_transactions(10)
    old.begin_transaction()
    old.produce(topic, b"of the old owner", b"key")
    old.flush(10)
    own(sink, AUDIENCE, SHORT)
    with pytest.raises(confluent_kafka.KafkaException, match="FENCED|EPOCH"):
        old.commit_transaction(10)
    assert broker.messages(topic) == []
    assert len(broker.messages(topic, committed=False)) == 1


def test_owners_of_two_audiences_leave_each_other_alone(broker, topic, opened):
    sink = opened()
    sink.apply(changes(5), token(), RUN)
    own(sink_of(broker, topic), OTHER, SHORT)
    assert sink.apply(changes(5, start=5), token(chunk=1), RUN).acked == 5


def test_a_message_above_the_limit_is_a_letter_and_the_rest_goes_in_one_transaction(broker, topic, opened):
    poison = [change("p000003x", attrs='"' + "x" * 2000 + '"'), change("p000005x", id="\ud800")]
    applied = opened(max_message_bytes=2000).apply(sorted([*changes(10), *poison], key=lambda one: one.profile_key), token(), RUN)
    assert (applied.acked, applied.requests) == (10, 1)
    assert applied.rejected == (
        Rejected("0001-p000003x", "kafka", "MSG_SIZE_TOO_LARGE"), Rejected("0001-p000005x", "serialization", "not_utf8")
    )  # fmt: skip
    assert ids(broker.messages(topic)) == expected_ids(changes(10))


@pytest.mark.parametrize("transactional", [True, False])
def test_a_message_that_only_the_broker_finds_too_large_is_found_and_the_rest_comes_once(broker, request, transactional):
    topic = broker.topic(f"narrow_{transactional}", **{"max.message.bytes": "3000"})
    noise = random.Random(7).randbytes(4000).hex()
    rows = sorted([*changes(16), change("p000007x", attrs=f'"{noise}"')], key=lambda one: one.profile_key)
    sink = KafkaSink(sink_of(broker, topic, transactional=transactional), AUDIENCE, 0, SHORT)
    request.addfinalizer(sink.close)
    applied = sink.apply(rows, token(), RUN)
    assert (applied.acked, applied.rejected) == (16, (Rejected("0001-p000007x", "kafka", "MSG_SIZE_TOO_LARGE"),))
    found = ids(broker.messages(topic))
    assert found == expected_ids(changes(16)) if transactional else {*found} == {*expected_ids(changes(16))}


def test_an_erasure_is_a_tombstone_in_each_audience_of_the_person(broker, topic, opened):
    sink = opened()
    sink.apply([change("ann"), change("bob")], token(), RUN)
    gone = ErasedKey("crm:ann", change("ann", op="exit"), (AUDIENCE, OTHER))
    assert sink.erase([gone], token(audience_id="_erase")) == "deleted"
    assert [(one.key().decode().split("\x1f"), one.value()) for one in broker.messages(topic)][2:] == [
        ([AUDIENCE, "crm:ann"], None), ([OTHER, "crm:ann"], None)
    ]  # fmt: skip
    assert sink.erase([ErasedKey("crm:never", change("never"))], token(audience_id="_erase")) == "absent"
    assert len(broker.messages(topic)) == 4


def test_without_transactions_messages_come_at_least_once_and_no_owner_is_kept_out(broker, topic, opened, crash):
    rows = changes(30)
    crash("kafka.after_commit", lambda: opened(transactional=False).apply(rows, token(), RUN))
    old = opened(transactional=False)
    own(sink_of(broker, topic, transactional=False), AUDIENCE, SHORT)
    applied = old.apply(rows, token(), RUN)
    assert (applied.acked, applied.confirmed) == (30, False)
    assert ids(broker.messages(topic)) == expected_ids(rows, rows)


def test_a_topic_that_is_not_there_stops_the_sink(broker):
    sink = KafkaSink(sink_of(broker, "nowhere"), AUDIENCE, 0, SHORT._replace(topic=2))
    with pytest.raises(FatalError, match="UNKNOWN_TOPIC"):
        sink.apply(changes(3), token(), RUN)


@pytest.mark.parametrize("transactional", [True, False])
def test_a_user_with_the_right_password_is_taken(broker, topic, monkeypatch, transactional):
    monkeypatch.setenv("CJA_TEST_USER", USER)
    monkeypatch.setenv("CJA_TEST_PASSWORD", PASSWORD)
    own(secured(broker, topic, transactional=transactional), AUDIENCE, SHORT)
    sink = KafkaSink(secured(broker, topic, transactional=transactional), AUDIENCE, 0, SHORT)
    assert sink.apply(changes(3), token(), RUN).acked == 3
    sink.close()
    assert ids(broker.messages(topic)) == expected_ids(changes(3))


@pytest.mark.parametrize("transactional", [True, False])
@pytest.mark.parametrize(
    ("user", "password", "said"),
    [(USER, "canary-wrong-91", "_AUTHENTICATION|SASL_AUTHENTICATION_FAILED"), (STRANGER, PASSWORD, "AUTHORIZATION_FAILED|_TOPIC")],
    ids=["wrong password", "no rights"],
)
def test_a_user_who_is_refused_stops_the_sink_and_no_secret_is_told(
    broker, topic, monkeypatch, capfd, caplog, user, password, said, transactional
):
    monkeypatch.setenv("CJA_TEST_USER", user)
    monkeypatch.setenv("CJA_TEST_PASSWORD", password)
    caplog.set_level(logging.DEBUG)
    sink = KafkaSink(secured(broker, topic, transactional=transactional), AUDIENCE, 0, SHORT)
    rows = [change("canary-id-55")]
    with pytest.raises(FatalError, match=said) as raised:
        sink.apply(rows, token(), RUN)
    sink.close()
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__context__) + caplog.text + "".join(capfd.readouterr())
    assert not [word for word in (password, user, "canary-id-55", broker.sasl_server) if word in told]
    assert broker.messages(topic) == []


def test_a_secret_that_only_the_driver_has_stops_the_sink(broker, topic, monkeypatch):
    monkeypatch.setenv("CJA_TEST_USER", USER)
    monkeypatch.delenv("CJA_TEST_PASSWORD", raising=False)
    with pytest.raises(ConfigurationError, match=r"security\.password.*CJA_TEST_PASSWORD"):
        own(secured(broker, topic), AUDIENCE, SHORT)
    with pytest.raises(FatalError, match="configuration missing"):
        KafkaSink(secured(broker, topic), AUDIENCE, 0, SHORT)
