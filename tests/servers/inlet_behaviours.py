"""How a streaming inlet of tests behaves on a line: as its script says, one behaviour per request.

    take      read, keep, answer 207; `items` place -> status and `poison` word -> status of messages that are not kept;
              `named` status or statusCode; `code`, `headers`; `mangle` (see inlet_mangled) spoils the answer; `drip` seconds
              between its bytes; `twice` answers twice; `single` answers as for one message that was validated
    status    answer `code` with `headers` and `body`, keep nothing; with `words` only where a message has one of them,
              with `most` only where there are more messages, else take
    hang      read, keep, never answer          deaf      read no body, answer nothing
    lost      read, keep, hang up               reset     read, hang up by RST
    early     answer `code` before the body was read, hang up
    flood     answer 100 Continue for ever      raw       answer `text`, hang up
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time

from tests.servers.inlet_mangled import MANGLED
from tests.servers.store import Store


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
