"""The sink against a real server that misbehaves: nothing is lost, and nothing taken that was not acknowledged."""

import pytest

from cja_spark.sinks.chunk import FatalError
from tests.servers.inlet_mangled import MANGLED
from tests.unit.sinks.inlet.given import CUT, RUN, TOKEN, changes, persisted


@pytest.mark.parametrize("mangle", sorted(MANGLED))
@pytest.mark.fault("F3")
def test_an_answer_that_cannot_be_read_is_no_success_and_the_same_bytes_go_again(server, at, mangle):
    server.script({"do": "take", "mangle": mangle})
    applied, faults = persisted(at(server.port), changes(3))
    assert len(faults) == 1
    one, other = server.requests
    assert (one["sha"], one["headers"]["idempotency-key"]) == (other["sha"], other["headers"]["idempotency-key"])
    assert (applied.acked, applied.requests) == (3, 2)
    assert {*server.told["taken"].values()} == {2}


@pytest.mark.parametrize("behaviour", CUT, ids=lambda one: str(one)[:50])
@pytest.mark.fault("F7")
def test_a_connection_that_breaks_at_any_place_loses_nothing(server, at, behaviour):
    server.script(behaviour)
    applied, faults = persisted(at(server.port, timeouts=(0.5, 0.5)), changes(20))
    assert (len(faults), applied.acked, applied.rejected) == (1, 20, ())
    assert faults[0].error_class in ("network", "unknown")
    assert len(server.told["memberships"]) == 20


RETRIED = [408, 409, 425, 429, 500, 502, 503, 504, 505, 520]


@pytest.mark.parametrize("code", RETRIED)
@pytest.mark.fault("F7")
def test_a_passing_fault_is_waited_out(server, at, code):
    server.script({"do": "status", "code": code}, {"do": "status", "code": code})
    applied, faults = persisted(at(server.port), changes(3))
    assert [(str(fault), fault.costs_attempt) for fault in faults] == [(f"server http_{code}", True)] * 2
    assert (applied.acked, applied.requests, len(server.told["taken"])) == (3, 3, 3)


@pytest.mark.parametrize(("text", "found"), [("3", 3.0), ("0", 0.0), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", None)])
@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.fault("F7")
def test_retry_after_is_told_to_who_waits(server, at, code, text, found):
    server.script({"do": "status", "code": code, "headers": {"Retry-After": text}})
    _, [fault] = persisted(at(server.port), changes(1))
    assert (fault.retry_after, fault.costs_attempt) == (found, found is None)


FATAL = [301, 302, 303, 307, 308, 401, 403, 404, 405, 410, 501]


@pytest.mark.parametrize("code", FATAL)
@pytest.mark.fault("F7")
def test_what_waiting_will_not_mend_stops_the_sink(server, at, code):
    server.always(do="status", code=code, headers={"Location": f"http://127.0.0.1:{server.port}/elsewhere"})
    with pytest.raises(FatalError, match=f"^server http_{code}$"):
        at(server.port).apply(changes(3), TOKEN, RUN)
    assert [one["path"] for one in server.requests] == ["/collection/batch/c0nnect10n"]
    assert server.told["taken"] == {}
