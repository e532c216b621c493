"""`cja preflight` and `cja stitching`: figures and warnings in words, nothing written."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.cli import main
from cja_spark.connection.stitching.figures import Count, PreflightFigures, preflight_figures, stitching_figures
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
CONNECTION = """
name: shop
datasets:
  web:
    type: event
    source: {format: json, path: web}
    event_id: id
    timestamp: time
    person_id: {identity_map: CRM}
    persistent_id: {identity_map: primary}
    stitching: {method: field_based, replay: unlimited, max_device_switches: 1}
"""


def web_event(number, device=None, login=None, *, primary="ECID", **more):
    ids = {"ECID": device, "CRM": login}
    return {
        "id": f"e{number}",
        "time": (NOON + timedelta(hours=number)).isoformat(),
        "identityMap": {name: [{"id": id_, "primary": name == primary}] for name, id_ in ids.items() if id_},
        **more,
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    events = [
        web_event(-24 * 7, "old"),  # exactly seven days before the newest: not looked at
        web_event(-9, "d1"),
        web_event(-8, "d1", "ann"),
        web_event(-8, "d1", "ann"),
        web_event(-7, "d1", "bob"),
        web_event(-6, "d1", "ann"),
        web_event(-5, "d1"),
        web_event(-4, "d2", "unknown"),
        web_event(-3, "d2"),
        web_event(-2, "d3", "cid", primary="CRM"),
        web_event(-1),
        web_event(0, "d4"),
    ]
    (folder / "web").mkdir()
    (folder / "web" / "a.json").write_text("".join(json.dumps(event) + "\n" for event in events))
    (folder / "connection.yaml").write_text(CONNECTION)
    (folder / "lake.yaml").write_text("location: lake\nfiles: .\n")
    (folder / "view.yaml").write_text("name: shop\ntime_zone: UTC\n")
    return folder


@pytest.fixture
def cja(spark, capsys):
    """Run a verb of `cja` in this session; returns exit code, output, errors."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(verb, project):
        code = main([verb, "--project", str(project)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    yield run
    signal.signal(signal.SIGTERM, handler)


def test_preflight_says_what_is_missing_before_anything_is_loaded(cja, project):
    code, shown, _ = cja("preflight", project)
    assert (code, shown.splitlines()) == (0, [
        "web: 10 events in the 7 days up to 2026-01-10T12:00:00+00:00",
        "  with a persistent ID      80.00%",
        "  with a person ID          40.00%",
        "  primary identity is the person's: 1 events",
        "  warning: only 80.00% of the events have a persistent ID, 95.00% are needed.",
    ])  # fmt: skip
    code, _, error = cja("stitching", project)
    assert (code, "has no events yet: run 'cja connect' first." in error) == (3, True)


def test_stitching_shows_rates_shared_devices_placeholders_and_capped_devices(cja, project):
    assert cja("connect", project)[0] == 0
    code, shown, _ = cja("stitching", project)
    assert (code, shown.splitlines()) == (0, [
        "web: 10 events, 7 people",
        "  with a person ID          40.00%",
        "  stitched to a person      40.00%   increase 0.00 points, lift 0.00%",
        "  shared devices            1   50.00% of all events, 40.00% of theirs anonymous, "
        "20.00% of all events are theirs and anonymous",
        "  placeholder person ID 'unknown': 1 events",
        "  device 'd1': 2 switches, not stitched any more",
    ])  # fmt: skip


def test_a_connection_without_stitching_is_named(cja, project, tmp_path):
    for name in ("lake.yaml", "view.yaml"):
        (tmp_path / name).write_text((project / name).read_text().replace("location: lake", f"location: {project}/lake"))
    plain = CONNECTION.split("    persistent_id")[0]
    (tmp_path / "connection.yaml").write_text(plain)
    for verb, why in (("preflight", "no event dataset with a persistent_id"), ("stitching", "stitches no dataset")):
        code, _, error = cja(verb, tmp_path)
        assert (code, why in error) == (2, True)


def test_a_bad_id_and_an_empty_dataset_are_warned_of(spark):
    rows = spark.range(30).select(
        F.lit("kiosk").alias("persistent_id"), F.lit("ECID").alias("persistent_namespace"),
        F.when(F.col("id") == 0, "ann").alias("own_person_id"), F.lit(NOON - timedelta(days=9)).alias("ts"),
    )  # fmt: skip
    found = preflight_figures(rows, "web", FieldBased(method="field_based"), NOON, more_than=29)
    assert found.bad_ids == (Count(what="persistent ID", value="kiosk", count=30),)
    assert found.warnings() == [
        "bad persistent ID 'kiosk': 30 events in a month, over 29.",
        "there is no usable event.",
    ]
    assert PreflightFigures(dataset="web", until=None).text().splitlines()[0] == "web: 0 events in the 7 days up to now"


def test_validation_of_dsw_luma_gives_the_known_rates(spark, shared):
    spec = FieldBased(method="field_based", replay="unlimited")
    rows = spark.read.parquet(str(shared / "data" / "dsw-luma" / "luma_post.snappy.parquet")).select(
        F.col("endUserIDs._experience.aaid.id").alias("persistent_id"),
        F.col("_experience.analytics.customDimensions.eVars.eVar19").alias("own_person_id"),
        F.col("timestamp").cast("timestamp").alias("ts"),
    )
    covered = replayed_at(spec, datetime(2030, 1, 1, tzinfo=UTC))
    events = stitch(rows, runs(logins(rows, spec), spec), spec, F.lit("CRM"), F.lit("AAID"), covered).localCheckpoint()
    found = stitching_figures(events, "web", spec)
    assert (found.events, found.people) == (23_055, 929)
    assert round(found.authentication_rate * 23_055) == 5_312
    lines = found.text().splitlines()
    assert lines[1:3] == [
        "  with a person ID          23.04%",
        "  stitched to a person      33.75%   increase 10.71 points, lift 46.48%",
    ]
