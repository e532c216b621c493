"""Follow the outbox by Structured Streaming: which audiences committed since the last time (rule R5).

Once, until nothing new is there; or for ever, at each tick of a clock, whether something is new or not.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.streaming.query import StreamingQuery

from cja_spark.audiences.tables import CHANGES
from cja_spark.lake import Lake
from cja_spark.scratch import remove_folder, work_folder
from cja_spark.stopping import stop_here

Bring = Callable[[list[str]], None]
_log = logging.getLogger("cja_spark")


class _Calls:
    """What the stream calls per micro-batch, and what ended it, as Python raised it.

    Attributes:
        fault: what bringing raised.
        unread: what reading the micro-batch raised.
        finished: whether a micro-batch was brought.
    """

    def __init__(self, bring: Bring) -> None:
        self.bring = bring
        self.fault: BaseException | None = None
        self.unread: Exception | None = None
        self.finished = False
        self.at_work = threading.Lock()

    def __call__(self, changes: DataFrame, batch: int) -> None:
        with self.at_work:
            audiences = self._read(changes)
            try:
                self.bring(audiences)
            except BaseException as fault:  # Spark's callback knows Exception only; the caller gets the real one
                self.fault = fault
                raise RuntimeError(f"micro-batch {batch} of the outbox was not delivered") from fault
            self.finished = True

    def _read(self, changes: DataFrame) -> list[str]:
        try:
            rows = changes.where(F.col("op") == "seal").select("audience_id").distinct().collect()
        except Exception as fault:
            self.unread = fault
            raise
        return sorted(row["audience_id"] for row in rows)


def follow_outbox(lake: Lake, bring: Bring) -> None:
    """Call `bring(audience_ids)` for the audiences with a seal in a new micro-batch, until nothing new is there.

    A batch whose call fails comes again. A checkpoint that Spark cannot use any more is removed: the position is the
    ledger's, the checkpoint only saves reading.
    """
    calls = _Calls(bring)
    checkpoint = work_folder(lake, "_checkpoints/deliver")
    writer = _changes(lake).writeStream.foreachBatch(calls).option("checkpointLocation", checkpoint)
    try:
        writer.trigger(availableNow=True).start().awaitTermination()
    except StreamingQueryException as error:
        _drop(lake, checkpoint, calls, error)


def keep_following(lake: Lake, bring: Bring, every: timedelta) -> NoReturn:
    """Call `bring(audience_ids)` at every tick, with the audiences that have a new seal: none, often.

    It ends when `bring` raises, or at a signal (R6): between two ticks at once, else at the next safe place. A
    checkpoint that Spark cannot use any more is removed, and the stream begun again; one that fails again before it
    brought anything fails at the outbox itself.

    Raises:
        Stopped: somebody asked the program to end.
        PySparkException: the outbox cannot be read.
    """
    failed = False
    checkpoint = work_folder(lake, "_checkpoints/reside")
    ticks = lake.spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 1).load()
    rows = _changes(lake).unionByName(ticks.select(F.lit(None).cast("string").alias("audience_id"), F.lit("tick").alias("op")))
    while True:
        calls = _Calls(bring)
        writer = rows.writeStream.foreachBatch(calls).option("checkpointLocation", checkpoint)
        query = writer.trigger(processingTime=f"{every.total_seconds() * 1000:.0f} milliseconds").start()
        try:
            _wait(query, calls)
        except StreamingQueryException as error:
            if failed and not calls.finished and calls.fault is None:
                raise calls.unread or error from None
            failed = True
            _drop(lake, checkpoint, calls, error)
        finally:
            query.stop()


def _wait(query: StreamingQuery, calls: _Calls) -> None:
    """Wait for the end of a stream, or for a signal that comes while nothing is brought."""
    while not query.awaitTermination(1):
        if calls.at_work.acquire(blocking=False):
            try:
                stop_here()
            finally:
                calls.at_work.release()


def _changes(lake: Lake) -> DataFrame:
    outbox = lake.table(CHANGES)
    reader = lake.spark.readStream.format("delta").option("skipChangeCommits", "true")
    changes = reader.load(outbox.address) if lake.by_path else reader.table(outbox.address)
    return changes.select("audience_id", "op")


def _drop(lake: Lake, checkpoint: str, calls: _Calls, error: StreamingQueryException) -> None:
    """Remove a checkpoint that cannot be used; what ended a call is raised."""
    if calls.fault is not None:
        raise calls.fault from None
    _log.warning("the stream's checkpoint is dropped: %s", type(error).__name__)
    remove_folder(lake, checkpoint)
