"""What a run of faults adds up to, from the lines that `record.py` wrote."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.plan import FAULTS, failpoints

Line = Mapping[str, Any]


class Sum(NamedTuple):
    """What became of the faults of one kind.

    Attributes:
        recovery_s: the median, in seconds, of those whose recovery was timed.
        resent: rows that were sent once more than they had to be.
    """

    tried: int
    survived: int
    skipped: int
    lost: int
    duplicated: int
    disordered: int
    recovery_s: float | None
    resent: int


def lines_of(folder: Path) -> list[Line]:
    """All lines of a run."""
    files = sorted(folder.glob("faults_*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def hits_of(folder: Path) -> set[str]:
    """Failpoints at which something happened."""
    files = sorted(folder.glob("hits_*.log"))
    return {line.split()[0] for file in files for line in file.read_text(encoding="utf-8").splitlines()}


def sums_of(lines: Iterable[Line]) -> dict[str, Sum]:
    """The sums of each kind of fault."""
    of = {name: [] for name in FAULTS}
    for line in lines:
        of[line["fault"]].append(line)
    return {name: _sum(some) for name, some in of.items()}


def _sum(lines: list[Line]) -> Sum:
    ended = {outcome: sum(line["times"] or 1 for line in lines if line["outcome"] == outcome) for outcome in ("survived", "failed", "skipped")}
    times = [line["recovery_s"] for line in lines if line["recovery_s"] is not None]
    lost, duplicated, disordered, resent = (sum(line[name] or 0 for line in lines) for name in ("lost", "duplicated", "disordered", "resent"))
    return Sum(
        ended["survived"] + ended["failed"], ended["survived"], ended["skipped"], lost, duplicated, disordered,
        statistics.median(times) if times else None, resent,
    )  # fmt: skip


def shortages(folder: Path, *, full: bool) -> list[str]:
    """What a run lacks: faults that were not tried often enough or not survived, failpoints at which nothing happened."""
    found = []
    for name, one in sums_of(lines_of(folder)).items():
        least = FAULTS[name].full if full else FAULTS[name].ci
        if one.tried < least:
            found.append(f"{name}: {one.tried} of {least} tried, {one.skipped} left out ({FAULTS[name].what})")
        if one.survived < one.tried:
            found.append(f"{name}: {one.tried - one.survived} not survived")
        if one.lost or one.duplicated or one.disordered:
            found.append(f"{name}: {one.lost} rows lost, {one.duplicated} duplicated, {one.disordered} out of order")
    return [*found, *(f"nothing happened at failpoint {name}" for name in sorted(failpoints() - hits_of(folder)))]
