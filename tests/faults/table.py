"""`python -m tests.faults.table FOLDER`: writes the table of docs/reliability.md from the lines of a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.faults.plan import FAULTS, ROOT
from tests.faults.summary import Sum, lines_of, sums_of

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- made by `python -m tests.faults.table` -->", "<!-- end -->"
HEAD = ("", "Fault", "Must hold", "Tried", "Survived", "Rows lost", "Duplicated", "Out of order", "Recovery (median)", "Rows re-sent")


def table(sums: dict[str, Sum]) -> str:
    """The table as Markdown, with a row for each fault and one of all."""
    rows = [(name, FAULTS[name].what, FAULTS[name].holds, *_cells(one)) for name, one in sums.items()]
    every = Sum(*(sum(one[at] for one in sums.values()) for at in range(6)), None, sum(one.resent for one in sums.values()))
    lines = [HEAD, ("---",) * 3 + ("---:",) * (len(HEAD) - 3), *rows, ("all", "", "", *_cells(every))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(one: Sum) -> tuple[str, ...]:
    return (f"{one.tried:,}", f"{one.survived:,}", *map(str, (one.lost, one.duplicated, one.disordered)), _time(one.recovery_s), f"{one.resent:,}")


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 0.001:
        return "under 1 ms"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def page(text: str, sums: dict[str, Sum]) -> str:
    """The page with another table."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(sums)}\n\n{END}{after}"


def main() -> int:
    """Write the page anew."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    found = sums_of(lines_of(asked.parse_args().folder))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
