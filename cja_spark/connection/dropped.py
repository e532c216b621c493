"""Whether a write met rows that cannot be used, so that quarantine is not searched where there are none."""

from __future__ import annotations

from pyspark.sql import Observation

from cja_spark.lake import Lake


def may_have_dropped(lake: Lake, seen: Observation) -> bool:
    """Whether a write that counted `dropped` on its way saw any; True where it cannot tell.

    A table of a catalogue is made by a plan of its own, which tells an observation nothing.
    """
    return not lake.by_path or bool(seen.get.get("dropped"))
