"""A rate that tasks share (K5): each holds an equal part of it, earns it evenly, and never saves more than a second of it.

A task begins with nothing earned. So tasks that follow each other in one place send no more than one task would, and
over any 10 seconds all places together send at most 10 + 1 seconds' worth: 1.1 times the rate.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

RECOVERY = 0.05  # of a task's part, per second
_LONGEST_NAP_S = 1.0  # so that a rate which recovers is seen to
_CLOSE_ENOUGH = 1e-9


@dataclass
class Rate:
    """One task's part of a rate: of records, or of requests.

    Attributes:
        part: what may go per second where nobody asked to go slower.
        now: a monotonic clock in seconds.
        sleep: how to wait.
    """

    part: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _earned: float = 0.0
    _lacking: float = 0.0  # of the part, since the other side asked to go slower
    _at: float | None = None

    @property
    def pace(self) -> float:
        """What may go per second at the moment."""
        return self.part - self._lacking

    @property
    def at_once(self) -> int:
        """The most that may go together: what a second brings, or one."""
        return max(1, int(self.part))

    def take(self, count: int) -> None:
        """Wait until so many may go, and let them; `count` is at most `at_once`."""
        assert count <= self.at_once
        while True:
            self._earn()
            if self._earned >= count - _CLOSE_ENOUGH:
                self._earned -= count
                return
            self.sleep(min((count - self._earned) / self.pace, _LONGEST_NAP_S))

    def slow_down(self) -> None:
        """Halve the pace, and forget what was saved; it recovers by 5 % of the part per second."""
        self._earn()
        self._lacking += self.pace / 2
        self._earned = 0.0

    def _earn(self) -> None:
        now = self.now()
        passed = now - (now if self._at is None else self._at)
        self._at = now
        recovery = RECOVERY * self.part
        slow = min(passed, self._lacking / recovery)  # how long of it the pace was below the part
        missed = self._lacking * slow - recovery * slow * slow / 2
        self._lacking = max(0.0, self._lacking - recovery * slow)
        self._earned = min(float(self.at_once), self._earned + self.part * passed - missed)
