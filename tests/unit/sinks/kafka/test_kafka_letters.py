"""Messages that a real Kafka does not take are letters, and the others go (KK3, K6)."""

import random

import pytest

from cja_spark.sinks.chunk import Rejected
from tests.unit.sinks.kafka.rows import RUN, change, changes, expected_ids, ids, token


@pytest.mark.fault("F5")
def test_a_message_above_the_limit_is_a_letter_and_the_rest_goes_in_one_transaction(broker, topic, opened):
    poison = [change("p000003x", attrs='"' + "x" * 2000 + '"'), change("p000005x", id="\ud800")]
    applied = opened(max_message_bytes=2000).apply(sorted([*changes(10), *poison], key=lambda one: one.profile_key), token(), RUN)
    assert (applied.acked, applied.requests) == (10, 1)
    assert applied.rejected == (
        Rejected("0001-p000003x", "kafka", "MSG_SIZE_TOO_LARGE"), Rejected("0001-p000005x", "serialization", "not_utf8")
    )  # fmt: skip
    assert ids(broker.messages(topic)) == expected_ids(changes(10))


@pytest.mark.parametrize("transactional", [True, False])
@pytest.mark.fault("F5")
def test_a_message_that_only_the_broker_finds_too_large_is_found_and_the_rest_comes_once(broker, opened, transactional):
    topic = broker.topic(f"narrow_{transactional}", **{"max.message.bytes": "3000"})
    noise = random.Random(7).randbytes(4000).hex()
    rows = sorted([*changes(16), change("p000007x", attrs=f'"{noise}"')], key=lambda one: one.profile_key)
    applied = opened(topic=topic, transactional=transactional).apply(rows, token(), RUN)
    assert (applied.acked, applied.rejected) == (16, (Rejected("0001-p000007x", "kafka", "MSG_SIZE_TOO_LARGE"),))
    found = ids(broker.messages(topic))
    assert found == expected_ids(changes(16)) if transactional else {*found} == {*expected_ids(changes(16))}
