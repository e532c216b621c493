"""A streaming inlet as a process of its own: it keeps memberships as a profile store does, and misbehaves as it is told.

What it does with the requests that come is a script: one behaviour (see inlet_behaviours) per request, then `always`.

    with InletServer() as server:
        server.script({"do": "status", "code": 503}, {"do": "take", "items": {"1": 400}})
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class InletServer:
    """The process, as a test sees it."""

    def __init__(self, pair: tuple[Path, Path] | None = None, most_tls: str | None = None) -> None:
        options = {"certificate": pair and pair[0], "key": pair and pair[1], "most-tls": most_tls}
        self._options = [f"--{name}={value}" for name, value in options.items() if value]

    def __enter__(self) -> InletServer:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.inlet_process", *self._options], cwd=ROOT, stdin=subprocess.PIPE,
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
