"""A watch over a connection: at its deadline it cuts the line, so that no server can hold a task by a byte now and then."""

from __future__ import annotations

import contextlib
import os
import socket
import threading


class Watch:
    """Cuts a connection when a time that was set has passed; `rang` says that it did.

    It holds the line by a handle of its own: TLS takes the first one away while it shakes hands.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = socket.socket(fileno=os.dup(line.fileno()))
        self._timer: threading.Timer | None = None
        self.rang = False

    def within(self, seconds: float) -> None:
        """Set the time from now on; the one before is off."""
        self._stop()
        self._timer = threading.Timer(max(seconds, 0.001), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        """Set no time any more, and let the line go."""
        self._stop()
        self._line.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _ring(self) -> None:
        self.rang = True
        with contextlib.suppress(OSError):  # it may be gone by now
            self._line.shutdown(socket.SHUT_RDWR)
