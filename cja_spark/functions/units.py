"""Whole units of time."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

MICROS = {"days": 86_400_000_000, "hours": 3_600_000_000, "minutes": 60_000_000, "seconds": 1_000_000}


def units(micros: Column, unit: str) -> Column:
    """How many whole units a time has, bigint; what is left of a unit is dropped, before zero as after it."""
    return F.call_function("div", micros, F.lit(MICROS[unit]).cast("bigint"))
