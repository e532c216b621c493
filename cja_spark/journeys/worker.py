"""What a Python worker needs: a cheap re-check of zip archives, little garbage to look for, no wait for Spark's first rows, a place for kernels."""

from __future__ import annotations

import ctypes
import gc
import itertools
import os
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zipimport import zipimporter

_CHEAP = "_cja_cheap_invalidate"
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # of mallopt, from malloc.h


_TASKS = itertools.count(1)
_SOCKETS: list[socket.socket] = []


def prepare_worker() -> None:
    """Prepare this process for a task."""
    if not getattr(zipimporter, _CHEAP, False):
        _cheapen()
        keep_memory()
        _SOCKETS.extend(_connections())
    _acknowledge()
    task = next(_TASKS)
    if task & (task - 1) == 0:  # 1, 2, 4, 8, …: modules and kernels are loaded by the first few
        _keep_what_is_there()


def _connections() -> Iterator[socket.socket]:
    """The TCP connections of this process: that to Spark, which has written the head of the task by now."""
    open_here = Path("/proc/self/fd")
    for place in [*open_here.iterdir()] if hasattr(socket, "TCP_QUICKACK") and open_here.is_dir() else ():
        try:
            if stat.S_ISSOCK(os.fstat(int(place.name)).st_mode):
                found = socket.socket(fileno=os.dup(int(place.name)))
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                    yield found
        except OSError:
            continue  # the file that listed the folder is closed


def _acknowledge() -> None:
    """Acknowledge at once what Spark has sent.

    Spark writes a task in small pieces, and its system holds a small one back until the one before is acknowledged; this side
    would do so after 40 ms, for it has nothing to say yet. Only Linux has this option, and it holds for what is open now.
    """
    for connection in _SOCKETS:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _keep_what_is_there() -> None:
    """Take what the process holds by now, modules and compiled kernels, out of the search for garbage.

    PySpark collects garbage after each task: 30 ms of looking through what never goes.
    """
    gc.collect()
    gc.freeze()


def _cheapen() -> None:
    """Re-read a zip's directory only when its file changed.

    PySpark calls `importlib.invalidate_caches` for each task and every zipimporter then re-reads its whole
    archive (pyspark.zip, spark-core.jar, …): 0.1-0.3 s a task.
    """
    original = zipimporter.invalidate_caches
    known: dict[str, tuple[int, int]] = {}

    def invalidate(self: zipimporter) -> None:
        try:
            now = Path(self.archive).stat()
        except OSError:
            original(self)
            return
        stamp = (now.st_mtime_ns, now.st_size)
        if known.get(self.archive) != stamp:
            original(self)
            known[self.archive] = stamp

    zipimporter.invalidate_caches = invalidate  # type: ignore[method-assign]  # the standard library's method is what this replaces
    setattr(zipimporter, _CHEAP, True)


def keep_memory() -> None:
    """Let glibc keep freed arrays of up to 32 MB for the next ones: new pages from the system cost more than kernels."""
    if not sys.platform.startswith("linux"):
        return
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return  # another C library; arrays then come from the system each time
    for option, value in ((_M_MMAP_THRESHOLD, 32 << 20), (_M_TRIM_THRESHOLD, 1 << 30), (_M_TOP_PAD, 64 << 20)):
        libc.mallopt(option, value)


def keep_compiled_kernels() -> None:
    """Give numba a folder that can be written when the package lies in a zip or a read-only place."""
    if "NUMBA_CACHE_DIR" in os.environ or os.access(Path(__file__).parent, os.W_OK):
        return
    os.environ["NUMBA_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / f"cja_spark_kernels_{os.getuid()}")


keep_compiled_kernels()
