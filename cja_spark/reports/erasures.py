"""Erasures: a run of reports holds no claim, so before it keeps its rows it looks whether persons were erased meanwhile."""

from __future__ import annotations

from cja_spark.connection.erased import SUPPRESSIONS
from cja_spark.errors import ClaimError
from cja_spark.lake import Lake
from cja_spark.table import TableSpec

RECEIPTS = TableSpec("erasure_receipts")  # declared in cja_spark/audiences/tables.py, a layer beside this one


def erasures_of(lake: Lake) -> tuple[int, int]:
    """How many rows erasures have written when they began, and when they ended."""
    begun, ended = (table.count() if (table := lake.table(spec)).exists() else 0 for spec in (SUPPRESSIONS, RECEIPTS))
    return begun, ended


def require_no_erasure(lake: Lake, before: tuple[int, int]) -> None:
    """Make sure that no erasure began or ended since a run read what it read: it may have read who is erased now.

    Raises:
        ClaimError: one did.
    """
    if erasures_of(lake) != before:
        raise ClaimError("Persons were erased while the report was computed, so that it is not kept. Run the same command again.")
