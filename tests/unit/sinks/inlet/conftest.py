"""Servers that the tests of one file share: an inlet, one over TLS, and the authority that its certificate is of."""

import tempfile

import pytest

from tests.servers.certificates import Authority
from tests.servers.inlet import InletServer
from tests.unit.sinks.inlet.given import HOST, sink_at


@pytest.fixture(scope="session", autouse=True)
def own_places(tmp_path_factory):
    """Places at rates in a folder of these tests."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("places"))
    yield
    tempfile.tempdir = before


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def good(authority):
    return authority.pair("good", HOST, "localhost", "127.0.0.1")


@pytest.fixture(scope="session")
def _plain():
    with InletServer() as running:
        yield running


@pytest.fixture(scope="session")
def _secure(good):
    with InletServer(good) as running:
        yield running


@pytest.fixture
def server(_plain):
    """An inlet that behaves well and knows nothing."""
    _plain.forget()
    return _plain


@pytest.fixture
def secure(_secure):
    """The same over TLS."""
    _secure.forget()
    return _secure


@pytest.fixture
def at():
    """Make sinks that speak to a port; they are closed with the test."""
    made = []

    def made_at(port, **changed):
        made.append(sink_at(port, **{"rate_group": f"g{len(made)}", **changed}))
        return made[-1]

    yield made_at
    for one in made:
        one.close()
