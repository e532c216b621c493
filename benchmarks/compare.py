"""Equal answers before anything is timed: cja_spark against DuckDB, and one pass against single runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import duckdb

from benchmarks import peers
from benchmarks.questions import CHANNELS, FALLOUT, PAGES, REPORT_OF, SESSIONS, TREND, Rows, ask
from cja_spark.lake import Lake

# Sums of money are doubles, added in another order.
TOLERANCE = 1e-9


def compare(lake: Lake, database: duckdb.DuckDBPyConnection, source: str) -> None:
    """Require the same answers of both sides to all five questions, and of one pass the answers of the single runs.

    Raises:  AssertionError that names the question and the first row that differs.
    """
    answers = {name: ask(lake, [report])[0] for name, report in REPORT_OF.items()}
    for name, rows in zip(answers, ask(lake, list(REPORT_OF.values())), strict=True):
        require_equal(f"{name}, one pass", [tuple(row.values()) for row in rows], [tuple(row.values()) for row in answers[name]])
    ours = {
        FALLOUT: [tuple(row["people"] for row in answers[FALLOUT])],
        PAGES: items(answers[PAGES], "page", "events", "people", "sessions"),
        SESSIONS: [tuple(answers[SESSIONS][0][name] for name in ("sessions", "events", "people", "bounces"))],
        TREND: with_total(answers[TREND], "label", "events", "people", "revenue"),
        CHANNELS: with_total(answers[CHANNELS], "channel", "people", "orders", "revenue"),
    }
    queries = {
        FALLOUT: peers.fallout, PAGES: peers.pages, SESSIONS: peers.session_figures, TREND: peers.trend, CHANNELS: peers.channels,
    }  # fmt: skip
    assert ours.keys() == queries.keys() == REPORT_OF.keys()
    for name, query in queries.items():
        require_equal(name, ours[name], database.execute(query(source)).fetchall())
    [counted] = database.execute(peers.sessions(source)).fetchall()
    require_equal(f"{SESSIONS}, the query that is timed", [ours[SESSIONS][0][:1]], [counted])


def items(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows that have a name."""
    return with_total([row for row in rows if row["row_kind"] != "total"], *columns)


def with_total(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of all rows; the total's name is null, as DuckDB's is."""
    return [tuple(row[name] for name in columns) for row in rows]


def require_equal(name: str, ours: Sequence[tuple[Any, ...]], theirs: Sequence[tuple[Any, ...]]) -> None:
    """Require the same rows in any order; a row is named by its first column.

    Raises:  AssertionError
    """
    assert len(ours) == len(theirs) > 0, f"{name}: {len(ours)} rows and {len(theirs)}"
    for one, other in zip(sorted(ours, key=_by_name), sorted(theirs, key=_by_name), strict=True):
        assert len(one) == len(other), f"{name}: {one} and {other}"
        assert all(map(_same, one, other)), f"{name}: {one} and {other}"


def _by_name(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(cell) for cell in row if cell is None or isinstance(cell, str))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE)
    return bool(one == other)
