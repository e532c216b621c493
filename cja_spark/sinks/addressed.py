"""The rows of a run that are for a sink."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences.outbox import changes_of
from cja_spark.audiences.runs import Seal
from cja_spark.audiences.tables import SUPPRESSIONS
from cja_spark.lake import Lake


def addressed(lake: Lake, seal: Seal, sink_id: str) -> DataFrame:
    """What a run tells a sink: everything, or only what is for this sink where a bootstrap names one.

    Rows:    One per profile_key. Suppressions are made unique, so that the join keeps rows single.
    Columns: returns the columns of `audience_changes`, and suppressed boolean: of a person who was erased.
    """
    rows = changes_of(lake, seal).where(F.coalesce("target_sink", F.lit(sink_id)) == sink_id)
    erased = lake.table(SUPPRESSIONS).read().select("person_ref", F.lit(True).alias("_erased"))
    joined = rows.join(erased.dropDuplicates(["person_ref"]), on="person_ref", how="left")
    gone = F.coalesce("_erased", F.lit(False)) | (F.col("op") == "erased")
    return joined.withColumn("suppressed", gone).drop("_erased")
