"""The product gives the published answers of stitching and of choosing from an identityMap."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.stitching.identity_map import by_namespace, entries, primary
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch
from tests.reference.golden_stitching import ask_of, cases, cells_of, events_of, maps_of, wrong

MAP = "map<string, array<struct<id: string, primary: boolean>>>"


@pytest.mark.parametrize("folder", cases("stitching"), ids=lambda folder: folder.name)
def test_stitching_gives_a_published_example(spark, folder):
    ask = ask_of(folder)
    spec = FieldBased.model_validate(ask["stitching"])
    cells = [(row["n"], row["t"], row["device"], row["person"]) for row in events_of(folder)]
    rows = spark.createDataFrame(cells, "event_id string, t long, persistent_id string, own_person_id string")
    rows = rows.withColumn("ts", F.timestamp_millis("t")).localCheckpoint()
    found = runs(logins(rows, spec), spec)
    for stage, replay in (("live", None), ("replay", ask["replay_at"])):
        covered = replayed_at(spec, replay)
        events = stitch(rows, found, spec, F.lit("person"), F.lit("device"), covered).collect()
        assert wrong(folder, stage, {row["event_id"]: row["person_id"] for row in events}) == [], stage


def as_map(entries_):
    found = {}
    for entry in entries_:
        found.setdefault(entry["namespace"], []).append((entry["id"], entry["primary"]))
    return found


def as_struct(identities):
    """The columns that JSON inference gives: one per namespace, in alphabetical order."""
    parts = [F.col("identities").getItem(name).alias(name) for name in identities]
    return F.struct(*parts).alias("identities")


@pytest.mark.parametrize("shape", ["map", "struct"])
@pytest.mark.parametrize("folder", cases("identity_map"), ids=lambda folder: folder.name)
def test_an_identity_is_chosen_as_published(spark, folder, shape):
    stitched = ask_of(folder)["stitched"]
    maps = {row: as_map(found) for row, found in maps_of(folder).items()}
    rows = spark.createDataFrame(list(maps.items()), f"row string, identities {MAP}").localCheckpoint()
    if shape == "struct":
        rows = rows.select("row", as_struct(sorted({name for found in maps.values() for name in found})))
    identities = entries(F.col("identities"), rows.schema["identities"].dataType)
    asked = cells_of(folder, "expected.csv")
    choices = sorted({row["choose"] for row in asked})
    columns = [
        (primary(identities) if choice == "primary" else by_namespace(identities, choice, first_listed=not stitched)).alias(choice)
        for choice in choices
    ]
    chosen = {row["row"]: row for row in rows.select("row", *columns).collect()}
    for row in asked:
        found = chosen[row["row"]][row["choose"]]
        assert (tuple(found) if found else (None, None)) == (row["namespace"], row["id"]), row
