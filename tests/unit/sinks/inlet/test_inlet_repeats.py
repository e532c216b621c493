"""A chunk that comes again, from the same sink or from another: what is acknowledged is not sent twice by one, and alike by both."""

from tests.servers.proxy import Proxy
from tests.unit.sinks.inlet.given import RUN, TOKEN, changes, persisted


def test_a_chunk_that_is_tried_again_goes_on_where_it_was(server, at):
    server.script({"do": "take"}, {"do": "status", "code": 503})
    applied, _ = persisted(at(server.port), changes(1000))
    assert [len(one["ids"]) for one in server.requests] == [500, 500, 500]
    assert (applied.acked, applied.requests, {*server.told["taken"].values()}) == (1000, 3, {1})


def test_the_next_chunk_begins_anew(server, at):
    sink = at(server.port)
    sink.apply(changes(3), TOKEN, RUN)
    again = sink.apply(changes(3), TOKEN._replace(run_seq=8), RUN)
    assert (again.acked, again.requests) == (3, 1)
    assert {*server.told["taken"].values()} == {2}


def test_another_sink_sends_the_chunk_as_the_first_did(server, at):
    """A crash between: equal requests, so a receiver that honours keys or ids sees them once (T15)."""
    for _ in range(2):
        at(server.port).apply(changes(700), TOKEN, RUN)
    first, second, *again = [(one["sha"], one["headers"]["idempotency-key"]) for one in server.requests]
    assert again == [first, second]


def test_an_answer_that_comes_twice_is_read_once(server, at):
    server.script({"do": "take", "twice": True}, {"do": "take", "items": {"0": 400}})
    sink = at(server.port)
    assert sink.apply(changes(2), TOKEN, RUN).acked == 2
    assert sink.apply(changes(2), TOKEN._replace(chunk=3), RUN).acked == 1


def test_each_request_has_a_connection_of_its_own(server, at):
    with Proxy(server.port) as proxy:
        at(proxy.port, messages=10).apply(changes(100), TOKEN, RUN)
        assert proxy.connections == len(server.requests) == 10
