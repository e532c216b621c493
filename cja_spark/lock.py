"""A lock of the operating system on a lake that lies on a disk of this machine: one process at a time is at some work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from cja_spark.errors import ClaimError, UnwritableError
from cja_spark.lake import Lake


@contextmanager
def locked(lake: Lake, work: str, doing: str) -> Iterator[bool]:
    """Keep others out of one kind of work on a lake while the block runs; a process that dies gives its lock back.

    Args:
        lake: the lake.
        work: the name of the work; the lock is the file `_WORK.lock` in the lake.
        doing: what another run is at, for the error.

    Yields: True; False where the lake lies elsewhere, and nobody is kept out.

    Raises:
        ClaimError: another run is at it.
        UnwritableError: the lake cannot be written.
    """
    folder = lake.folder
    if folder is None:
        yield False
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f"_{work}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnwritableError.place(lake.location, error.strerror or type(error).__name__) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise ClaimError(f"Another run {doing} in this lake. Try again when it is done.") from error
    try:
        yield True
    finally:
        os.close(handle)
