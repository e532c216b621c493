"""Named places where a fault test stops the program; nothing happens unless CJA_FAILPOINTS is set."""

from __future__ import annotations

import os
import signal
from collections import Counter

_hits: Counter[str] = Counter()


class InjectedFault(Exception):
    """The fault that a test asked for."""


def failpoint(name: str) -> None:
    """Stop here when ``CJA_FAILPOINTS`` says so: ``name=kill@2`` (SIGKILL at the second hit) or ``name=raise@1``.

    Raises:
        InjectedFault: the fault that was asked for.
    """
    asked = os.environ.get("CJA_FAILPOINTS")
    if not asked:
        return
    _hits[name] += 1
    for part in asked.split(";"):
        target, _, action = part.partition("=")
        what, _, hit = action.partition("@")
        if target == name and _hits[name] == int(hit or 1):
            if what == "kill":
                os.killpg(os.getpgid(0), signal.SIGKILL)
            raise InjectedFault(name)


def forget_hits() -> None:
    """Count from zero again."""
    _hits.clear()
