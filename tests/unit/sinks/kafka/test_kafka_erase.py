"""An erased person in a real Kafka: a tombstone per audience, and nothing of it is left behind compaction (KK1, S9)."""

import time

from cja_spark.sinks.chunk import ErasedKey
from tests.unit.sinks.kafka.rows import AUDIENCE, OTHER, RUN, change, token, values


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


def test_compaction_forgets_an_erased_profile_and_keeps_the_other_audiences_of_everybody(broker, opened):
    topic = broker.topic(
        "compacted", **{"cleanup.policy": "compact", "segment.ms": "300", "min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "100"}
    )
    sink = opened(topic=topic)
    for run_seq in (1, 2):
        for audience_id in (AUDIENCE, OTHER):
            sink.apply([change("ann", run_seq), change("bob", run_seq)], token(run_seq, audience_id=audience_id), RUN)
    sink.erase([ErasedKey("crm:ann", change("ann", 3), (AUDIENCE,))], token(1, audience_id="_erase"))
    expected = {(AUDIENCE, "bob", 2), (OTHER, "ann", 2), (OTHER, "bob", 2)}
    end = time.monotonic() + 120
    while (found := kept(broker, topic)) != expected and time.monotonic() < end:
        sink.apply([change("roll")], token(audience_id="aud_00000000000r"), RUN)  # begins a new segment: the last is never compacted
        time.sleep(0.5)
    assert found == expected


def kept(broker, topic):
    """Every state that is still in the topic, also those that a reader would overlook."""
    full = values(one for one in broker.messages(topic) if one.value() is not None)
    return {(one["audience_id"], one["id"], one["run_seq"]) for one in full if one["id"] != "roll"}
