"""Steps: one JSON line for each thing that a run passes, for whoever watches it; no identity and no secret (S8).

`CJA_STEPS` says where they go: a file that lines are appended to, or `-` for the error stream. Without it a step is one
look-up.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

from cja_spark.json_lines import utc_ms, write_line

VARIABLE = "CJA_STEPS"
TEXTS = ("command", "run_id", "audience_id", "sink", "kind", "state", "error_class", "error_code", "person_ref")
NUMBERS = ("run_seq", "chunk", "chunks", "rows", "seconds", "exit_code", "attempts")
SHOWN_OF_PERSON = 12
# Names, ids and codes only: a message, a path or an address does not fit, so that none can get in by mistake.
_PLAIN = re.compile(r"[A-Za-z0-9_.*-]{1,64}")
Fact = str | int | float | None
_about: ContextVar[Mapping[str, Fact]] = ContextVar("cja_spark_steps", default=MappingProxyType({}))


@contextmanager
def about(**facts: Fact) -> Iterator[None]:
    """Run a block whose steps all tell some facts."""
    before = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(before)


def passed(place: str) -> None:
    """Write a line about a named place of the program, where a block around it says what it is about."""
    if os.environ.get(VARIABLE) and _about.get():
        step_line(place)


def step_line(step: str, **facts: Fact) -> None:
    """Write one line about a step, with the facts of the blocks around it.

    A fact that cannot be written is left out: telling never stops a run. A text that is no name, id or code is
    written as `***`.

    Args:
        step: its name.
        facts: what is told of it: names, ids, codes and numbers only; `ms`, as tables have it, is told in `seconds`.

    Raises:
        TypeError: a fact that no line may hold.
    """
    if not os.environ.get(VARIABLE):
        return
    told = {**_about.get(), **facts}
    if (ms := told.pop("ms", None)) is not None:
        told["seconds"] = float(ms) / 1000
    if others := told.keys() - {*TEXTS, *NUMBERS}:
        raise TypeError(f"A step tells nothing of {', '.join(sorted(others))}.")
    line: dict[str, Fact] = {"time": utc_ms(datetime.now(UTC)), "step": step}
    line |= {name: _plain(name, value) for name, value in told.items() if value is not None}
    write_line(VARIABLE, line)


@contextmanager
def timed(step: str, **facts: Fact) -> Iterator[None]:
    """Write a line when a block is done, and how long it took; when an error ends it, the kind of the error too."""
    begun = time.monotonic()
    try:
        yield
    except BaseException as error:
        step_line(f"{step}.failed", seconds=_since(begun), **facts, **error_facts(error))
        raise
    step_line(f"{step}.done", seconds=_since(begun), **facts)


def error_facts(error: BaseException) -> dict[str, Fact]:
    """What a line tells of an error: its class and its code, never its message; of a sink's refusal what the sink says."""
    own, code = getattr(error, "error_class", None), getattr(error, "code", None)
    exit_code = getattr(error, "exit_code", None)
    facts: dict[str, Fact] = {"error_class": own if isinstance(own, str) else type(error).__name__}
    if isinstance(code, str):
        facts["error_code"] = code
    if isinstance(exit_code, int):
        facts["exit_code"] = exit_code
    return facts


def _since(begun: float) -> float:
    return round(time.monotonic() - begun, 3)


def _plain(name: str, value: Fact) -> Fact:
    if name in NUMBERS:
        return value if isinstance(value, int | float) else None
    text = str(value)
    if not _PLAIN.fullmatch(text):
        return "***"
    return text[:SHOWN_OF_PERSON] if name == "person_ref" else text

