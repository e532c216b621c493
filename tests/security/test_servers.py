"""B9: 20 ways to make an inlet's sink speak to a server inside; by redirects and by names that change too. Nothing is connected to (KH8)."""

import json
from pathlib import Path

import pytest

from cja_spark.sinks.chunk import FatalError
from cja_spark.sinks.inlet.addresses import TEST_MODE, checked
from cja_spark.sinks.inlet.place import Place, place_of
from cja_spark.sinks.inlet.post import Post, Timeouts
from cja_spark.sinks.inlet.sink import InletSink, open_inlet
from cja_spark.sinks.inlet.wire import Wire
from tests.servers.inlet import InletServer
from tests.servers.proxy import Proxy
from tests.unit.sinks.inlet.given import HOST, RUN, TOKEN, changes, persisted, settings

pytestmark = pytest.mark.fault("F15")

SERVERS = json.loads((Path(__file__).resolve().parent / "servers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def inside():
    """A server of this machine that would answer, were it asked."""
    with InletServer() as server:
        yield server


@pytest.fixture
def trap(inside):
    """The way to it, which counts who comes."""
    with Proxy(inside.port) as proxy:
        yield proxy
        assert proxy.connections == 0


def test_there_are_twenty():
    assert len({endpoint for _, endpoint in SERVERS}) == 20


@pytest.mark.parametrize(("what", "endpoint"), SERVERS, ids=[what for what, _ in SERVERS])
def test_no_endpoint_leads_inside(trap, what, endpoint):
    endpoint = endpoint.replace("PORT", str(trap.port))
    sink = open_inlet(settings(endpoint=endpoint, hosts=(place_of(endpoint).host,), rate_group="b9"), "aud_0", 0)
    with pytest.raises(FatalError, match="^address not_public$"):
        sink.apply(changes(1), TOKEN, RUN)
    sink.close()


@pytest.mark.parametrize("code", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize("header", ["Location", "Refresh", "Content-Location"])
def test_no_redirect_leads_inside(trap, code, header):
    target = f"http://127.0.0.1:{trap.port}/latest/meta-data"
    with InletServer() as server:
        server.always(do="status", code=code, headers={header: f"0;url={target}" if header == "Refresh" else target})
        place = Place("http", HOST, server.port)
        sink = InletSink(settings(rate_group="b9"), Wire(settings(), Post(place, lambda: ("127.0.0.1",), Timeouts(2, 2))))
        with pytest.raises(FatalError, match=f"^server http_{code}$"):
            sink.apply(changes(1), TOKEN, RUN)
        sink.close()
        assert len(server.requests) == 1


@pytest.mark.parametrize("first", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"]])
def test_no_name_leads_inside(trap, first):
    place = Place("https", HOST, trap.port)
    post = Post(place, lambda: checked(place, allow_private=False, resolve=lambda *_: first), Timeouts(2, 2))
    with pytest.raises(FatalError, match="^address not_public$"):
        post.post("/", {}, b"{}", 5)


def test_a_name_that_changes_after_it_was_checked_changes_nothing(trap, monkeypatch):
    """Rebinding: the second answer would lead to the trap, and nobody asks for it."""
    monkeypatch.setenv(TEST_MODE, "1")
    with InletServer() as server:
        answers = iter((["127.0.0.1"], ["127.0.0.2"]))
        place = Place("http", HOST, server.port)
        post = Post(place, lambda: checked(place, allow_private=True, resolve=lambda *_: next(answers)), Timeouts(2, 2))
        server.script({"do": "lost"})
        sink = InletSink(settings(rate_group="b9"), Wire(settings(), post))
        assert persisted(sink, changes(600))[0].acked == 600
        sink.close()
    assert next(answers) == ["127.0.0.2"]
