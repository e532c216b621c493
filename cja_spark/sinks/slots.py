"""Places at a shared rate: so many tasks as share it may send at once, whichever runs and sinks they belong to.

A place is a lock on a file of this machine, which ends with its process, however that ends. Runs on several machines
share a rate only within each run (its tasks are no more than places).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cja_spark.sinks.chunk import FatalError, RetryableError

PATIENCE_S = 600.0
_NAP_S = 0.05


class Slot:
    """One place out of some; it is held until it is given back."""

    def __init__(self, held: int) -> None:
        self._held: int | None = held

    def release(self) -> None:
        """Give the place back; again is no harm."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def take_slot(
    group: str,
    places: int,
    *,
    patience_s: float = PATIENCE_S,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Slot:
    """Take a free place of a group, and wait while there is none.

    Raises:
        RetryableError: none became free in time; that costs no attempt.
        FatalError: the folder of the locks belongs to somebody else, or cannot be written.
    """
    begun = now()
    name = hashlib.sha256(group.encode("utf-8")).hexdigest()[:32]
    while True:
        try:
            held = _free(_folder(), name, places)
        except OSError as error:  # no space, no handles, a folder for temporary files that is none
            raise FatalError("rate", errno.errorcode.get(error.errno or 0, "no_folder")) from None
        if held is not None:
            return Slot(held)
        if now() - begun >= patience_s:
            raise RetryableError("rate", "no_place", costs_attempt=False)
        sleep(_NAP_S)


def _free(folder: Path, name: str, places: int) -> int | None:
    files = (folder / f"{name}-{place}" for place in range(places))
    return next((held for file in files if (held := _locked(file)) is not None), None)


def _locked(file: Path) -> int | None:
    held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held


def _folder() -> Path:
    """A folder of this user alone: nobody else can hold a place, or put a link there."""
    folder = Path(tempfile.gettempdir()) / f"cja_spark-rates-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if facts.st_uid != os.getuid() or folder.is_symlink() or facts.st_mode & 0o077:
        raise FatalError("rate", "folder_of_others")
    return folder
