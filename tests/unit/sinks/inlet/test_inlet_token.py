"""The sink's token: read again once when it is refused, and none that a header cannot carry."""

import pytest

from cja_spark.sinks.chunk import FatalError
from tests.unit.sinks.inlet.given import RUN, TOKEN, changes


def test_a_token_that_was_refused_is_read_again_once(server, at, tmp_path):
    file = tmp_path / "token"
    file.write_text("old\n")
    sink = at(server.port, token=f"${{file:{file}}}")
    sink.apply(changes(1), TOKEN, RUN)
    file.write_text("new\n")
    server.script({"do": "status", "code": 401})
    assert sink.apply(changes(2), TOKEN._replace(chunk=3), RUN).acked == 2
    assert [one["headers"]["authorization"] for one in server.requests] == ["Bearer old", "Bearer old", "Bearer new"]
    assert server.requests[1]["sha"] == server.requests[2]["sha"]
    server.always(do="status", code=401)
    with pytest.raises(FatalError, match="^server http_401$"):
        sink.apply(changes(2), TOKEN._replace(chunk=4), RUN)
    assert len(server.requests) == 5


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-More: 1", "a\x00b", "schlüssel"])
def test_a_token_that_no_header_can_carry_stops_the_sink_and_is_not_repeated(server, at, monkeypatch, tmp_path, token):
    file = tmp_path / "token"
    file.write_bytes(token.encode())
    with pytest.raises(FatalError, match="^configuration token$"):
        at(server.port, token=f"${{file:{file}}}").apply(changes(1), TOKEN, RUN)
    assert server.requests == []
