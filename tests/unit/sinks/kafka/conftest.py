"""One Kafka for all tests of a process, and a topic for each."""

import pytest

from tests.servers.kafka import Broker, lacking


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
