"""The newest event: replays run up to its time when no instant is given."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.connection.load import Load
from cja_spark.connection.staging import Staged, newest
from cja_spark.connection.stitching.stitch import EPOCH
from cja_spark.lake import Lake


def newest_event(lake: Lake, load: Load, rows: Staged) -> datetime | None:
    """The time of the newest usable event, of this load and of those before it; None when there is none."""
    found = list(rows.newest.values())
    if read_in_place := [frame for name, frame in rows.datasets.items() if name not in rows.newest]:
        times = [frame.select(newest()) for frame in read_in_place]
        found += [row["newest"] for row in reduce(DataFrame.unionByName, times).collect()]
    known = [EPOCH + timedelta(microseconds=micros) for micros in found if micros is not None]
    if load.known.newest is not None:
        known.append(load.known.newest)
    elif load.events_version >= 0 and not load.full and (before := _newest_of(lake, load)):
        known.append(before)
    return max(known, default=None)


def _newest_of(lake: Lake, load: Load) -> datetime | None:
    """What earlier loads that noted no time have brought; partitions but the last are not read."""
    events = lake.events.read(load.events_version)
    day = events.agg(F.max("event_date")).collect()[0][0]
    if day is None:
        return None
    micros = events.where(F.col("event_date") == F.lit(day)).agg(F.max(F.unix_micros("ts"))).collect()[0][0]
    return EPOCH + timedelta(microseconds=micros)
