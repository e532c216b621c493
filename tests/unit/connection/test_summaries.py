"""Loading summary data: each row once, cut to its hour or day, what cannot be used in quarantine."""

import datetime as dt

import pytest

from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import InputError, MissingColumnError, TypeConflictError
from cja_spark.failpoints import VARIABLE, InjectedFault, forget_hits
from tests.unit.connection.shop import event, load, put, shop

COSTS = {"type": "summary", "source": {"format": "json", "path": "costs"}, "timestamp": "day"}


def costs(**more):
    """The shop's events and costs."""
    datasets = shop("web").model_dump(mode="json")["datasets"]
    return Connection.model_validate({"name": "shop", "datasets": {**datasets, "costs": {**COSTS, **more}}})


def alone(**more):
    return Connection.model_validate({"name": "shop", "datasets": {"costs": {**COSTS, **more}}})


def rows(lake):
    """Loaded rows: the first instant, spend."""
    return sorted((row["ts"].astimezone(dt.UTC).isoformat()[:16], row["spend"]) for row in lake.summary("costs").rows())


def dropped(lake):
    return sorted((row["load"], row["dataset"], row["reason"]) for row in lake.table(QUARANTINE).rows())


def test_new_files_are_appended_and_a_second_run_finds_nothing(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "costs/1.json", {"day": "2026-01-05", "spend": 1}, {"day": "2026-01-05", "spend": 1})
    assert load(lake, tmp_path, costs()).loaded == {"web": 1, "costs": 2}
    assert load(lake, tmp_path, costs()).load is None
    put(tmp_path, "costs/2.json", {"day": "2026-01-06", "spend": 2.5, "note": "x"})
    assert load(lake, tmp_path, costs()).loaded == {"costs": 1}
    assert rows(lake) == [("2026-01-05T00:00", 1), ("2026-01-05T00:00", 1), ("2026-01-06T00:00", 2.5)]


def test_a_full_load_gives_the_same_rows(lake, tmp_path):
    for number in (1, 2):
        put(tmp_path, f"costs/{number}.json", {"day": f"2026-01-0{number}", "spend": number}, {"day": "never", "spend": 0})
        load(lake, tmp_path, alone())
    there = rows(lake), [row[1:] for row in dropped(lake)]
    assert load(lake, tmp_path, alone(), full=True).loaded == {"costs": 2}
    assert (rows(lake), [row[1:] for row in dropped(lake)]) == there


def test_a_dataset_that_was_out_of_the_connection_at_a_full_load_begins_anew(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "costs/1.json", {"day": "2026-01-05", "spend": 1})
    load(lake, tmp_path, costs())
    load(lake, tmp_path, shop("web"), full=True)
    assert load(lake, tmp_path, costs(time_zone="Asia/Tokyo")).loaded == {"costs": 1}
    assert rows(lake) == [("2026-01-04T15:00", 1)]
    put(tmp_path, "costs/2.json", {"day": "2026-01-06", "spend": 2})
    load(lake, tmp_path, costs(time_zone="Asia/Tokyo"))
    assert rows(lake) == [("2026-01-04T15:00", 1), ("2026-01-05T15:00", 2)]


def test_what_cannot_be_used_is_in_quarantine_with_its_reason(lake, tmp_path):
    texts = [{"day": "2026-01-05", "spend": "7"}, {"day": "2026-01-05", "spend": "seven"}, {"day": None, "spend": "1"}, {"day": "soon", "spend": "1"},
             {"day": "1899-12-31", "spend": "1"}, {"day": "12026-01-01", "spend": "1"}]  # fmt: skip
    put(tmp_path, "costs/1.json", *texts)
    receipt = load(lake, tmp_path, alone(numbers=["spend"]))
    assert receipt.dropped == {"costs": {"not_a_number": 1, "missing_timestamp": 1, "invalid_timestamp": 1, "before_1900": 1, "after_9999": 1}}
    assert rows(lake) == [("2026-01-05T00:00", 7)]
    raw = {row["reason"]: row["raw"] for row in lake.table(QUARANTINE).rows()}
    assert raw["not_a_number"] == '{"spend":"seven"}'


@pytest.mark.parametrize(
    ("settings", "times", "found"),
    [
        ({}, ["2026-01-05", "2026-01-05T23:59:59Z", 1767571200, "1767571200000", "2026-01-05T01:00:00+02:00"], ["2026-01-05"] * 4 + ["2026-01-04"]),
        ({"time_zone": "America/New_York"}, ["2026-01-05", "2026-01-05 23:59:59", "2026-01-06T04:59:59Z", "2026-01-06T05:00:00Z"],
         ["2026-01-05T05:00"] * 3 + ["2026-01-06T05:00"]),
        ({"time_zone": "America/New_York"}, ["2025-03-09", "2025-03-10", "2025-11-02 23:00:00"], ["2025-03-09T05:00", "2025-03-10T04:00", "2025-11-02T04:00"]),
        ({"granularity": "hour"}, ["2026-01-05T10:59:59.999Z", "2026-01-05T11:00", "2026-01-05"], ["2026-01-05T10:00", "2026-01-05T11:00", "2026-01-05T00:00"]),
        ({"granularity": "hour", "time_zone": "Asia/Kolkata"}, ["2026-01-05T10:15:00Z", "2026-01-05 16:10"], ["2026-01-05T09:30", "2026-01-05T10:30"]),
        ({"granularity": "hour", "time_zone": "America/New_York"}, ["2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z"], ["2025-11-02T05:00", "2025-11-02T06:00"]),
    ],
)  # fmt: skip
def test_a_row_is_about_the_hour_or_day_of_its_time_zone(lake, tmp_path, settings, times, found):
    for number, time in enumerate(times):
        put(tmp_path, f"costs/{number}.json", {"day": str(time), "spend": number})
    load(lake, tmp_path, alone(**settings))
    told = {row["spend"]: row["ts"].astimezone(dt.UTC).isoformat()[:16] for row in lake.summary("costs").rows()}
    assert [told[at] for at in range(len(times))] == [f"{one}T00:00" if len(one) == 10 else one for one in found]


@pytest.mark.fault("F1")
def test_a_dead_load_is_finished_without_a_row_twice(lake, tmp_path, monkeypatch):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "costs/1.json", {"day": "2026-01-05", "spend": 1}, {"day": "soon", "spend": 2})
    for place in ("planned", "staged", "appended", "write_lookups", "write_summaries", "replayed"):
        monkeypatch.setenv(VARIABLE, f"connect.{place}=raise@1")
        forget_hits()
        with pytest.raises(InjectedFault):
            load(lake, tmp_path, costs())
    monkeypatch.delenv(VARIABLE)
    assert load(lake, tmp_path, costs()).loaded == {"web": 1, "costs": 1}
    assert rows(lake) == [("2026-01-05T00:00", 1)]
    assert dropped(lake) == [(1, "costs", "invalid_timestamp")]


def test_what_cannot_be_loaded_writes_nothing(lake, tmp_path):
    put(tmp_path, "web/1.json", event(1))
    put(tmp_path, "costs/1.json", {"date": "2026-01-05", "spend": 1})
    with pytest.raises(MissingColumnError, match="dataset 'costs', timestamp"):
        load(lake, tmp_path, costs())
    assert not lake.events.exists()
    put(tmp_path, "costs/1.json", {"day": "2026-01-05", "spend": 1})
    load(lake, tmp_path, costs())
    put(tmp_path, "costs/2.json", {"day": "2026-01-06", "spend": {"amount": 1}})
    with pytest.raises(TypeConflictError, match="spend"):
        load(lake, tmp_path, costs())
    assert rows(lake) == [("2026-01-05T00:00", 1)]


def test_another_granularity_or_time_zone_asks_for_a_full_load(lake, tmp_path):
    put(tmp_path, "costs/1.json", {"day": "2026-01-05T10:00:00Z", "spend": 1})
    load(lake, tmp_path, alone())
    for more in ({"granularity": "hour"}, {"time_zone": "Europe/Berlin"}):
        with pytest.raises(InputError, match=f"dataset 'costs': {next(iter(more))} changed .* --full"):
            load(lake, tmp_path, alone(**more))
    load(lake, tmp_path, alone(granularity="hour"), full=True)
    assert rows(lake) == [("2026-01-05T10:00", 1)]


def test_columns_that_connect_adds_keep_their_names(lake, tmp_path):
    put(tmp_path, "costs/1.json", {"day": "2026-01-05", "load": 80, "TS": "x", "spend": 1})
    load(lake, tmp_path, alone())
    assert lake.summary("costs").read().columns == ["load", "ts", "source_TS", "day", "source_load", "spend"]
