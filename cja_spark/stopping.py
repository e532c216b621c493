"""Stopping at a safe place: TERM and INT are noted, and what is at work ends at its next safe place (R6).

A publish or a delivery finishes what it has begun to write, gives its claim back and ends with 143 or 130. Until the
first safe place nothing is written and no claim held: a signal ends the program at once there, as it does in any other
verb. So does a second signal, which is safe too: running the same command again is the whole repair (C5).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any] | int | None

SIGNALS = (signal.SIGTERM, signal.SIGINT)
_asked: list[int] = []
_passed = threading.Event()  # a safe place: what comes now may write


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
    _passed.set()
    if _asked:
        raise Stopped(_asked[0])


@contextmanager
def stopping() -> Iterator[None]:
    """Note signals from the first safe place to the end of the block; only the main thread is asked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Handler] = {signum: signal.getsignal(signum) for signum in SIGNALS}

    def noted(signum: int, frame: FrameType | None) -> None:
        (_note if _passed.is_set() else _ending(before[signum]))(signum, frame)

    _asked.clear()
    _passed.clear()
    for asked in SIGNALS:
        signal.signal(asked, noted)
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
        _asked.clear()


def _ending(handler: Handler) -> Callable[[int, FrameType | None], Any]:
    """What a signal did before the block; where that was up to the system, the program ends, or ignores it as before."""
    if callable(handler):
        return handler
    return _ignore if handler == signal.SIG_IGN else _exit


def _ignore(signum: int, frame: FrameType | None) -> None:
    """As somebody asked who started the program, for example in the background of a shell."""


def _exit(signum: int, frame: FrameType | None) -> None:
    os._exit(128 + signum)


def _note(signum: int, frame: FrameType | None) -> None:
    if _asked:
        _exit(signum, frame)
    _asked.append(signum)
    sys.stderr.write("cja: stopping at the next safe place; a second signal stops at once.\n")
    sys.stderr.flush()
