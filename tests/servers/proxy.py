"""A TCP proxy that spoils connections: it cuts, delays, slows, swallows and repeats what passes.

    with Proxy(port, Fault(cut_down_after=100)) as proxy:
        connect_to(proxy.port)
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

_PART = 4096


@dataclass(frozen=True)
class Fault:
    """What is done to a connection; up is from the client to the server.

    Attributes:
        delay_s: seconds before the first byte passes.
        cut_up_after: bytes after which the client's way is cut, both sides by RST.
        cut_down_after: the same for the server's way.
        bytes_per_s: how fast bytes pass.
        swallow_down: nothing of the server arrives; the connection stays open (half-open).
        swallow_up: nothing of the client arrives.
        repeats: so often all that the client sent is sent to the server again, by a connection of its own, afterwards.
        refuse: hang up at once.
    """

    delay_s: float = 0.0
    cut_up_after: int | None = None
    cut_down_after: int | None = None
    bytes_per_s: float | None = None
    swallow_down: bool = False
    swallow_up: bool = False
    repeats: int = 0
    refuse: bool = False


@dataclass
class Proxy:
    """A proxy before a port of this machine, in threads of this process.

    Attributes:
        target: the port.
        fault: what is done to connections that come from now on; it may be set anew at any time.
        faults: what is done to the next ones, one each, before `fault`.
        connections: how many came.
    """

    target: int
    fault: Fault = field(default_factory=Fault)
    faults: list[Fault] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Proxy:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every open connection by RST."""
        while self._open:
            _reset(self._open.pop())

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed: the end
                return
            self.connections += 1
            fault = self.faults.pop(0) if self.faults else self.fault
            threading.Thread(target=self._serve, args=(client, fault), daemon=True).start()

    def _serve(self, client: socket.socket, fault: Fault) -> None:
        self._open.append(client)
        try:
            server = None if fault.refuse else socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            server = None
        if server is None:
            _reset(client)
            return
        self._open.append(server)
        sent: list[bytes] = []
        down = threading.Thread(target=_pass, args=(server, client, fault, fault.cut_down_after, None), daemon=True)
        down.start()
        _pass(client, server, fault, fault.cut_up_after, sent)
        down.join()
        for _ in range(fault.repeats):
            self._repeat(b"".join(sent))

    def _repeat(self, sent: bytes) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.target), timeout=5) as again:
            again.sendall(sent)
            again.recv(_PART)


def _pass(
    source: socket.socket, target: socket.socket, fault: Fault, cut_after: int | None, sent: list[bytes] | None
) -> None:
    """Pass bytes one way; what was passed is put into `sent`, which only the client's way has."""
    swallowed = fault.swallow_down if sent is None else fault.swallow_up
    at_once = _PART if fault.bytes_per_s is None else max(1, int(fault.bytes_per_s / 10))
    passed = 0
    time.sleep(fault.delay_s)
    with contextlib.suppress(OSError):
        while part := source.recv(at_once):
            if cut_after is not None and passed + len(part) > cut_after:
                target.sendall(part[: cut_after - passed])
                time.sleep(0.05)  # so that what passed is not lost by the RST
                _reset(source)
                _reset(target)
                return
            passed += len(part)
            if sent is not None:
                sent.append(part)
            if not swallowed:
                target.sendall(part)
            if fault.bytes_per_s:
                time.sleep(len(part) / fault.bytes_per_s)
    for line in (source, target):
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _reset(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RD)  # wakes the thread that reads it, so that closing takes place now
    line.close()
