"""Connect: what is new, exactly once; bad input is named and every table stays as it was."""

import gzip
import json

import pytest

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import InputError, MissingColumnError, SourceError, TypeConflictError
from cja_spark.failpoints import InjectedFault, forget_hits
from cja_spark.lake import Lake

STITCHED = {"method": "field_based", "replay": "unlimited"}


def connection(**web):
    return Connection.model_validate(
        {
            "name": "shop",
            "datasets": {
                "web": {
                    "type": "event",
                    "source": {"format": "json", "path": "web"},
                    "event_id": "id",
                    "timestamp": "time",
                    "person_id": {"column": "login", "namespace": "CRM"},
                    "persistent_id": {"column": "device", "namespace": "ECID"},
                    "stitching": STITCHED,
                    **web,
                }
            },
        }
    )


def event(number, time, device="d1", login=None, **more):
    return {"id": f"e{number}", "time": time, "device": device, "login": login, **more}


def put(tmp_path, name, events):
    folder = tmp_path / "web"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")


def events_of(lake):
    rows = lake.events.read().select("event_id", "person_id", "stitch_reason", "ts").collect()
    return sorted((row["event_id"], row["person_id"], row["stitch_reason"], str(row["ts"])) for row in rows)


def reasons(lake):
    return sorted(row["reason"] for row in lake.table(QUARANTINE).read().collect())


def load(lake, tmp_path, spec=None, **options):
    return connect(lake.spark, lake, spec or connection(), files_root=str(tmp_path), **options)


FIRST = [event(1, "2026-01-01T10:00:00Z"), event(2, "2026-01-01 9:5:00", "d2"), event(1, "2026-01-01T10:00:00Z")]
SECOND = [event(3, "2026-01-02T08:00:00Z", login="ann"), event(4, "2025-12-31T23:59:59Z", "d2", "bob")]


def test_duplicate_ids_are_kept_once_and_counted(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    receipt = load(lake, tmp_path)
    assert receipt.loaded == {"web": 2}
    assert receipt.dropped == {"web": {"duplicate_event_id": 1}}


def test_nothing_new_changes_no_table(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    before = lake.events.version()
    assert load(lake, tmp_path).load is None
    assert lake.events.version() == before


def test_loads_one_by_one_equal_one_load(lake, spark, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "b.json", SECOND)
    load(lake, tmp_path)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path)
    assert events_of(lake) == events_of(once)
    assert [row[1] for row in events_of(lake)] == ["ann", "bob", "ann", "bob"]


def test_a_full_rebuild_gives_the_same_events(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "b.json", SECOND)
    load(lake, tmp_path)
    before = events_of(lake)
    load(lake, tmp_path, full=True)
    assert events_of(lake) == before
    assert reasons(lake) == ["duplicate_event_id"]


@pytest.mark.parametrize(
    "place", ["connect.planned", "connect.staged", "connect.quarantined", "connect.appended", "connect.replayed"]
)
def test_a_load_that_died_is_finished_by_running_it_again(lake, spark, tmp_path, monkeypatch, place):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "b.json", SECOND)
    forget_hits()
    monkeypatch.setenv("CJA_FAILPOINTS", f"{place}=raise@1")
    with pytest.raises(InjectedFault):
        load(lake, tmp_path)
    monkeypatch.delenv("CJA_FAILPOINTS")
    load(lake, tmp_path)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path)
    assert events_of(lake) == events_of(once)
    assert reasons(lake) == reasons(once)


def test_rows_that_cannot_be_used_are_kept_with_their_reason(lake, tmp_path):
    rows = [
        event(1, "1899-12-31T23:59:59Z", login="ann"),
        event(2, "+30000-01-01T00:00:00Z", login="ann"),
        event(3, "yesterday", login="ann"),
        event(4, None, login="ann"),
        event(5, "2026-01-01T00:00:00Z", device=None),
        event(6, "2026-01-01T00:00:00Z", login="ann", note="x" * 1_000_000),
    ]
    put(tmp_path, "a.json", rows)
    (tmp_path / "web" / "b.json").write_text('{"id": "e7", "time": "2026-01-01T', encoding="utf-8")
    load(lake, tmp_path)
    assert [row[0] for row in events_of(lake)] == ["e6"]
    assert reasons(lake) == [
        "after_9999", "before_1900", "empty_person_id", "invalid_timestamp", "missing_timestamp", "unreadable_row",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01 10:00:00"),
        ("2026-01-01T10:00:00+02:00", "2026-01-01 08:00:00"),
        ("2026-01-01 9:05:00", "2026-01-01 09:05:00"),
        (1767261600, "2026-01-01 10:00:00"),
        (1767261600000, "2026-01-01 10:00:00"),
        (1767261600000000, "2026-01-01 10:00:00"),
        ("1767261600", "2026-01-01 10:00:00"),
    ],
)
def test_timestamps_are_understood_in_many_forms(lake, tmp_path, written, shown):
    put(tmp_path, "a.json", [event(1, written, login="ann")])
    load(lake, tmp_path)
    assert events_of(lake) == [("e1", "ann", "own", shown)]


def test_a_source_without_a_file_is_named(lake, tmp_path):
    with pytest.raises(SourceError, match="dataset 'web': there is no file at"):
        load(lake, tmp_path)
    assert not lake.events.exists()


def test_a_file_that_changed_in_place_is_named(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "a.json", FIRST + SECOND)
    with pytest.raises(SourceError, match=r"a\.json changed after it was loaded"):
        load(lake, tmp_path)


def test_a_cut_archive_is_named_and_the_next_load_tries_again(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    before = lake.events.version()
    whole = gzip.compress("".join(json.dumps(event(n, "2026-01-01T00:00:00Z")) + "\n" for n in range(2000)).encode())
    (tmp_path / "web" / "b.json.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="web"):
        load(lake, tmp_path)
    assert lake.events.version() == before
    (tmp_path / "web" / "b.json.gz").unlink()
    assert load(lake, tmp_path).load is None


def test_a_column_that_is_missing_names_the_nearest(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    with pytest.raises(MissingColumnError, match="Did you mean 'time'"):
        load(lake, tmp_path, connection(timestamp="tme"))
    assert not lake.events.exists()


def test_two_types_at_one_path_name_both_datasets(lake, tmp_path):
    put(tmp_path, "a.json", [event(1, "2026-01-01T00:00:00Z", login="ann", price=1.5)])
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.json").write_text(
        '{"id": "a1", "time": "2026-01-01T00:00:00Z", "login": "ann", "price": "much"}'
    )
    both = connection().model_dump(mode="json", exclude_none=True)
    both["datasets"]["app"] = {
        "type": "event", "source": {"format": "json", "path": "app"}, "timestamp": "time", "person_id": "login",
    }  # fmt: skip
    both["datasets"]["web"] = {**both["datasets"]["web"], "stitching": STITCHED}
    with pytest.raises(TypeConflictError, match="'price' is double in dataset 'web' and string in dataset 'app'"):
        load(lake, tmp_path, Connection.model_validate(both))
    assert not lake.events.exists()


def test_an_input_error_is_exit_code_three():
    assert InputError.exit_code == 3
