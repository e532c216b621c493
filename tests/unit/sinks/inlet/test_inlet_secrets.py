"""No error of the sink holds a secret, an identity or a word of the server (I8)."""

import traceback

import pytest

from cja_spark.sinks.chunk import FatalError, RetryableError
from tests.servers.inlet_mangled import MANGLED
from tests.unit.sinks.inlet.given import CUT, RUN, TOKEN, changes

SECRETS = ("hunter2", "p00001@example.com", "c0nnect10n")
LEAKY = [*CUT, {"do": "status", "code": 403, "body": "p00001@example.com hunter2"}, {"do": "status", "code": 503, "body": "p00001@example.com"},
         {"do": "status", "code": 302, "headers": {"Location": "https://x.test/?p00001@example.com"}},
         *({"do": "take", "mangle": name} for name in sorted(MANGLED)), {"do": "take", "items": {"0": 400}}]  # fmt: skip


@pytest.mark.parametrize("behaviour", LEAKY, ids=lambda one: str(one)[:50])
def test_i8_no_error_holds_a_secret_an_identity_or_a_word_of_the_server(server, at, monkeypatch, behaviour):
    monkeypatch.setenv("INLET_TOKEN", "hunter2")
    server.always(**behaviour)
    sink = at(server.port, timeouts=(0.3, 0.3), token="${env:INLET_TOKEN}")
    try:
        said = repr(sink.apply(changes(1), TOKEN, RUN).rejected)
    except (RetryableError, FatalError) as error:
        said = "".join(traceback.format_exception(error)) + repr(error.__dict__)
    assert [secret for secret in SECRETS if secret in said] == []
