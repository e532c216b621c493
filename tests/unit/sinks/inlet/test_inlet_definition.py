"""An audience's definition comes before its rows (KH2)."""

import pytest

from cja_spark.sinks.chunk import FatalError, RetryableError
from tests.unit.sinks.inlet.given import AUDIENCE, DEFINED, RUN, TOKEN, changes, persisted


def test_a_definition_comes_before_the_first_rows_of_each_chunk(server, at):
    sink = at(server.port, definition=DEFINED)
    applied = sink.apply(changes(2), TOKEN, RUN)
    assert [one["ids"] for one in server.requests] == [[AUDIENCE], [one.change_id for one in changes(2)]]
    assert (applied.acked, applied.requests) == (2, 2)
    sink.apply(changes(2), TOKEN._replace(chunk=3), RUN._replace(name="Renamed"))
    assert server.told["definitions"][AUDIENCE]["segmentName"] == f"Renamed ({AUDIENCE})"


def test_a_definition_is_told_once_for_a_chunk_however_often_it_is_tried(server, at):
    server.script({"do": "take"}, {"do": "status", "code": 503})
    persisted(at(server.port, definition=DEFINED), changes(2))
    assert [len(one["ids"]) for one in server.requests] == [1, 2, 2]


@pytest.mark.parametrize(("behaviour", "error", "text"), [
    ({"do": "take", "items": {"0": 400}}, FatalError, "definition item_400"), ({"do": "status", "code": 400}, FatalError, "definition http_400"),
    ({"do": "take", "items": {"0": 503}}, RetryableError, "definition item_503"), ({"do": "status", "code": 503}, RetryableError, "server http_503"),
])  # fmt: skip
def test_no_rows_leave_before_their_definition_is_taken(server, at, behaviour, error, text):
    server.always(**behaviour)
    with pytest.raises(error, match=f"^{text}$"):
        at(server.port, definition=DEFINED).apply(changes(2), TOKEN, RUN)
    assert server.told["memberships"] == {}
