"""Field-based stitching equals the reference on generated devices: every pass, cap and window, in memory and loaded."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.stitching.exposure import capped_devices, exposure
from cja_spark.connection.stitching.placeholders import placeholders
from cja_spark.connection.stitching.preflight import bad_ids, preflight
from cja_spark.connection.stitching.spec import FieldBased
from cja_spark.connection.stitching.stitch import logins, replayed_at, runs, stitch
from cja_spark.connection.stitching.validation import validation
from tests.property.draws import cases
from tests.property.stitching_rows import REPLAY, devices
from tests.reference import stitching as reference
from tests.reference.stitching import DAY, History

DAYS = {None: None, "1 day": 1, "7 days": 7, "14 days": 14, "30 days": 30, "unlimited": math.inf}
SCHEMA = "n long, persistent_id string, persistent_namespace string, own_person_id string, ts timestamp"


def instant(ms):
    return None if ms is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def frame(spark, rows):
    return spark.createDataFrame(
        [(row["n"], row["device"], "ECID", row["person"], instant(row["t"])) for row in rows], SCHEMA
    )


def persons(rows, spec, last=None, since=None):
    found = runs(logins(rows, spec), spec)
    covered = replayed_at(spec, instant(last), instant(since))
    return stitch(rows, found, spec, F.lit("CRM"), F.lit("ECID"), covered)


def given_to(rows):
    return {row["n"]: (row["person_id"], row["stitch_reason"]) for row in rows.collect()}


def reference_of(replay, cap, blocked=None):
    return {"replay": DAYS[replay], "cap": cap, "blocked": blocked}


def stitched(history):
    return {row["n"]: (row["stitched"], row["reason"]) for row in history.rows}


@settings(max_examples=cases(24, 2), deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**9),
    replay=st.sampled_from(list(DAYS)),
    cap=st.sampled_from([1, 3, 50_000]),
    blocked=st.sampled_from([None, [], ["BOB"]]),
    last=st.sampled_from([REPLAY - 1, REPLAY, REPLAY + DAY + 1, REPLAY + 30 * DAY]),
    since=st.sampled_from([None, REPLAY - 14 * DAY, REPLAY - 1]),
)
def test_every_pass_equals_the_reference(spark, seed, replay, cap, blocked, last, since):
    rows = devices(seed, 250)
    more = {} if blocked is None else {"blocked_values": blocked}
    spec = FieldBased.model_validate({"method": "field_based", "replay": replay, "max_device_switches": cap, **more})
    history = History(reference_of(replay, cap, blocked))
    history.replayed = -math.inf if since is None else since
    expected = stitched(history.load(rows, last))
    shuffled = frame(spark, random.Random(seed).sample(rows, len(rows))).repartition(7)
    assert given_to(persons(shuffled, spec, last, since)) == expected


def test_the_figures_equal_the_references(spark):
    rows = devices(7, 300)
    spec = FieldBased(method="field_based", replay="unlimited", max_device_switches=3)
    history = History(reference_of("unlimited", 3)).load(rows, REPLAY + 30 * DAY)
    events = persons(frame(spark, rows), spec, REPLAY + 30 * DAY).localCheckpoint()
    found = validation(events, spec).first().asDict()
    assert found == pytest.approx(reference.validation(history.rows))
    shown = exposure(events, spec).first().asDict()
    assert shown.pop("events") == len(rows)
    assert shown == pytest.approx(reference.exposure(rows))
    by_device = reference.logins_of(rows, history.rule)
    assert (
        {row["device"] for row in capped_devices(events, spec).collect()}
        == {device for device, own in by_device.items() if reference.is_capped(own, history.rule)}
        != set()
    )
    hits = {(row["role"], row["value"]): row["events"] for row in placeholders(events, spec).collect()}
    roles = {"person ID": "person", "persistent ID": "device"}
    assert {value for _, value in hits} == {"\tUNDEFINED", "00-0", "unknown", "0000"}
    assert hits == {key: sum(row[roles[key[0]]] == key[1] for row in rows) for key in hits}


def test_preflight_equals_the_references(spark):
    rows, until = devices(11, 300), REPLAY + DAY
    spec = FieldBased(method="field_based")
    expected = reference.preflight(rows, until, bad=20)
    events = frame(spark, rows).localCheckpoint()
    found = preflight(events, spec, instant(until)).first().asDict()
    blank_devices = [row for row in rows if until - 7 * DAY < row["t"] <= until and row["device"] is None]
    assert found.pop("primary_is_person") == len(blank_devices)
    bad = expected.pop("bad_ids")
    assert found == pytest.approx(expected)
    role = {"person ID": "person", "persistent ID": "device"}
    shown = bad_ids(events, instant(until), 20).collect()
    assert sorted((role[row["role"]], row["value"], str(row["month"]), row["events"]) for row in shown) == bad != []


def dataset(name, replay, cap):
    return {
        "type": "event", "source": {"format": "json", "path": name}, "event_id": "n", "timestamp": "t",
        "person_id": {"column": "person", "namespace": "CRM"},
        "persistent_id": {"column": "device", "namespace": "ECID"},
        "stitching": {"method": "field_based", "replay": replay, "max_device_switches": cap},
    }  # fmt: skip


LOADED = {"weekly": ("7 days", 3), "always": ("unlimited", 3)}
CONNECTION = Connection.model_validate(
    {"name": "shop", "datasets": {name: dataset(name, *of) for name, of in LOADED.items()}}
)


def put(tmp_path, name, file, rows):
    (tmp_path / name).mkdir(exist_ok=True)
    text = "".join(json.dumps({**row, "n": f"{name}-{row['n']}"}) + "\n" for row in rows)
    (tmp_path / name / file).write_text(text, encoding="utf-8")


def loaded(lake):
    rows = lake.events.read().select("event_id", "person_id", "stitch_reason").collect()
    return {row["event_id"]: (row["person_id"], row["stitch_reason"]) for row in rows}


def test_batches_with_late_rows_and_missed_replays_equal_the_reference(lake, tmp_path):
    rows = devices(3, 150, (REPLAY - 8 * DAY, REPLAY - 6 * DAY, REPLAY - 1000, REPLAY + 1000))
    chance = random.Random(3)
    batches = [[], []]
    for row in rows:
        batches[row["t"] >= REPLAY - 7 * DAY or chance.random() < 0.3].append(row)
    histories = {name: History(reference_of(*of)) for name, of in LOADED.items()}
    moments = (REPLAY - 7 * DAY, max(row["t"] for row in rows))
    for number, (batch, now) in enumerate(zip(batches, moments, strict=True)):
        for name, history in histories.items():
            put(tmp_path, name, f"{number}.json", batch)
            history.load(batch, now)
        as_of = None if number else instant(now)
        connect(lake.spark, lake, CONNECTION, files_root=str(tmp_path), as_of=as_of)
    found = loaded(lake)
    for name, history in histories.items():
        expected = {f"{name}-{n}": of for n, of in stitched(history).items() if of[0] is not None}
        assert {key: of for key, of in found.items() if key.startswith(f"{name}-")} == expected, name
    once = History(reference_of(*LOADED["always"])).load(rows, moments[-1])
    assert stitched(histories["always"]) == stitched(once)


def files_by_date(lake):
    files = lake.events.read().select("event_date", F.input_file_name().alias("file")).distinct().collect()
    found = {}
    for row in files:
        found.setdefault(str(row["event_date"]), set()).add(row["file"])
    return found


def test_a_replay_rewrites_only_dates_of_its_window_and_a_second_one_none(lake, tmp_path):
    weekly = Connection.model_validate({"name": "shop", "datasets": {"weekly": dataset("weekly", "7 days", 3)}})

    def load(number, now, *rows):
        put(
            tmp_path,
            "weekly",
            f"{number}.json",
            [dict(zip(("n", "t", "device", "person"), row, strict=True)) for row in rows],
        )
        connect(lake.spark, lake, weekly, files_root=str(tmp_path), as_of=instant(now))
        return files_by_date(lake), loaded(lake)

    old, recent = REPLAY - 9 * DAY, REPLAY - 3 * DAY
    first, _ = load(
        1, REPLAY - 2 * DAY, ("old", old, "d", None), ("recent", recent, "d", None), ("other", recent - DAY, "e", None)
    )
    second, persons_ = load(
        2, REPLAY, ("login", recent + 1, "d", "ann"), ("late", old + 1, "f", "bob"), ("later", old - 1, "f", None)
    )
    dates = [str(instant(t).date()) for t in (old, recent - DAY, recent)]
    assert first[dates[0]] < second[dates[0]], "an append leaves the old date's files"
    assert first[dates[1]] == second[dates[1]], "nothing changed there"
    assert not first[dates[2]] & second[dates[2]], "the window's date was rewritten"
    assert {key: of[0] for key, of in persons_.items()} == {
        "weekly-old": "d", "weekly-recent": "ann", "weekly-other": "e", "weekly-login": "ann", "weekly-late": "bob", "weekly-later": "f",
    }  # fmt: skip
    third, again = load(3, REPLAY, ("new", REPLAY, "g", None))
    assert {date: third[date] for date in second} == second
    assert {key: again[key] for key in persons_} == persons_
