"""What pytest notes of faults: a line of JSON for each, where `CJA_FAULTS_OUT` names a folder for them.

A test says which fault it tries by `@pytest.mark.fault("F5")`. What failpoints did while it ran is noted by itself; a test
that knows more (rows, what was lost, how long it took to recover) says so by the fixture `fault`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cja_spark.failpoints import LOG

OUT = "CJA_FAULTS_OUT"
FACTS = ("failpoint", "action", "hit", "seed", "rows", "lost", "duplicated", "disordered", "recovery_s", "resent", "times")
_found = pytest.StashKey[list[dict[str, Any]]]()
_ended = pytest.StashKey[str]()
_noted = pytest.StashKey[int]()


class Faults:
    """What a test says of the faults that it tried."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        self._lines = lines

    def tried(self, **facts: Any) -> None:
        """One more fault, or `times` of them."""
        assert {*facts} <= {*FACTS}, sorted({*facts} - {*FACTS})
        self._lines.append(facts)


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Faults:
    """Where a test says what it found."""
    return Faults(request.node.stash.setdefault(_found, []))


def pytest_configure(config: pytest.Config) -> None:
    """Give this process a file for what failpoints do, in it and in all that it starts."""
    config.addinivalue_line("markers", "fault(name): the fault of publishing.md, section 8, that a test tries")
    if os.environ.get(OUT):
        Path(os.environ[OUT]).mkdir(parents=True, exist_ok=True)
        os.environ[LOG] = str(Path(os.environ[OUT]).resolve() / f"hits_{_process()}.log")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember how much failpoints had done before."""
    item.stash[_noted] = len(_hits())
    item.stash[_ended] = "survived"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note how it ended."""
    report = yield
    if report.failed:
        item.stash[_ended] = "failed"
    elif report.skipped and item.stash.get(_ended, "survived") == "survived":
        item.stash[_ended] = "skipped"
    if report.when == "teardown" and os.environ.get(OUT):
        _write(item)
    return report


def _write(item: pytest.Item) -> None:
    lines = [line for mark in item.iter_markers("fault") for line in _lines(item, *mark.args, **mark.kwargs)]
    if lines:
        with (Path(os.environ[OUT]) / f"faults_{_process()}.jsonl").open("a", encoding="utf-8") as out:
            out.writelines(f"{json.dumps(line, default=str)}\n" for line in lines)


def _lines(item: pytest.Item, name: str, **given: Any) -> Iterator[dict[str, Any]]:
    """One line per fault: those that the test told of, else those that failpoints did, else the test itself."""
    seed = getattr(item, "callspec", None) and item.callspec.params.get("seed")
    told = item.stash.get(_found, []) or [dict(zip(("failpoint", "action", "hit"), one, strict=True)) for one in _since(item)] or [{}]
    for one in told:
        facts = {"seed": seed, **given, **one}
        yield {"fault": name, "node": item.nodeid, **{fact: facts.get(fact) for fact in FACTS}, "outcome": item.stash[_ended]}


def _since(item: pytest.Item) -> list[tuple[str, str, int]]:
    found = [line.split() for line in _hits()[item.stash.get(_noted, 0) :]]
    return [(name, action, int(hit)) for name, action, hit in found]


def _hits() -> list[str]:
    place = os.environ.get(LOG)
    return Path(place).read_text(encoding="utf-8").splitlines() if place and Path(place).exists() else []


def _process() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return re.sub(r"\W", "_", f"{worker}_{os.getpid()}")
