"""The process of a streaming inlet of tests: requests come at one port, orders of the test at another; it ends with the test."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable

from tests.servers.inlet_behaviours import Connection
from tests.servers.store import NAMES, Store


def _control(store: Store, line: socket.socket) -> None:
    """Orders of the test: one line of JSON in, one out."""
    with line, line.makefile("rwb") as file:
        for text in file:
            asked = json.loads(text)
            with store.lock:
                for name in NAMES:
                    if name in asked:
                        setattr(store, name, asked[name])
            file.write(json.dumps(store.told() if "tell" in asked else {}).encode() + b"\n")
            file.flush()


def _accept(listener: socket.socket, serve: Callable[[socket.socket], None], tls: ssl.SSLContext | None) -> None:
    while True:
        line, _ = listener.accept()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_begun, args=(line, serve, tls), daemon=True).start()


def _begun(line: socket.socket, serve: Callable[[socket.socket], None], tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError):
        serve(tls.wrap_socket(line, server_side=True) if tls else line)


def _tls(certificate: str, key: str, most: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if most:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion[most]
    return context


def _end_with_the_test() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("certificate", "key", "most-tls"):
        parser.add_argument(f"--{name}")
    asked = parser.parse_args()
    store = Store()
    outside, inside = (socket.create_server(("127.0.0.1", 0), backlog=128) for _ in range(2))
    for target, args in (
        (_accept, (inside, lambda line: _control(store, line), None)),
        (_end_with_the_test, ()),
    ):
        threading.Thread(target=target, args=args, daemon=True).start()
    sys.stdout.write(json.dumps([outside.getsockname()[1], inside.getsockname()[1]]) + "\n")
    sys.stdout.flush()
    tls = _tls(asked.certificate, asked.key, asked.most_tls) if asked.certificate else None
    _accept(outside, lambda line: Connection(store, line).serve(), tls)


if __name__ == "__main__":
    main()
