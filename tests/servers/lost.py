"""A way to a PostgreSQL server over a socket of its own, which cuts at a chosen message: before it arrives, or its answer."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import tempfile
import threading
from pathlib import Path


class Cut:
    """Passes bytes on, from a socket in a folder of its own, until a client says a word, after another one.

    Attributes:
        folder: what stands as `host` in a connection string.
        cuts: how often it has cut.
    """

    def __init__(self, server: Path, port: int, word: bytes, *, after: bytes = b"", answered: bool = False, silent: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cut_", dir="/tmp"))
        self.cuts = 0
        self._server, self._word, self._after, self._answered, self._silent = server / f".s.PGSQL.{port}", word, after, answered, silent
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / f".s.PGSQL.{port}"))
        self._listening.listen()
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._server))
        self._open += [client, server]
        with contextlib.suppress(OSError, ValueError):  # also of a socket that is closed meanwhile
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    said = ready.recv(1 << 16)
                    if not said:
                        break
                    if ready is client and not self._after and self._word in said and not self.cuts:
                        self._cut(client, server, said)
                        return
                    if ready is client and self._after in said:
                        self._after = b""
                    (server if ready is client else client).sendall(said)
                else:
                    continue
                break
        client.close()
        server.close()

    def _cut(self, client: socket.socket, server: socket.socket, said: bytes) -> None:
        self.cuts += 1
        if self._answered:  # the server does what it was told and says so, to nobody
            server.sendall(said)
            server.recv(1 << 16)
        if not self._silent:
            client.close()
        server.close()

    def close(self) -> None:
        for one in self._open:
            one.close()
        shutil.rmtree(self.folder)
