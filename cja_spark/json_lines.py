"""JSON lines into the file that an environment variable names, for whoever watches; telling never stops a run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

STDERR = "-"
# A variable whose file could not be written: said once, then silent.
_said: set[tuple[str, str]] = set()


def utc_ms(moment: datetime) -> str:
    """An instant as lines tell it: RFC 3339, UTC, to the millisecond.

    >>> utc_ms(datetime(2026, 11, 28, 12, tzinfo=UTC))
    '2026-11-28T12:00:00.000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_line(variable: str, line: Mapping[str, Any]) -> None:
    """Append an object to the file that a variable names, or write it to the error stream where it says `-`.

    A line is written whole, so that lines of several processes do not mix; the file is its owner's to read. A file that
    cannot be written is said once; the run goes on without.
    """
    place = os.environ.get(variable)
    if not place or (variable, place) in _said:
        return
    text = f"{json.dumps(line, separators=(',', ':'))}\n"
    try:
        if place == STDERR:
            sys.stderr.write(text)
            sys.stderr.flush()
        else:
            _append(place, text.encode("ascii"))
    except (OSError, ValueError) as error:  # a file, or an error stream that is closed
        _said.add((variable, place))
        why = getattr(error, "strerror", None) or "it is closed"
        with suppress(OSError, ValueError):
            sys.stderr.write(f"cja: {variable}: nothing can be written there: {why}; the run goes on without.\n")


def _append(place: str, line: bytes) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(handle, line) < len(line):
            raise OSError(0, "the disk is full")
    finally:
        os.close(handle)
