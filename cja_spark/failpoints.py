"""Failpoints: named places where a test ends the program, so that every crash can be rehearsed.

`CJA_FAILPOINTS="outbox.after_commit=kill@1;ledger.before_append=raise@2"` ends the program at the n-th hit of a name.
Without the variable a failpoint is one dictionary look-up. The actions are

    kill           the process group dies at once, the JVM with it
    exit           this process ends at once
    raise          InjectedFault, which no handler of errors sees
    raise:NAME     the error of Python of that name, which handlers do see
    lost_ack       ConnectionResetError: behind an effect, what was done is done and nobody hears of it
    enospc         OSError: no space left on the device
    sleep:SECONDS  the program goes on after a while
    term           the program is asked to end

`CJA_FAULT_LOG` names a file that each fault is noted in before it happens.
"""

from __future__ import annotations

import builtins
import errno
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from cja_spark.errors import ConfigurationError
from cja_spark.steps import passed

VARIABLE = "CJA_FAILPOINTS"
LOG = "CJA_FAULT_LOG"
ACTIONS = ("kill", "exit", "raise", "lost_ack", "enospc", "sleep", "term")


class InjectedFault(BaseException):
    """What `raise` raises: no handler of errors sees it, as none would see a dead process."""


class _Fault(NamedTuple):
    action: str
    of: str
    hit: int


class _Plan:
    """The faults of one value of the variable, and how often each name was passed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults = dict(_fault(part.strip()) for part in text.split(";") if part.strip())
        self.hits: dict[str, int] = {}


_plan = _Plan("")


def failpoint(name: str) -> None:
    """Pass a named place, which is a step; the program ends here when the variable says so, or is asked to by a signal."""
    passed(name)
    plan = _current()
    if plan is None or name not in plan.faults:
        return
    plan.hits[name] = plan.hits.get(name, 0) + 1
    if plan.hits[name] == plan.faults[name].hit:
        _happen(plan.faults[name], name)


def never_hit() -> tuple[str, ...]:
    """Names that were given and whose fault did not happen; a suite fails on them."""
    plan = _current()
    if plan is None:
        return ()
    return tuple(name for name, fault in plan.faults.items() if plan.hits.get(name, 0) < fault.hit)


def forget_hits() -> None:
    """Count from zero again."""
    _plan.hits.clear()


def armed() -> str:
    """The faults of this program, for a task to take over; empty when there are none."""
    return os.environ.get(VARIABLE, "")


def arm(faults: str) -> None:
    """Take over the faults of the program that sent this task; its own count of hits begins with other faults."""
    if faults != armed():
        os.environ[VARIABLE] = faults
    _current()


def _current() -> _Plan | None:
    global _plan
    text = os.environ.get(VARIABLE, "")
    if text != _plan.text:
        _plan = _Plan(text)
    return _plan if text else None


def _fault(part: str) -> tuple[str, _Fault]:
    name, _, what = part.partition("=")
    asked, _, hit = what.partition("@")
    action, _, of = asked.partition(":")
    if action not in ACTIONS or not (hit or "1").isdigit() or not _can_be_meant(action, of):
        raise ConfigurationError(
            f"{VARIABLE}: '{part}' is no fault. Write name=action@hit; actions: {', '.join(ACTIONS)}."
        )
    return name, _Fault(action, of, int(hit or "1"))


def _can_be_meant(action: str, of: str) -> bool:
    """Whether an action has what it needs and no more."""
    if action == "sleep":
        return of.replace(".", "", 1).isdigit()
    return not of or (action == "raise" and _error(of) is not None)


def _error(name: str) -> type[Exception] | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def _happen(fault: _Fault, name: str) -> None:
    _note(fault, name)
    if fault.action == "sleep":
        time.sleep(float(fault.of))
        return
    if fault.action == "term":
        os.kill(os.getpid(), signal.SIGTERM)
        return
    if fault.action == "kill":
        os.killpg(os.getpgid(0), signal.SIGKILL)
    if fault.action == "exit":
        os._exit(1)
    raise _raised(fault, name)


def _note(fault: _Fault, name: str) -> None:
    if place := os.environ.get(LOG):
        with Path(place).open("a", encoding="utf-8") as log:
            log.write(f"{name} {fault.action} {fault.hit}\n")


def _raised(fault: _Fault, name: str) -> BaseException:
    if fault.action == "lost_ack":
        return ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    if fault.action == "enospc":
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    error = _error(fault.of)
    return InjectedFault(name) if error is None else error(name)
