"""Wall and CPU seconds of a piece of work, of this process and everything that it started."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psutil


def cpu_seconds() -> float:
    """CPU seconds of this process, the JVM and all workers, also of those that ended: who started them has their seconds."""
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
        except psutil.NoSuchProcess:
            continue
    return total


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Answer, wall seconds, CPU seconds of one call."""
    cpu, begun = cpu_seconds(), time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - begun, cpu_seconds() - cpu
