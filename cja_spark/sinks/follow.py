"""Follow the outbox by Structured Streaming: which audiences committed since the last time (rule R5)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.tables import CHANGES
from cja_spark.lake import Lake
from cja_spark.scratch import remove_folder, work_folder

_log = logging.getLogger("cja_spark")


class _Calls:
    """What the stream calls per micro-batch, and the fault that ended it, as Python raised it."""

    def __init__(self, bring: Callable[[str], None]) -> None:
        self.bring = bring
        self.fault: BaseException | None = None

    def __call__(self, changes: DataFrame, batch: int) -> None:
        audiences = changes.where(F.col("op") == "seal").select("audience_id").distinct().collect()
        try:
            for audience_id in sorted(row["audience_id"] for row in audiences):
                self.bring(audience_id)
        except BaseException as fault:  # Spark's callback knows Exception only; the caller gets the real one
            self.fault = fault
            raise RuntimeError(f"micro-batch {batch} of the outbox was not delivered") from fault


def follow_outbox(lake: Lake, bring: Callable[[str], None]) -> None:
    """Call `bring(audience_id)` for every audience with a seal in a new micro-batch, until nothing new is there.

    A batch whose call fails comes again. A checkpoint that Spark cannot use any more is removed: the position is the
    ledger's, the checkpoint only saves reading.
    """
    calls = _Calls(bring)
    checkpoint = work_folder(lake, "_checkpoints/deliver")
    outbox = lake.table(CHANGES)
    reader = lake.spark.readStream.format("delta").option("skipChangeCommits", "true")
    changes = reader.load(outbox.address) if lake.by_path else reader.table(outbox.address)
    writer = changes.select("audience_id", "op").writeStream.foreachBatch(calls)
    try:
        writer.option("checkpointLocation", checkpoint).trigger(availableNow=True).start().awaitTermination()
    except StreamingQueryException as error:
        if calls.fault is not None:
            raise calls.fault from None
        _log.warning("the stream's checkpoint is dropped: %s", type(error).__name__)
        remove_folder(lake, checkpoint)
