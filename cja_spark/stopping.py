"""Stopping at a safe place: TERM and INT are noted, and what is at work ends at its next safe place (R6).

A publish or a delivery finishes what it has begun to write, gives its claim back and ends with 143 or 130. A second
signal ends the program at once, which is safe too: running the same command again is the whole repair (C5).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
_asked: list[int] = []


class Stopped(BaseException):
    """Somebody asked the program to end; no handler of errors sees it, as none sees KeyboardInterrupt.

    Attributes:
        exit_code: 128 and the signal's number: 143 for TERM, 130 for INT.
    """

    def __init__(self, signum: int) -> None:
        super().__init__("stopped at a safe place; run the same command again to finish.")
        self.exit_code = 128 + signum


def stop_here() -> None:
    """Pass a safe place; the work ends here when a signal asked for it.

    Raises:
        Stopped: it did.
    """
    if _asked:
        raise Stopped(_asked[0])


@contextmanager
def stopping() -> Iterator[None]:
    """Note signals while the block runs, instead of ending at once; only the main thread is asked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {signum: signal.signal(signum, _note) for signum in SIGNALS}
    _asked.clear()
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
        _asked.clear()


def _note(signum: int, frame: FrameType | None) -> None:
    if _asked:
        os._exit(128 + signum)
    _asked.append(signum)
    sys.stderr.write("cja: stopping at the next safe place; a second signal stops at once.\n")
    sys.stderr.flush()
