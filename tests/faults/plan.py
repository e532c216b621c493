"""The faults of publishing.md, section 8: what each is, how many of it CI and `make faults` try at least, what must hold."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("CJA_FAULTS") == "full"


class Fault(NamedTuple):
    """A kind of fault.

    Attributes:
        what: it in a few words.
        ci: how many CI tries at least.
        full: how many `make faults` tries at least.
        holds: what must hold.
        elsewhere: the command that tries it, where CI does not.
    """

    what: str
    ci: int
    full: int
    holds: str
    elsewhere: str = ""


FAULTS = {
    "F1": Fault("every failpoint, first and second hit, for every sink", 32, 160, "I1-I5, one wave is done again at most"),
    "F2": Fault("the process is killed at a random moment", 10, 100, "I1-I5"),
    "F3": Fault("an acknowledgement is lost", 24, 80, "I2"),
    "F4": Fault("runs and chunks three times, an older ledger, a claim that is lost", 20, 60, "I2, I3"),
    "F5": Fault("k of n rows refused; 207, 413, SQLSTATE 22*, a cut reply", 48, 200, "exactly those letters"),
    "F6": Fault("poison among a million rows; one; only poison", 3, 5, "letters are the poison, few calls"),
    "F7": Fault("slow, cut, silent, half-open and wrong servers", 24, 120, "in time, exit 6, nothing taken for done"),
    "F8": Fault("several at once: publishers, audiences, maintain, erase, migrate, retry", 40, 200, "one wins, or as one after another"),
    "F9": Fault("clocks that are wrong, go back, change zones", 12, 20, "no order comes from a clock"),
    "F10": Fault("schemas that change", 40, 80, "exit 3 names the column, no silent null"),
    "F11": Fault("damaged and missing files", 30, 60, "exit 3, or counted in quarantine"),
    "F12": Fault("bad inputs B1-B5", 2_000, 20_000, "stored, a letter or a named error, within 30 s"),
    "F13": Fault("one person with most events, one key with half of them, many audiences", 2, 6, "even chunks, flat memory"),
    "F14": Fault("a full disk, no leave to write, few handles, a worker that dies, SIGTERM", 10, 20, "I1, exit 6 or 143, heals"),
    "F15": Fault("corpora of security B6-B9", 500, 500, "nothing gets through, I8"),
    "F16": Fault("erasure, then everything that could bring somebody back", 1, 3, "0 hits, nobody is back"),
    "F17": Fault("states and versions of other programs", 4, 12, "read, or exit 8"),
    "F18": Fault("sources that shrink, go back or repeat", 12, 20, "nobody leaves unasked; exit 5 or 3"),
    "F19": Fault("mutants of the known traps T1-T19 and of our own M1-M8", 0, 27, "the tests find each", "make faults"),
    "F20": Fault("drawn histories against a model", 200, 2_000, "I1-I7"),
}  # fmt: skip
_FAILPOINT = re.compile(r"\bfailpoint\(f?\"([a-z_.]+)\"\)")


def failpoints() -> set[str]:
    """The names of all failpoints in the package."""
    return {name for file in (ROOT / "cja_spark").rglob("*.py") for name in _FAILPOINT.findall(file.read_text(encoding="utf-8"))}


def seeds(ci: int, full: int) -> range:
    """So many draws: as CI tries them, or as `make faults` does."""
    return range(full if FULL else ci)
