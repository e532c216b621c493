"""How fast changes go into Kafka: `python -m benchmarks.delivery_kafka`; what a reader sees is compared before any time is printed.

Two processes deliver chunks of 10,000, as two tasks of a wave do, into a broker on the same machine. Beside it, what the
client alone needs for the same bytes: one process, no transactions, nothing made of a change.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from pathlib import Path

from cja_spark.sinks.kafka.messages import message
from cja_spark.sinks.kafka.own import own
from cja_spark.sinks.kafka.sink import KafkaSink
from cja_spark.sinks.kafka.spec import Kafka
from tests.servers.kafka import Broker
from tests.unit.sinks.kafka.rows import AUDIENCE, RUN, change, token

CHUNK, TASKS, TARGET = 10_000, 2, 30_000


def chunk(number: int) -> list:
    start = number * CHUNK
    return [change(f"p{at:08d}", attrs='{"tier":"gold","orders":12}') for at in range(start, start + CHUNK)]


def task(sink: Kafka, slot: int, chunks: int, start, done) -> None:
    """One task of the waves: every second chunk."""
    mine = {number: chunk(number) for number in range(slot, chunks, TASKS)}
    opened = KafkaSink(sink, AUDIENCE, slot)
    start.wait()
    for number, rows in mine.items():
        assert opened.apply(rows, token(chunk=number), RUN).acked == CHUNK
    done.wait()
    opened.close()


def delivered(broker: Broker, topic: str, chunks: int) -> float:
    """Seconds from the first chunk to the last commit, opening the transactions included."""
    given = {"name": "topic", "sink": "kafka", "bootstrap_servers": [broker.server], "topic": broker.topic(topic)}
    sink = Kafka.model_validate({**given, "concurrency": TASKS})
    own(sink, AUDIENCE)
    start, done = (multiprocessing.Barrier(TASKS + 1) for _ in range(2))
    tasks = [multiprocessing.Process(target=task, args=(sink, slot, chunks, start, done)) for slot in range(TASKS)]
    for one in tasks:
        one.start()
    start.wait()
    begun = time.monotonic()
    done.wait()
    seconds = time.monotonic() - begun
    for one in tasks:
        one.join()
    return seconds


def plain(broker: Broker, topic: str, chunks: int) -> float:
    """Seconds of the client alone."""
    from confluent_kafka import Producer

    broker.topic(topic)
    made = [message(one, token()) for number in range(chunks) for one in chunk(number)]
    settings = {"bootstrap.servers": broker.server, "acks": "all", "enable.idempotence": True, "compression.type": "lz4"}
    producer = Producer({**settings, "linger.ms": 20, "queue.buffering.max.messages": len(made) + 1})
    begun = time.monotonic()
    for one in made:
        producer.produce(topic, one.value, one.key, headers=list(one.headers))
    producer.flush(120)
    return time.monotonic() - begun


def differs(broker: Broker, topic: str, chunks: int) -> str | None:
    """What of the topic is not what was delivered."""
    found: dict[bytes, bytes] = {}
    messages = broker.messages(topic)
    for one in messages:
        found[one.key()] = one.value()
    expected = {one.key: one.value for number in range(chunks) for one in (message(row, token()) for row in chunk(number))}
    return None if found == expected and len(messages) == len(expected) else f"{topic}: {len(messages)} messages of {len(expected)}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=300_000)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    chunks = options.records // CHUNK
    broker = Broker(Path(tempfile.mkdtemp(prefix="kafka_"))).start()
    ours, theirs = [], []
    try:
        for number in range(options.rounds):
            ours.append(delivered(broker, f"ours_{number}", chunks))
            theirs.append(plain(broker, f"plain_{number}", chunks))
            for topic in (f"ours_{number}", f"plain_{number}"):
                if said := differs(broker, topic, chunks):
                    print(said)
                    return 1
    finally:
        broker.stop()
    rate, beside = (chunks * CHUNK / statistics.median(some) for some in (ours, theirs))
    print(f"Kafka: {rate:,.0f} records/s by {TASKS} tasks (target {TARGET:,}); the client alone, one process, {beside:,.0f}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
