"""The web events of ../shared/data/luma, chosen from identityMaps and stitched, equal the reference.

All of them are logged in: the person ID of those at an odd second is left out here, so that there is something to stitch.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from pyspark.sql import functions as F

from cja_spark.connection.conform import conform_events
from cja_spark.connection.spec import EventDataset
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch
from cja_spark.sources.read import items_of, read_items
from tests.reference.golden import instant
from tests.reference.identity_map import choose
from tests.reference.stitching import History

DATASET = EventDataset.model_validate(
    {
        "type": "event", "source": {"format": "json", "path": "luma-web-events.json"}, "timestamp": "timestamp",
        "person_id": {"identity_map": "lumaCrmId"}, "persistent_id": {"identity_map": "ECID"},
        "stitching": {"method": "field_based", "replay": "unlimited"},
    }
)  # fmt: skip
NOW = instant("2030-01-01T00:00:00Z")


def expected(file):
    text = file.read_text(encoding="utf-8")
    events = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    rows = []
    for event in events:
        entries = [
            {"namespace": namespace, "id": entry.get("id"), "primary": entry.get("primary", False)}
            for namespace, found in (event.get("identityMap") or {}).items() for entry in found or []
        ]  # fmt: skip
        device, person = (choose(entries, name, stitched=True) or (None, None) for name in ("ECID", "lumaCrmId"))
        rows.append({"t": instant(event["timestamp"]), "device": device[1], "person": person[1]})
        if rows[-1]["t"] // 1000 % 2:
            rows[-1]["person"] = None
    history = History({"replay": math.inf, "cap": 50_000, "blocked": None}).load(rows, NOW)
    return sorted((row["t"], row["device"] or "", row["stitched"] or "", row["reason"]) for row in history.rows)


def test_luma_web_events_are_stitched_as_by_the_reference(spark, shared):
    folder = str(shared / "data" / "luma")
    items = items_of(spark, "web", DATASET.source, folder, {})
    conformed = conform_events(read_items(spark, DATASET.source, folder, items), "web", 0, DATASET)
    login = F.when(F.unix_seconds("ts") % 2 == 0, F.col("own_person_id")).alias("own_person_id")
    rows = conformed.rows.select("persistent_id", login, "ts").localCheckpoint()
    spec = DATASET.stitching
    covered = replayed_at(spec, datetime(2030, 1, 1, tzinfo=UTC))
    events = stitch(rows, runs(logins(rows, spec), spec), spec, F.lit("lumaCrmId"), F.lit("ECID"), covered)
    found = events.select(F.unix_millis("ts").alias("t"), "persistent_id", "person_id", "stitch_reason").collect()
    shown = sorted((row["t"], row["persistent_id"] or "", row["person_id"] or "", row["stitch_reason"]) for row in found)
    assert len(shown) > 900
    assert {row[3] for row in shown} == {"own", "persistent"}  # no device has two events
    assert shown == expected(shared / "data" / "luma" / "luma-web-events.json")
