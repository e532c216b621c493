"""A streaming inlet as a process of its own: it keeps memberships as a profile store does, and misbehaves as it is told.

What it does with the requests that come is a script: one behaviour per request, then `always`.

    with InletServer() as server:
        server.script({"do": "status", "code": 503}, {"do": "take", "items": {"1": 400}})

A behaviour is a mapping with `do` and what that takes:

    take      read, keep, answer 207; `items` place -> status and `poison` word -> status of messages that are not kept;
              `named` status or statusCode; `code`, `headers`; `mangle` (see MANGLED) spoils the answer; `drip` seconds
              between its bytes; `twice` answers twice; `single` answers as for one message that was validated
    status    answer `code` with `headers` and `body`, keep nothing; with `words` only where a message has one of them,
              with `most` only where there are more messages, else take
    hang      read, keep, never answer          deaf      read no body, answer nothing
    lost      read, keep, hang up               reset     read, hang up by RST
    early     answer `code` before the body was read, hang up
    flood     answer 100 Continue for ever      raw       answer `text`, hang up
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.servers.store import NAMES, Store

ROOT = Path(__file__).resolve().parents[2]


def _entries(body: bytes) -> list:
    return json.loads(body)["responses"]


def _with(entries: list) -> bytes:
    return json.dumps({"responses": entries}).encode()


# What a right answer becomes, and the length that its header says where that is another.
MANGLED: dict[str, Callable[[bytes], tuple[bytes, int | None]]] = {
    "truncated": lambda body: (body[: len(body) // 2], len(body)),
    "too_long": lambda body: (body, len(body) + 10),
    "cut": lambda body: (body[:-2], None),
    "garbage": lambda body: (b"<html>no</html>", None),
    "empty": lambda body: (b"", None),
    "array": lambda body: (json.dumps(_entries(body)).encode(), None),
    "null": lambda body: (b"null", None),
    "without": lambda body: (b'{"inletId":"x","batchId":"y"}', None),
    "mapping": lambda body: (b'{"responses":{"0":{}}}', None),
    "short": lambda body: (_with(_entries(body)[1:]), None),
    "long": lambda body: (_with([*_entries(body), {}]), None),
    "texts": lambda body: (_with(["ok" for _ in _entries(body)]), None),
    "nulls": lambda body: (_with([None for _ in _entries(body)]), None),
    "oversize": lambda body: (body[:-1] + b', "more": "' + b"x" * 1_500_000 + b'"}', None),
    "deep": lambda body: (b"[" * 400_000, None),
    "gzip": lambda body: (gzip.compress(body), None),
    "not_utf8": lambda body: (b'{"responses":["\xff\xfe"]}', None),
    "number": lambda body: (b"1" * 5000, None),
}  # fmt: skip


class _GoneError(Exception):
    pass


class Connection:
    """One connection of a client; requests follow each other on it."""

    def __init__(self, store: Store, line: socket.socket) -> None:
        self.store = store
        self.line = line
        self.ahead = b""

    def serve(self) -> None:
        with contextlib.suppress(OSError, _GoneError), self.line:
            while self._request():
                pass

    def _request(self) -> bool:
        first, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        behaviour = self.store.next_behaviour()
        if behaviour["do"] in ("deaf", "early"):
            self.store.note(path, headers, b"", behaviour)
            return getattr(self, f"_{behaviour['do']}")(behaviour)
        body = self._exactly(int(headers.get("content-length", "0")))
        messages = self.store.note(path, headers, body, behaviour)
        return getattr(self, f"_{behaviour['do']}")(behaviour, messages)

    def _take(self, behaviour: dict, messages: list[dict]) -> bool:
        body, length = json.dumps(self._kept(behaviour, messages)).encode(), None
        if "mangle" in behaviour:
            body, length = MANGLED[behaviour["mangle"]](body)
        for _ in range(2 if behaviour.get("twice") else 1):
            self._answer(behaviour.get("code", 207), body, behaviour.get("headers", {}), length, behaviour.get("drip"))
        return length is None

    def _kept(self, behaviour: dict, messages: list[dict]) -> dict:
        """Keep messages; the answer."""
        if "single" in behaviour:
            self.store.keep(messages[0])
            return {"inletId": "x", "xactionId": "x0", "receivedTimeMs": 1, "syncValidation": {"status": behaviour["single"]}}
        entries = []
        for place, message in enumerate(messages):
            status = behaviour.get("items", {}).get(str(place), _poison(behaviour, message))
            if status is None:
                self.store.keep(message)
                entries.append({"xactionId": f"x{place}"})
            else:
                named = behaviour.get("named", "statusCode")
                entries.append({named: status, "message": f"cannot take {json.dumps(message)}", "xactionId": f"x{place}"})
        return {"inletId": "x", "batchId": "y", "receivedTimeMs": 1, "responses": entries}

    def _status(self, behaviour: dict, messages: list[dict]) -> bool:
        """A code for the whole request."""
        words = behaviour.get("words")
        well = words is not None and not any(word in json.dumps(message) for message in messages for word in words)
        if well or ("most" in behaviour and len(messages) <= behaviour["most"]):
            return self._take({"do": "take"}, messages)
        self._answer(behaviour["code"], behaviour.get("body", "{}").encode(), behaviour.get("headers", {}))
        return True

    def _hang(self, behaviour: dict, messages: list[dict]) -> bool:
        self._kept(behaviour, messages)
        return self._deaf(behaviour)

    def _deaf(self, behaviour: dict) -> bool:
        time.sleep(3600)
        return False

    def _lost(self, behaviour: dict, messages: list[dict]) -> bool:
        self._kept(behaviour, messages)
        return False

    def _reset(self, behaviour: dict, messages: list[dict]) -> bool:
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _early(self, behaviour: dict) -> bool:
        self._answer(behaviour["code"], b"{}", {"Connection": "close"})
        time.sleep(0.2)
        return False

    def _flood(self, behaviour: dict, messages: list[dict]) -> bool:
        while True:
            self.line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.01)

    def _raw(self, behaviour: dict, messages: list[dict]) -> bool:
        self.line.sendall(behaviour["text"].encode("latin-1"))
        return False

    def _answer(self, code: int, body: bytes, headers: dict, length: int | None = None, drip: float | None = None) -> None:
        lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body) if length is None else length}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        whole = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        for part in [whole] if drip is None else [whole[at : at + 1] for at in range(len(whole))]:
            self.line.sendall(part)
            time.sleep(drip or 0)

    def _until(self, end: bytes) -> bytes:
        while end not in self.ahead:
            self._more()
        found, _, self.ahead = self.ahead.partition(end)
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self.ahead) < count:
            self._more()
        found, self.ahead = self.ahead[:count], self.ahead[count:]
        return found

    def _more(self) -> None:
        part = self.line.recv(65_536)
        if not part:
            raise _GoneError
        self.ahead += part


def _poison(behaviour: dict, message: dict) -> int | None:
    text = json.dumps(message)
    return next((status for word, status in behaviour.get("poison", {}).items() if word in text), None)


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


class InletServer:
    """The process, as a test sees it."""

    def __init__(self, pair: tuple[Path, Path] | None = None, most_tls: str | None = None) -> None:
        options = {"certificate": pair and pair[0], "key": pair and pair[1], "most-tls": most_tls}
        self._options = [f"--{name}={value}" for name, value in options.items() if value]

    def __enter__(self) -> InletServer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.inlet", *self._options], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.port, control = json.loads(self._process.stdout.readline())
        self._line = socket.create_connection(("127.0.0.1", control), timeout=60)
        self._file = self._line.makefile("rwb")
        return self

    def __exit__(self, *_) -> None:
        for one in (self._file, self._line, self._process.stdin, self._process.stdout):
            one.close()
        self._process.kill()
        self._process.wait()

    def script(self, *behaviours: dict) -> None:
        """What to do with the next requests."""
        self._ask(script=list(behaviours))

    def always(self, **behaviour) -> None:
        """What to do with all others."""
        self._ask(always=behaviour)

    def keep_bodies(self) -> None:
        self._ask(keep_bodies=True)

    def forget(self) -> None:
        """Know nothing, and behave well."""
        self._ask(script=[], always={"do": "take"}, keep_bodies=False, requests=[], memberships={}, definitions={}, taken={})

    @property
    def told(self) -> dict:
        return self._ask(tell=1)

    @property
    def requests(self) -> list[dict]:
        return self.told["requests"]

    def _ask(self, **asked) -> dict:
        self._file.write(json.dumps(asked).encode() + b"\n")
        self._file.flush()
        return json.loads(self._file.readline())


if __name__ == "__main__":
    main()
