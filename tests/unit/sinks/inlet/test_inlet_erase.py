"""Erasure at a real server: a delete where a flow can, else an exit (KH9)."""

import pytest

from cja_spark.sinks.chunk import DataError, ErasedKey
from tests.unit.sinks.inlet.given import AUDIENCE, RUN, TOKEN, change, changes, members


def keys(count, audiences=(AUDIENCE,)):
    exits = [change(number, op="erase", status="exited", valid_until=None, change_id=f"erase{number}") for number in range(1, count + 1)]
    return [ErasedKey(one.profile_key, one, audiences) for one in exits]


ERASE = TOKEN._replace(audience_id="_erase")


def test_kh9_an_erased_person_is_deleted_by_a_flow_that_can(server, at):
    sink = at(server.port, delete_flow="flow-9")
    sink.apply(changes(3), TOKEN, RUN)
    assert sink.erase(keys(2), ERASE) == "deleted"
    assert {*members(server)} == {"email:p00003@example.com"}
    assert server.requests[-1]["headers"]["x-adobe-flow-id"] == "flow-9"


def test_kh9_without_a_flow_an_erased_person_leaves(server, at):
    sink = at(server.port)
    sink.apply(changes(3), TOKEN, RUN)
    assert sink.erase(keys(2), ERASE) == "exit_only"
    assert members(server) == {"email:p00001@example.com": "exited", "email:p00002@example.com": "exited", "email:p00003@example.com": "realized"}


def test_kh9_who_was_in_no_audience_is_told_nothing_of(server, at):
    assert at(server.port).erase(keys(2, ()), ERASE) == "absent"
    assert server.requests == []


def test_kh9_a_refused_erasure_is_no_erasure(server, at):
    server.always(do="take", items={"1": 400})
    with pytest.raises(DataError, match="^data item_400$"):
        at(server.port).erase(keys(2), ERASE)
