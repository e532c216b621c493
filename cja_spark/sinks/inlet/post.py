"""Requests to one server: no redirect, no proxy, no address but the checked ones (KH8).

Each request has a connection of its own: an answer that comes late, or twice, is never taken for that of another. A fault is told by class and code; what the server or a library said of it stays here.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import NamedTuple

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import FatalError, RetryableError, SinkError
from cja_spark.sinks.inlet.answers import Reply
from cja_spark.sinks.inlet.place import Place
from cja_spark.sinks.inlet.watch import Watch

MOST_REPLY_BYTES = 1_000_000
_PART = 65_536
# ValueError: numbers of a reply's framing that are none.
_FAULTS = (OSError, HTTPException, HTTPError, ValueError)
_urllib3 = logging.getLogger("urllib3.connection")


def _says_nothing(record: logging.LogRecord) -> bool:
    """Keep a library from writing what a server said into logs."""
    return False


class Timeouts(NamedTuple):
    """Seconds that connecting and a reply may take."""

    connect: float
    read: float


class Post:
    """A server that requests are posted to.

    Attributes:
        place: the server; its name is what its certificate has to be for.
        addresses: where it is; asked once, when the first request is made.
        ca: file of the certificates to trust; None for those of the system.
    """

    def __init__(
        self, place: Place, addresses: Callable[[], tuple[str, ...]], timeouts: Timeouts, ca: str | None = None
    ) -> None:
        _urllib3.addFilter(_says_nothing)
        self.place = place
        self._ask = addresses
        self._addresses: tuple[str, ...] = ()
        self._timeouts = timeouts
        self._tls = _tls(ca) if place.scheme == "https" else None

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """Post a body and read the reply, in so many seconds at most.

        Raises:
            RetryableError: no whole reply came; whether the body arrived is not known.
            FatalError: the server is not who it should be, or may not be spoken to.
        """
        until = time.monotonic() + seconds
        line, watch = self._connected()
        try:
            with _by_code(watch):
                return self._exchange(line, path, {"Host": self.place.authority, **headers}, body, (watch, until))
        finally:
            _close(line, watch)

    def probe(self) -> None:
        """Connect and go.

        Raises:
            RetryableError: nobody is there.
            FatalError: the server is not who it should be, or may not be spoken to.
        """
        _close(*self._connected())

    def _exchange(
        self, line: HTTPConnection, path: str, headers: Mapping[str, str], body: bytes, timed: tuple[Watch, float]
    ) -> Reply:
        watch, until = timed
        watch.within(until - time.monotonic())
        failpoint("http.before_send")
        whole = _send(line, path, headers, body)
        failpoint("http.after_send_before_read")
        watch.within(min(self._timeouts.read, until - time.monotonic()))
        reply = _read(line)
        failpoint("http.after_read")
        if watch.rang:  # what was read ends where the line was cut
            raise RetryableError("network", "deadline")
        if not whole and reply.status < 400:
            raise RetryableError("network", "early_reply")
        return reply

    def _connected(self) -> tuple[HTTPConnection, Watch]:
        """A connection to the first address that answers; the name is asked for once."""
        self._addresses = self._addresses or self._ask()
        for address in self._addresses[:-1]:
            with contextlib.suppress(RetryableError):
                return self._connect(address)
        return self._connect(self._addresses[-1])

    def _connect(self, address: str) -> tuple[HTTPConnection, Watch]:
        raw = _line_to(address, self.place.port, self._timeouts.connect)
        watch, line = Watch(raw), self._speaking(address, raw)
        watch.within(self._timeouts.connect)  # TLS has to be through by then
        try:
            with _by_code(watch):
                line.connect()
        except BaseException:
            _close(line, watch)
            raw.close()
            raise
        line.timeout = self._timeouts.read
        return line, watch

    def _speaking(self, address: str, raw: socket.socket) -> HTTPConnection:
        """What speaks HTTP over a line, and TLS with the name of the place, whatever its address is."""
        if self._tls is None:
            line = HTTPConnection(address, self.place.port, timeout=self._timeouts.connect)
        else:
            line = HTTPSConnection(
                address, self.place.port, timeout=self._timeouts.connect, ssl_context=self._tls,
                server_hostname=self.place.host,
            )  # fmt: skip
        line._new_conn = lambda: raw  # type: ignore[method-assign]  # it would resolve and connect by itself
        return line


def _line_to(address: str, port: int, seconds: float) -> socket.socket:
    try:
        raw = socket.create_connection((address, port), timeout=seconds)
    except OSError as fault:
        raise RetryableError("network", "connect_timeout" if isinstance(fault, TimeoutError) else "connect") from None
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return raw


def _close(line: HTTPConnection, watch: Watch) -> None:
    watch.close()
    with contextlib.suppress(*_FAULTS):
        line.close()


def _tls(ca: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError):
        raise FatalError("configuration", "ca") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _send(line: HTTPConnection, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Send a request; False where the server hung up before it had all, perhaps with an answer."""
    try:
        line.request(
            "POST", path, body=_halves(body), headers={**headers, "Connection": "close", "Content-Length": str(len(body))},
            preload_content=False, decode_content=False,
        )  # fmt: skip
    except TimeoutError:
        raise
    except OSError:
        return False
    return True


def _halves(body: bytes) -> Iterator[bytes]:
    middle = len(body) // 2
    yield body[:middle]
    failpoint("http.partial_body")
    yield body[middle:]


def _read(line: HTTPConnection) -> Reply:
    response = line.getresponse()
    return Reply(response.status, response.headers.get("Retry-After"), _body(response))


def _body(response: HTTPResponse) -> bytes:
    """The whole body; a compressed one is not unpacked, so it cannot burst."""
    parts, size = [], 0
    while part := response.read(_PART, decode_content=False):
        size += len(part)
        if size > MOST_REPLY_BYTES:
            raise RetryableError("unknown", "reply_too_large")
        parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def _by_code(watch: Watch) -> Iterator[None]:
    """Tell a fault by class and code alone."""
    try:
        yield
    except SinkError:
        raise
    except _FAULTS as fault:
        raise _told(fault, rang=watch.rang) from None


def _told(fault: Exception, *, rang: bool) -> SinkError:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return FatalError("tls", "certificate")
    if rang:
        return RetryableError("network", "deadline")
    if isinstance(fault, ssl.SSLError):
        return RetryableError("network", "tls")
    return RetryableError("network", "timeout" if isinstance(fault, TimeoutError) else "broken")
