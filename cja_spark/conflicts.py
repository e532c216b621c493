"""Conflicts: what another commit got in the way of is done again, from a fresh snapshot (D7)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cja_spark.errors import InputError
from cja_spark.sources.failures import SPARK_ERRORS, conflict_of
from cja_spark.steps import step_line
from cja_spark.table import Table

if TYPE_CHECKING:
    from delta.tables import DeltaMergeBuilder, DeltaTable

ATTEMPTS = 5
SHORTEST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0


def merge_into(table: Table, planned: Callable[[DeltaTable], DeltaMergeBuilder]) -> None:
    """Run a MERGE, again where another commit was first; so it has to be one that a second run of does nothing more.

    Args:
        table: the target.
        planned: the MERGE, given the target as it is now, with the alias `t`.

    Raises:
        InputError: the target's columns or protocol changed, twice.
        PySparkException: others were first each time, or what else Spark fails at.
    """
    despite_conflicts(table, lambda: planned(table.delta().alias("t")).execute())


def despite_conflicts(
    table: Table,
    write: Callable[[], object],
    *,
    sleep: Callable[[float], None] = time.sleep,
    draw: Callable[[], float] = random.random,
) -> None:
    """Write to a table, again where another commit was first: five times in all, with growing waits.

    Args:
        table: the table.
        write: plans and writes; called once per attempt.
        sleep: how to wait.
        draw: a number from 0 to 1, for the wait.

    Raises:
        InputError: the table's columns or protocol changed, twice.
        PySparkException: others were first each time, or what else Spark fails at.
    """
    changed = 0
    for attempt in range(1, ATTEMPTS + 1):
        try:
            write()
            return
        except SPARK_ERRORS as error:
            conflict = conflict_of(error)
            if conflict is None or attempt == ATTEMPTS:
                raise
            changed += conflict == "table"
            if changed > 1:
                raise InputError(f"{table.spec.name}: its columns or its protocol changed while it was written. See who does that.") from error
        step_line("table.conflict", attempts=attempt)
        sleep(_wait(attempt, draw()))


def _wait(attempt: int, drawn: float) -> float:
    """Seconds before the next attempt: at random, so that of two who meet one is first."""
    return SHORTEST_WAIT_S + drawn * (min(LONGEST_WAIT_S, 4.0**attempt) - SHORTEST_WAIT_S)
