"""The connection itself (KH8): certificates, names that change their address, redirects, proxies, and lines that are spoiled."""

import contextlib
import socket
import threading
import time
from datetime import timedelta

import pytest

from cja_spark.sinks.chunk import FatalError, RetryableError
from cja_spark.sinks.inlet.addresses import TEST_MODE, checked
from cja_spark.sinks.inlet.messages import envelope
from cja_spark.sinks.inlet.place import Place, place_of
from cja_spark.sinks.inlet.post import Post, Timeouts
from cja_spark.sinks.inlet.sink import InletSink, open_inlet
from cja_spark.sinks.inlet.wire import Wire
from tests.servers.certificates import Authority
from tests.servers.inlet import InletServer
from tests.servers.proxy import Fault, Proxy
from tests.unit.sinks.inlet.given import HOST, RUN, TOKEN, changes, messages, persisted, settings

HOUR = timedelta(hours=1)


def test_a_server_with_a_good_certificate_is_spoken_to_by_its_address(secure, authority, at):
    assert at(secure.port, ca=authority.ca).apply(changes(600), TOKEN, RUN).acked == 600
    assert {one["headers"]["host"] for one in secure.requests} == {f"{HOST}:{secure.port}"}


BAD = {
    "expired": ((HOST,), {"begins": -2 * HOUR, "ends": -HOUR}),
    "not_yet": ((HOST,), {"begins": HOUR, "ends": 2 * HOUR}),
    "other_name": (("other.test", "inlet.test.evil.test"), {}),
    "address_only": (("127.0.0.1",), {}),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.fault("F7")
def test_a_certificate_that_is_not_good_for_the_name_now_is_refused(authority, at, name):
    names, times = BAD[name]
    with InletServer(authority.pair(name, *names, **times)) as server:
        with pytest.raises(FatalError, match="^tls certificate$"):
            at(server.port, ca=authority.ca).apply(changes(1), TOKEN, RUN)
        assert server.requests == []


def test_an_authority_that_is_not_trusted_is_refused(secure, tmp_path, at):
    for ca in (Authority(tmp_path, "another").ca, None):
        place = Place("https", HOST, secure.port)
        post = Post(place, lambda: ("127.0.0.1",), Timeouts(2, 2), str(ca) if ca else None)
        with pytest.raises(FatalError, match="^tls certificate$"):
            post.post("/", {}, b"{}", 5)
    assert secure.requests == []


@pytest.mark.parametrize("most", ["TLSv1", "TLSv1_1"])
def test_tls_below_1_2_is_not_spoken(authority, good, at, most):
    with InletServer(good, most_tls=most) as server:
        with pytest.raises(RetryableError, match="^network tls$"):
            at(server.port, ca=authority.ca).apply(changes(1), TOKEN, RUN)
        assert server.requests == []


def test_tls_1_2_is_spoken(authority, good, at):
    with InletServer(good, most_tls="TLSv1_2") as server:
        assert at(server.port, ca=authority.ca).apply(changes(1), TOKEN, RUN).acked == 1


def test_a_server_without_tls_gets_nothing(server, authority, at):
    with pytest.raises(RetryableError, match="^network (tls|timeout|deadline)$"):
        at(server.port, ca=authority.ca).apply(changes(1), TOKEN, RUN)
    assert server.requests == []


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_certificates_that_cannot_be_read_stop_the_sink(tmp_path, text):
    file = tmp_path / "ca.pem"
    if text:
        file.write_text(text)
    with pytest.raises(FatalError, match="^configuration ca$"):
        open_inlet(settings(ca=str(file)), "aud_0", 0)


@pytest.mark.fault("F15")
def test_a_name_is_resolved_once_so_a_second_answer_changes_nothing(server, monkeypatch):
    monkeypatch.setenv(TEST_MODE, "1")
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    place = Place("http", HOST, server.port)
    spec = settings(rate_group="rebinding")
    post = Post(place, lambda: checked(place, allow_private=True, resolve=rebinding), Timeouts(2, 2))
    sink = InletSink(spec, Wire(spec, post))
    server.script({"do": "lost"})
    assert persisted(sink, changes(600))[0].acked == 600
    assert asked == [HOST]
    sink.close()


@pytest.mark.fault("F15")
def test_a_name_that_turns_inside_between_sinks_is_refused():
    place = Place("https", HOST, 443)
    with pytest.raises(FatalError, match="^address not_public$"):
        Post(place, lambda: checked(place, allow_private=False, resolve=lambda *_: ["10.0.0.1"]), Timeouts(2, 2)).post("/", {}, b"{}", 5)


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1", "https://localhost", "https://[::1]", "https://169.254.169.254", "https://[::ffff:127.0.0.1]",
                                      "https://0.0.0.0", "https://10.0.0.1", "https://[fd00:ec2::254]", "https://2130706433", "https://0x7f.1"])  # fmt: skip
@pytest.mark.fault("F15")
def test_a_sink_never_speaks_to_an_address_inside_by_itself(endpoint):
    sink = open_inlet(settings(endpoint=endpoint, hosts=(place_of(endpoint).host,), rate_group="inside"), "aud_0", 0)
    with pytest.raises(FatalError, match="^address not_public$"):
        sink.apply(changes(1), TOKEN, RUN)
    sink.close()


def test_a_proxy_of_the_environment_is_not_asked(server, at, monkeypatch):
    with Proxy(server.port) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert at(server.port).apply(changes(1), TOKEN, RUN).acked == 1
        assert proxy.connections == 0


@pytest.mark.fault("F7")
def test_a_redirect_is_not_followed(server, at):
    with InletServer() as other:
        server.always(do="status", code=307, headers={"Location": f"http://127.0.0.1:{other.port}/"})
        with pytest.raises(FatalError, match="^server http_307$"):
            at(server.port).apply(changes(1), TOKEN, RUN)
        assert other.requests == []


def test_of_several_addresses_the_next_is_tried_where_one_does_not_answer(server):
    post = Post(Place("http", HOST, server.port), lambda: ("127.0.0.9", "127.0.0.1"), Timeouts(2, 2))
    assert post.post("/", {}, envelope(messages(1)), 5).status == 207


@pytest.mark.fault("F7")
def test_nobody_there_is_told(at):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(RetryableError, match="^network connect$"):
        at(port).apply(changes(1), TOKEN, RUN)


SPOILED = {
    "refused": Fault(refuse=True), "cut in the head": Fault(cut_up_after=50), "cut in the body": Fault(cut_up_after=20_000),
    "cut in the answer": Fault(cut_down_after=30), "cut in the answer's body": Fault(cut_down_after=300), "half-open": Fault(swallow_down=True),
    "blackhole": Fault(swallow_up=True, swallow_down=True), "late": Fault(delay_s=2.0), "slow": Fault(bytes_per_s=1000),
}  # fmt: skip


@pytest.mark.parametrize("over", ["http", "tls"])
@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.fault("F7")
def test_f7_a_spoiled_line_is_given_up_in_time_and_the_chunk_arrives_by_the_next(server, secure, authority, at, name, over):
    behind = secure if over == "tls" else server
    with Proxy(behind.port, faults=[SPOILED[name]]) as proxy:
        begun = time.monotonic()
        sink = at(proxy.port, ca=authority.ca if over == "tls" else None, timeouts=Timeouts(0.7, 0.7), attempt_timeout="2 seconds")
        applied, faults = persisted(sink, changes(100))
        assert time.monotonic() - begun < 30
    assert (len(faults), applied.acked) == (1, 100)
    assert faults[0].error_class in ("network", "unknown")
    assert len(behind.told["memberships"]) == 100


@pytest.mark.fault("F3")
def test_f3_a_request_that_is_doubled_on_the_way_changes_nothing_and_is_seen_to_be_the_same(server, at):
    with Proxy(server.port, Fault(repeats=2)) as proxy:
        sink = at(proxy.port)
        sink.apply(changes(50), TOKEN, RUN)
        sink.close()
        until = time.monotonic() + 10
        while len(server.requests) < 3 and time.monotonic() < until:
            time.sleep(0.05)
    told = server.told
    assert len(told["requests"]) == 3
    assert len({one["headers"]["idempotency-key"] for one in told["requests"]}) == 1
    assert (len(told["memberships"]), {*told["taken"].values()}) == (50, {3})


def test_requests_of_an_attempt_share_its_time(server, at):
    server.always(do="take", drip=0.001)
    sink = at(server.port, attempt_timeout="2 seconds", messages=20, timeouts=(2, 5))
    with pytest.raises(RetryableError, match="^network (deadline|attempt_timeout)$"):
        sink.apply(changes(100), TOKEN, RUN)
    assert persisted(sink, changes(100))[0].acked == 100


@pytest.mark.fault("F7")
def test_a_handshake_by_a_byte_now_and_then_is_given_up(authority, at):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            with contextlib.suppress(OSError), listener.accept()[0] as line:
                line.recv(10_000)
                line.sendall(b"\x16\x03\x03\x40\x00")
                while True:
                    line.sendall(b"\x02")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(RetryableError, match="^network (deadline|timeout)$"):
            at(listener.getsockname()[1], ca=authority.ca, timeouts=(0.5, 0.5)).apply(changes(1), TOKEN, RUN)
        assert time.monotonic() - begun < 10


def test_what_a_library_says_of_an_answer_stays_out_of_logs(server, at, caplog):
    server.script({"do": "raw", "text": "HTTP/1.1 207 X\r\np00001@example.com\r\n\r\n{}"})
    with pytest.raises(RetryableError):
        at(server.port).apply(changes(1), TOKEN, RUN)
    assert "example.com" not in caplog.text
