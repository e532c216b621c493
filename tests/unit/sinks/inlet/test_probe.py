"""Whether an inlet is there, as `cja doctor` asks: it is connected to, and nothing is sent."""

import socket

import pytest

from cja_spark.errors import ConfigurationError, UnavailableError
from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.reach import reach
from tests.unit.sinks.inlet.given import settings


@pytest.fixture
def closed():
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_an_inlet_that_is_there_is_sent_nothing(server, at):
    at(server.port).probe()
    assert server.requests == []


def test_one_that_is_away_may_come_back(closed, at):
    with pytest.raises(RetryableError, match="network connect"):
        at(closed).probe()


def test_one_that_is_not_who_it_should_be_is_refused(secure, authority, at):
    with pytest.raises((FatalError, RetryableError)):
        at(secure.port, ca=authority.ca, host="another.test").probe()


def test_the_doctor_says_whether_to_wait_or_to_mend(closed):
    there = settings(endpoint=f"https://127.0.0.1:{closed}", hosts=("127.0.0.1",), allow_private=True)
    with pytest.raises(UnavailableError, match="sink 'inlet': network connect. It is away"):
        reach(None, there)
    refused = there.model_copy(update={"allow_private": False})
    with pytest.raises(ConfigurationError, match="refuses with what it was given"):
        reach(None, refused)
