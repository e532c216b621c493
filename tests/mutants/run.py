"""`make mutants`: the code with one mistake in it, again and again; the tests must find each.

The package and its tests are copied to a temporary folder, and the mistakes are made there. Each runs in a process of
its own, which is forked after the libraries have been read, and without numba's compiler: on a few events plain Python
is quicker, and who reads past the end of an array is told so.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.spec import ROOT, Mutants, declared

KILLED, SURVIVED = "killed", "SURVIVED"
PARTS = ("cja_spark", "tests", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "golden", "jobs", "browser", ".hypothesis")
AT_MOST_SECONDS = 300
LIBRARIES = ("hypothesis", "numba", "numpy", "pandas", "pyarrow.compute", "pydantic", "pyspark.sql", "yaml")


def copied(folder: Path) -> None:
    """Copy what the tests need."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=LEFT_OUT)
        else:
            shutil.copy2(ROOT / part, folder / part)


def tested(folder: Path, tests: Sequence[str], *, keep_bytecode: bool = False) -> tuple[int, str]:
    """Run tests of the copy in a process of their own: pytest's exit code and what it said; 1 where they did not end."""
    said = folder / "said.txt"
    child = os.fork()
    if child == 0:
        sys.dont_write_bytecode = not keep_bytecode
        os._exit(_test(folder, tests, said))
    ended, deadline = 0, time.monotonic() + AT_MOST_SECONDS
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return 1, f"The tests did not end in {AT_MOST_SECONDS} seconds."
    return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8")


def _test(folder: Path, tests: Sequence[str], said: Path) -> int:
    """In a process that knows libraries and nothing of the project: run tests of the copy."""
    with said.open("w", encoding="utf-8") as to:
        os.dup2(to.fileno(), 1)
        os.dup2(to.fileno(), 2)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("cja_spark", "tests")]:
        del sys.modules[name]
    sys.path[:] = [str(folder), *(one for one in sys.path if one and Path(one).resolve() != ROOT)]
    os.chdir(folder)
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))


def verdict(code: int, said: str) -> str:
    """What pytest's exit code says of a mutant.

    Raises:  RuntimeError where tests were not found or could not be read.
    """
    if code not in (0, 1):
        raise RuntimeError(f"pytest ended with {code}:\n{said}")
    return KILLED if code else SURVIVED


def run(chosen: dict[str, Mutants], folder: Path) -> list[str]:
    """Make each mistake once and tell which ones the tests did not find."""
    copied(folder)
    for one in chosen.values():
        for mutant in one.mutants:
            mutant.of(one.source)  # all of them fit, before any is run
    tests = sorted({test for one in chosen.values() for test in one.all_tests})
    code, said = tested(folder, tests, keep_bytecode=True)
    if code:
        raise RuntimeError(f"The tests fail without any mutant:\n{said}")
    total, number, survivors = sum(len(one.mutants) for one in chosen.values()), 0, []
    for name, mutants in chosen.items():
        file = folder / mutants.file
        source, written = file.read_text(encoding="utf-8"), file.stat()
        for mutant in mutants.mutants:
            number, begun = number + 1, time.monotonic()
            file.write_text(mutant.of(source), encoding="utf-8")
            found = verdict(*tested(folder, mutants.tests_of(mutant)))
            line = f"{name}, {mutant.rule}: {mutant.breaks}"
            say(f"{number:>3}/{total} {found:<8} {time.monotonic() - begun:5.1f} s  {line}")
            survivors += [line] if found == SURVIVED else []
        file.write_text(source, encoding="utf-8")
        os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))  # what was kept of it is valid again
    return survivors


def say(line: str) -> None:
    """Print a line at once."""
    os.write(1, f"{line}\n".encode())


def main() -> int:
    """Run the mutants that were asked for; 1 where one survives."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", choices=[*declared(), []], help="files of mutants, without .yaml; all without any")
    asked.add_argument("--mutants", help="only those whose rule or words contain this text")
    options = asked.parse_args()
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    for library in LIBRARIES:
        importlib.import_module(library)
    chosen = {name: only(one, options.mutants) for name, one in declared().items() if name in (options.names or declared())}
    with tempfile.TemporaryDirectory(prefix="mutants_") as folder:
        survivors = run(chosen, Path(folder))
    total = sum(len(one.mutants) for one in chosen.values())
    say(f"{total - len(survivors)} of {total} mutants killed.")
    for line in survivors:
        say(f"survived: {line}")
    return 1 if survivors else 0


def only(mutants: Mutants, text: str | None) -> Mutants:
    """Those whose rule or words contain a text."""
    kept = [one for one in mutants.mutants if text is None or text in f"{one.rule}: {one.breaks}"]
    return mutants.model_copy(update={"mutants": tuple(kept)})


if __name__ == "__main__":
    sys.exit(main())
