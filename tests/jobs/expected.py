"""Expected tables of real projects: small files under tests/expected, what is compared with them, and how they are written.

`python -m tests.jobs.expected` writes them anew from the independent code; the product has no part in it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.jobs import dsw_luma, luma
from tests.jobs.processes import ROOT

FOLDER = ROOT / "tests" / "expected"
PROJECTS = {"luma": luma, "dsw-luma": dsw_luma}
CASES = [(project, name) for project, code in PROJECTS.items() for name in (*code.ANSWERS, "lives")]


def answers(project: str, shared: Path):
    """What the independent code answers, by the report's name: columns and rows."""
    code = PROJECTS[project]
    database = code.database(shared / "data" / project)

    def answer(name: str) -> tuple[list[str], list[tuple]]:
        if name == "lives":
            return code.LIVES_COLUMNS.split(","), code.lives_of(database)
        columns, sql = code.ANSWERS[name]
        return columns.split(","), database.execute(sql).fetchall()

    return answer


def expected(project: str, name: str) -> tuple[list[str], list[tuple]]:
    """The columns and rows of a file: text that says a number is one, an empty cell is null."""
    with (FOLDER / project / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    return columns, [tuple(_value(name, cell) for name, cell in zip(columns, row, strict=True)) for row in rows]


TEXTS = {"times", "amount_range", "digest", "label"}  # texts that may look like numbers


def _value(column: str, cell: str) -> object:
    if not cell:
        return None
    if column in TEXTS:
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


def same(mine: Iterable[Sequence], other: Iterable[Sequence]) -> None:
    """The same rows in any order; numbers to nine digits."""
    found, wanted = ([*map(tuple, sorted(rows, key=_place))] for rows in (mine, other))
    assert len(found) == len(wanted) > 0
    for one, two in zip(found, wanted, strict=True):
        assert len(one) == len(two)
        assert [_exact(value) for value in one] == [_exact(value) for value in two]
        numbers = [[float(value) for value in row if _exact(value) is NUMBER] for row in (one, two)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-9, abs=1e-9)


NUMBER = object()


def _exact(value: object) -> object:
    return value if value is None or isinstance(value, str) else NUMBER


def _place(row: Sequence) -> tuple:
    numbers = [value for value in row if value is not None and not isinstance(value, str)]
    return [str(value) if value is None or isinstance(value, str) else "" for value in row], [round(float(value), 6) for value in numbers]


def write(shared: Path) -> None:
    """Write all files from the independent code."""
    for project, name in CASES:
        columns, rows = answers(project, shared)(name)
        file = FOLDER / project / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_text(value) for value in row] for row in sorted(rows, key=_place))


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(float(f"{value:.12g}")).removesuffix(".0")


if __name__ == "__main__":
    write(ROOT.parent / "shared")
