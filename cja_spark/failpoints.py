"""Failpoints: named places where a test ends the program, so that every crash can be rehearsed.

`CJA_FAILPOINTS="outbox.after_commit=kill@1;ledger.before_append=raise@2"` ends the program at the n-th hit of a name.
Without the variable a failpoint is one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
from typing import NamedTuple

from cja_spark.errors import ConfigurationError

VARIABLE = "CJA_FAILPOINTS"
ACTIONS = ("kill", "exit", "raise", "term")


class InjectedFault(BaseException):
    """What `raise` raises: no handler of errors sees it, as none would see a dead process."""


class _Fault(NamedTuple):
    action: str
    hit: int


class _Plan:
    """The faults of one value of the variable, and how often each name was passed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults = dict(_fault(part.strip()) for part in text.split(";") if part.strip())
        self.hits: dict[str, int] = {}


_plan = _Plan("")


def failpoint(name: str) -> None:
    """Pass a named place; the program ends here when the variable says so, or is asked to end by a signal (`term`)."""
    plan = _current()
    if plan is None or name not in plan.faults:
        return
    plan.hits[name] = plan.hits.get(name, 0) + 1
    if plan.hits[name] == plan.faults[name].hit:
        _end(plan.faults[name].action, name)


def never_hit() -> tuple[str, ...]:
    """Names that were given and whose fault did not happen; a suite fails on them."""
    plan = _current()
    if plan is None:
        return ()
    return tuple(name for name, fault in plan.faults.items() if plan.hits.get(name, 0) < fault.hit)


def forget_hits() -> None:
    """Count from zero again."""
    _plan.hits.clear()


def _current() -> _Plan | None:
    global _plan
    text = os.environ.get(VARIABLE, "")
    if text != _plan.text:
        _plan = _Plan(text)
    return _plan if text else None


def _fault(part: str) -> tuple[str, _Fault]:
    name, _, what = part.partition("=")
    action, _, hit = what.partition("@")
    if action not in ACTIONS or not (hit or "1").isdigit():
        raise ConfigurationError(
            f"{VARIABLE}: '{part}' is no fault. Write name=action@hit; actions: {', '.join(ACTIONS)}."
        )
    return name, _Fault(action, int(hit or "1"))


def _end(action: str, name: str) -> None:
    if action == "term":
        os.kill(os.getpid(), signal.SIGTERM)
        return
    if action == "kill":
        os.killpg(os.getpgid(0), signal.SIGKILL)
    if action == "exit":
        os._exit(1)
    raise InjectedFault(name)
