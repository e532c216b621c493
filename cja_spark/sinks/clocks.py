"""The two clocks of a chunk (K3, K4): when an attempt is repeated, how long to wait before, and when to give up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from cja_spark.sinks.chunk import RetryableError

ATTEMPTS = 5
GIVE_UP_S = 15 * 60.0
AT_LAST_S = 3 * 3600.0
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
LONGEST_RETRY_AFTER_S = 15 * 60.0
T = TypeVar("T")


class GaveUpError(Exception):
    """Both clocks ran out; the rows stay pending. It tells the last refusal's class and code."""

    def __init__(self, last: RetryableError) -> None:
        super().__init__(f"{last.error_class} {last.code}")
        self.last = last


@dataclass
class Clocks:
    """How often and how long a chunk is tried; one object per chunk, shared by all its requests.

    Attributes:
        attempts: attempts from which on elapsed time may end it.
        give_up_s: seconds from which on the number of attempts may end it: both must have run out.
        at_last_s: seconds after which it ends in any case.
        now: a monotonic clock in seconds.
        sleep: how to wait.
    """

    attempts: int = ATTEMPTS
    give_up_s: float = GIVE_UP_S
    at_last_s: float = AT_LAST_S
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    made: int = 0
    started: float | None = field(default=None)

    def persist(self, attempt: Callable[[], T]) -> T:
        """Call an attempt again while it raises RetryableError and the clocks allow it.

        Raises:
            GaveUpError: the clocks ran out.
        """
        failures = 0
        self.started = self.now() if self.started is None else self.started
        while True:
            try:
                return attempt()
            except RetryableError as error:
                self.made += error.costs_attempt
                failures += 1
                wait = self._wait(failures, error.retry_after)
                if self._over(wait):
                    raise GaveUpError(error) from None
                self.sleep(wait)

    def _wait(self, failures: int, retry_after: float | None) -> float:
        """Full jitter, doubled each time; never less than the sink asks for (K4)."""
        backoff = self.draw() * min(FIRST_WAIT_S * 2.0 ** min(failures - 1, 20), LONGEST_WAIT_S)
        return backoff if retry_after is None else max(min(retry_after, LONGEST_RETRY_AFTER_S), backoff)

    def _over(self, wait: float) -> bool:
        assert self.started is not None
        elapsed = self.now() - self.started
        return (self.made >= self.attempts and elapsed >= self.give_up_s) or elapsed + wait >= self.at_last_s
