"""Wall seconds of a piece of work, and CPU seconds of the whole machine meanwhile: let nothing else run on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psutil


def cpu_seconds() -> float:
    """CPU seconds that the machine has worked since it started.

    Those of processes would miss Python workers whose daemon ends before them: nobody inherits their time.
    """
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0))


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Answer, wall seconds, CPU seconds of one call."""
    cpu, begun = cpu_seconds(), time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - begun, cpu_seconds() - cpu
