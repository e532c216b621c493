"""One Kafka for all tests of a process, a topic for each, and sinks that write to it."""

import pytest

from cja_spark.sinks.kafka.sink import KafkaSink
from tests.servers.kafka import Broker, lacking
from tests.unit.sinks.kafka.rows import AUDIENCE, SHORT, sink_of


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    try:
        import confluent_kafka  # noqa: F401
    except ImportError:
        lacking("confluent-kafka is not installed")
    server = Broker(tmp_path_factory.mktemp("kafka"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def topic(broker, request):
    return broker.topic("".join(letter if letter.isalnum() else "_" for letter in request.node.name)[:200])


@pytest.fixture
def opened(broker, request):
    """Sinks of one slot, into the test's topic where it names no other; closed in the end."""
    made = []

    def at(slot=0, *, topic=None, patience=SHORT, **changed):
        spec = sink_of(broker, topic or request.getfixturevalue("topic"), **changed)
        made.append(KafkaSink(spec, AUDIENCE, slot, patience))
        return made[-1]

    yield at
    for one in made:
        one.close()
