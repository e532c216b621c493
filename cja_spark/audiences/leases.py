"""Leases: a claim is renewed in the background while its owner is busy, however long one of its steps takes (step 1)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from cja_spark.errors import ClaimError

_log = logging.getLogger("cja_spark")


@contextmanager
def kept_alive(renew: Callable[[], None], every: timedelta) -> Iterator[None]:
    """Call `renew` again and again while the block runs.

    A renewal that fails is tried again at the next turn: the owner itself looks at its claim before it writes anything.
    """
    ended = threading.Event()
    renewal = threading.Thread(target=_renewed_until, args=(ended, renew, every), name="lease", daemon=True)
    renewal.start()
    try:
        yield
    finally:
        ended.set()
        renewal.join()


def _renewed_until(ended: threading.Event, renew: Callable[[], None], every: timedelta) -> None:
    while not ended.wait(every.total_seconds()):
        try:
            renew()
        except ClaimError:
            _log.warning("the claim was taken over; its owner stops before it writes again")
            return
        except Exception as error:  # a table that is away for a moment
            _log.warning("a lease could not be renewed: %s", type(error).__name__)
