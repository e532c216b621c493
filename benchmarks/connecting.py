"""How fast events come in: Parquet files through `connect`, with plain person ids and with stitching."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from benchmarks.clock import timed
from benchmarks.events import random, rows
from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.lake import Lake

PLAIN = {"person_id": {"column": "customer", "namespace": "CRM"}}
STITCHED = {
    **PLAIN,
    "persistent_id": {"column": "device", "namespace": "ECID"},
    "stitching": {"method": "field_based", "replay": "7 days"},
}
KINDS = {"plain person ids": ("plain", PLAIN), "stitched, replay of 7 days": ("stitched", STITCHED)}


def connection(person: dict[str, object]) -> Connection:
    """One event dataset with event ids."""
    source = {"format": "parquet", "path": "source"}
    web = {"type": "event", "source": source, "event_id": "event_id", "timestamp": "ts", **person}
    return Connection.model_validate({"name": "bench", "datasets": {"web": web}})


def make_source(spark: SparkSession, folder: Path, events: int, kind: str) -> str:
    """Parquet as a collector leaves it: files by time, each day's events of all persons in it. Written once."""
    place = folder / f"connect_{kind}"
    if not (place / "source" / "_SUCCESS").exists():
        device = F.concat(F.lit("d"), F.substring("person_id", 2, 12), F.lit("-"), (random(11, "event_id") * 2).cast("int"))
        known = F.lit(True) if kind == "plain" else random(12, "event_id") < 0.3
        made = rows(spark, events).select(
            "event_id", "ts", device.alias("device"), F.when(known, F.col("person_id")).alias("customer"),
            "event", "page", "channel", "campaign", "revenue",
        )  # fmt: skip
        made.repartitionByRange(24, "ts").write.mode("overwrite").parquet(str(place / "source"))
    return str(place)


def connecting(spark: SparkSession, folder: Path, events: int) -> list[str]:
    """A first load of all events, per kind of person id."""
    lines = []
    for label, (kind, person) in KINDS.items():
        root = make_source(spark, folder, events, kind)
        lake = Lake(spark, str(folder / "connect_lake"))
        shutil.rmtree(folder / "connect_lake", ignore_errors=True)
        receipt, wall, cpu = timed(lambda lake=lake, person=person, root=root: connect(spark, lake, connection(person), files_root=root))
        assert receipt.loaded == {"web": events}, receipt
        lines.append(
            f"Connect, {label}: {events / wall:,.0f} events per second end to end ({wall:.1f} s wall, {cpu:.1f} CPU s "
            f"for {events:,} events; target 100,000 events per second)."
        )
        shutil.rmtree(folder / "connect_lake")
    return lines
