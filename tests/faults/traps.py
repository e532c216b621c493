"""`python -m tests.faults.traps`: F19, the mutants of all known traps; ends with 1 where the tests do not find one."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

import yaml

from tests.faults.record import FACTS, OUT
from tests.mutants.run import LIBRARIES, run, say
from tests.mutants.spec import Mutants, declared

FILE = Path(__file__).resolve().parent / "traps.yaml"


def traps() -> dict[str, str]:
    """The words of the mutant of each trap."""
    found: dict[str, str] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def chosen(words: set[str]) -> dict[str, Mutants]:
    """The declared mutants that have these words."""
    found = {}
    for name, one in declared().items():
        mutants = tuple(mutant for mutant in one.mutants if f"{name}, {mutant.rule}: {mutant.breaks}" in words)
        if mutants:
            found[name] = one.model_copy(update={"mutants": mutants})
    return found


def main() -> int:
    """Make each mistake once, and note whether the tests found it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", choices=[*traps(), []], help="traps, such as T4; all without any")
    names = asked.parse_args().names or [*traps()]
    words = {name: traps()[name] for name in names}
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    place = os.environ.pop(OUT, None)  # what tests find in a mutant is no fault that the program survived
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="traps_") as folder:
        survivors = {*run(chosen({*words.values()}), Path(folder))}
    for name, one in words.items():
        if one in survivors:
            say(f"not found: {name}, {one}")
    if place:
        Path(place).mkdir(parents=True, exist_ok=True)
        lines = [
            {"fault": "F19", "node": one, **dict.fromkeys(FACTS), "failpoint": name, "action": "mutant",
             "outcome": "failed" if one in survivors else "survived"}
            for name, one in words.items()
        ]  # fmt: skip
        (Path(place) / f"faults_traps_{os.getpid()}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
