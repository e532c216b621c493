"""What tests of the inlet are given: its settings, changes of one run, and a sink that speaks to a server of this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cja_spark.sinks.chunk import Change, RetryableError, RunFacts, Token
from cja_spark.sinks.inlet.messages import membership
from cja_spark.sinks.inlet.place import Place
from cja_spark.sinks.inlet.post import Post, Timeouts
from cja_spark.sinks.inlet.sink import InletSink
from cja_spark.sinks.inlet.spec import Inlet
from cja_spark.sinks.inlet.wire import Wire

AUDIENCE = "aud_0123456789ab"
AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
RUN = RunFacts("refresh", AS_OF, 3, "Buyers", "People who bought.")
TOKEN = Token("inlet", AUDIENCE, 7, 2, 5)
HOST = "inlet.test"
SCHEMA = "https://ns.adobe.com/shop/schemas/memberships"
DEFINED = {"xdm_schema": "https://ns.adobe.com/shop/schemas/definitions", "dataset": "dataset2", "namespace": "CJA_AUDIENCES"}
# Lines that break at any place of an answer.
CUT = [
    {"do": "hang"}, {"do": "deaf"}, {"do": "lost"}, {"do": "reset"}, {"do": "flood"}, {"do": "raw", "text": ""},
    {"do": "raw", "text": "HTTP/1.1 207"}, {"do": "raw", "text": "nonsense\r\n\r\n"}, {"do": "raw", "text": "HTTP/1.1 xyz OK\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: 5\r\n\r\n{}"}, {"do": "raw", "text": f"HTTP/1.1 207 {'x' * 70_000}\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\n" + "A: b\r\n" * 200 + "\r\n"}, {"do": "take", "drip": 0.3},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n"},
    {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: -1\r\n\r\n{}"}, {"do": "raw", "text": "HTTP/1.1 207 X\r\nContent-Length: x\r\n\r\n{}"},
    {"do": "raw", "text": "HTTP/1.1 103 X\r\n\r\n"}, {"do": "raw", "text": "HTTP/0.9 207 X\r\n\r\n{}"}, {"do": "early", "code": 207},
]  # fmt: skip


def settings(**changed):
    given = {
        "name": "inlet", "sink": "inlet", "endpoint": f"https://{HOST}", "hosts": (HOST,), "connection": "c0nnect10n",
        "organisation": "ORG@AdobeOrg", "dataset": "dataset1", "xdm_schema": SCHEMA, "segment_namespace": "CJA",
        "records_per_second": 10_000, "concurrency": 1,
    }  # fmt: skip
    return Inlet.model_validate({**given, **changed})


def change(number=1, **changed):
    given = {
        "op": "enter", "change_id": f"{number:064x}", "profile_key": f"email:p{number:05}@example.com", "namespace": "Email",
        "id": f"p{number:05}@example.com", "person_ref": f"{number:064x}", "status": "realized", "asserted_at": AS_OF,
        "valid_until": AS_OF + timedelta(days=16), "attrs": None, "definition_version": 3,
    }  # fmt: skip
    return Change(**{**given, **changed})


def changes(count):
    return [change(number) for number in range(1, count + 1)]


def messages(count):
    return [membership(settings(), one, (AUDIENCE,), AS_OF) for one in changes(count)]


def sink_at(port, *, ca=None, timeouts=(2.0, 2.0), host=HOST, **changed):
    """A sink that finds its host at a port of this machine; over TLS where it is given whom to trust."""
    place = Place("https" if ca else "http", host, port)
    spec = settings(**changed)
    return InletSink(spec, Wire(spec, Post(place, lambda: ("127.0.0.1",), Timeouts(*timeouts), None if ca is None else str(ca))))


def persisted(sink, some, token=TOKEN, run=RUN, attempts=20):
    """Apply until it succeeds; without waiting."""
    faults = []
    for _ in range(attempts):
        try:
            return sink.apply(some, token, run), faults
        except RetryableError as fault:
            faults.append(fault)
    raise AssertionError([str(fault) for fault in faults])


def members(server):
    return {key.partition(" ")[2]: state["status"] for key, state in server.told["memberships"].items()}


def rejected(applied):
    return {one.change_id: (one.error_class, one.error_code) for one in applied.rejected}
