"""Connect: what is new, exactly once; bad input is named and every table stays as it was."""

import gzip
import json

import pytest

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import InputError, SourceError
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
    return sorted(row["reason"] for row in lake.table(QUARANTINE).rows())


def load(lake, tmp_path, spec=None, **options):
    return connect(lake.spark, lake, spec or connection(), files_root=str(tmp_path), **options)


FIRST = [event(1, "2026-01-01T10:00:00Z"), event(2, "2026-01-01 9:5:00", "d2"), event(1, "2026-01-01T10:00:00Z")]
SECOND = [event(3, "2026-01-02T08:00:00Z", login="ann"), event(4, "2025-12-31T23:59:59Z", "d2", "bob")]


@pytest.mark.fault("F18")
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


@pytest.mark.fault("F1")
def test_a_load_that_dies_again_and_again_is_finished_by_running_it_again(lake, spark, tmp_path, monkeypatch):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "b.json", SECOND)
    for place in ("planned", "staged", "appended", "quarantined", "replayed"):
        forget_hits()
        monkeypatch.setenv("CJA_FAILPOINTS", f"connect.{place}=raise@1")
        with pytest.raises(InjectedFault, match=place):
            load(lake, tmp_path)
    monkeypatch.delenv("CJA_FAILPOINTS")
    assert load(lake, tmp_path).loaded == {"web": 2}
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path)
    assert events_of(lake) == events_of(once)
    assert reasons(lake) == reasons(once)


@pytest.mark.fault("F11")
def test_a_file_that_changed_in_place_is_named(lake, tmp_path):
    put(tmp_path, "a.json", FIRST)
    load(lake, tmp_path)
    put(tmp_path, "a.json", FIRST + SECOND)
    with pytest.raises(SourceError, match=r"a\.json changed after it was loaded"):
        load(lake, tmp_path)


@pytest.mark.fault("F11")
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


def test_an_input_error_is_exit_code_three():
    assert InputError.exit_code == 3


@pytest.mark.fault("F10")
def test_an_object_without_a_value_is_null_whatever_other_rows_of_its_load_have(lake, spark, tmp_path):
    put(tmp_path, "a.json", [event(1, "2026-01-01T10:00:00Z", search={}, web={"page": {"name": "home"}, "more": {}})])
    load(lake, tmp_path)
    put(tmp_path, "b.json", [event(2, "2026-01-02T10:00:00Z", search={"term": "lamp"}, web={"more": {"n": 1}})])
    load(lake, tmp_path)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path)
    found, expected = (
        sorted(place.events.read().selectExpr("event_id", "search", "web", "row_hash").collect(), key=str)
        for place in (lake, once)
    )
    assert [row.asDict(True) for row in found] == [row.asDict(True) for row in expected]
    assert found[0]["search"] is None
    assert found[0]["web"].asDict(True) == {"page": {"name": "home"}, "more": None}


NOTHING = {
    "codes": [{"code": ""}], "ids": {"CRM": [{"id": "", "primary": False}]}, "texts": ["", ""], "numbers": [{}], "lists": [[""]],
    "deep": [{"more": {"code": ""}}], "note": "",
}  # fmt: skip
SOMETHING = {
    "codes": [{"code": "a"}], "ids": {"CRM": [{"id": "ann", "primary": False}]}, "texts": ["", "x"], "numbers": [{"n": 1}],
    "lists": [["y"]], "deep": [{"more": {"code": "b"}}], "note": "n",
}  # fmt: skip
MIXED = {
    "codes": [{"code": ""}, {"code": "a"}], "ids": {"CRM": [{"id": ""}]}, "texts": ["x", ""], "numbers": [{}, {"n": 1}],
    "lists": [[""], ["y"]], "deep": [{"more": {"code": ""}}, {"n": 2}], "note": "",
}  # fmt: skip


def test_text_without_a_character_is_null_whatever_other_rows_of_its_load_have(lake, spark, tmp_path):
    put(tmp_path, "a.json", [event(1, "2026-01-01T10:00:00Z", **NOTHING)])
    load(lake, tmp_path)
    put(tmp_path, "b.json", [event(2, "2026-01-02T10:00:00Z", **SOMETHING), event(3, "2026-01-02T11:00:00Z", **MIXED)])
    load(lake, tmp_path)
    once = Lake(spark, str(tmp_path / "once"))
    load(once, tmp_path)
    found, expected = (
        sorted((row.asDict(True) for row in place.events.read().select("event_id", "row_hash", *NOTHING).collect()), key=str)
        for place in (lake, once)
    )
    assert found == expected
    assert [row["note"] for row in sorted(found, key=lambda row: row["event_id"])] == [None, "n", None]
    assert [found[0][name] for name in ("codes", "texts", "numbers", "lists", "deep")] == [None] * 5
    assert "''" not in str(found)


@pytest.mark.fault("F10")
def test_numbers_that_come_as_text_share_a_column_with_numbers(lake, tmp_path):
    put(tmp_path, "a.json", [event(1, "2026-01-01T10:00:00Z", login="ann", amount=2.5)])
    (tmp_path / "calls").mkdir()
    rows = "time,who,amount,note\n" + "".join(
        f"2026-01-02T10:00:00Z,bob,{amount},{note}\n"
        for amount, note in (("3", "fine"), ("", "blank"), ("a lot", "bad"), ("NaN", "bad too"))
    )
    (tmp_path / "calls" / "a.csv").write_text(rows, encoding="utf-8")
    calls = {"type": "event", "source": {"format": "csv", "path": "calls"}, "timestamp": "time", "person_id": "who"}
    web = connection().datasets["web"]

    def both(**more):
        return Connection.model_validate({"name": "shop", "datasets": {"web": web, "calls": {**calls, **more}}})

    with pytest.raises(InputError, match=r"'amount' is double in dataset 'web' and string in dataset 'calls'.*'numbers'"):
        load(lake, tmp_path, both())
    with pytest.raises(InputError, match=r"dataset 'calls', numbers: .*'amuont'.*'amount'"):
        load(lake, tmp_path, both(numbers=["amuont"]))
    receipt = load(lake, tmp_path, both(numbers=["amount"]))
    assert receipt.dropped == {"calls": {"not_a_number": 2}}
    assert sorted(row["amount"] or 0 for row in lake.events.rows()) == [0, 2.5, 3.0]
    kept = sorted(row["raw"] for row in lake.table(QUARANTINE).rows())
    assert all(text in raw for text, raw in zip(("NaN", "a lot"), kept, strict=True))
    assert "_corrupt_record" not in lake.events.read().columns
