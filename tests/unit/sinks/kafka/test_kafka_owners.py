"""Owners of a sink's slots: a newer one fences an older one off, and those of two audiences leave each other alone (KK2)."""

import threading
import time

import pytest

from cja_spark.failpoints import forget_hits, never_hit
from cja_spark.sinks.chunk import LostError
from cja_spark.sinks.kafka.client import transactional_id
from cja_spark.sinks.kafka.own import own
from tests.unit.sinks.kafka.rows import AUDIENCE, OTHER, RUN, SHORT, changes, expected_ids, ids, sink_of, token


@pytest.mark.fault("F8")
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


@pytest.mark.fault("F8")
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


@pytest.mark.fault("F8")
def test_owners_of_two_audiences_leave_each_other_alone(broker, topic, opened):
    sink = opened()
    sink.apply(changes(5), token(), RUN)
    own(sink_of(broker, topic), OTHER, SHORT)
    assert sink.apply(changes(5, start=5), token(chunk=1), RUN).acked == 5


@pytest.mark.fault("F8")
def test_an_owner_that_is_fenced_off_amid_its_chunk_is_lost_and_nothing_of_it_is_seen(broker, topic, opened, monkeypatch):
    old, faults = opened(1), []
    old.apply(changes(5), token(), RUN)
    monkeypatch.setenv("CJA_FAILPOINTS", "kafka.before_commit=sleep:5")
    forget_hits()

    def deliver():
        try:
            old.apply(changes(5, start=5), token(chunk=1), RUN)
        except LostError as fault:
            faults.append(fault)

    thread = threading.Thread(target=deliver)
    thread.start()
    while never_hit():  # until it waits with its transaction open, all of its messages there
        time.sleep(0.01)
    own(sink_of(broker, topic), AUDIENCE, SHORT)
    assert thread.is_alive()
    thread.join(120)
    assert [type(fault) for fault in faults] == [LostError]
    assert ids(broker.messages(topic)) == expected_ids(changes(5))
