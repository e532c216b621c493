"""Accounts by mapping time equal the reference on generated mappings, as frames and loaded file by file (F20)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from cja_spark.connection.accounts import Mappings
from cja_spark.connection.connect import connect
from cja_spark.connection.mapping_time import spans, with_account
from cja_spark.connection.spec import Connection
from cja_spark.journeys.accounts import with_accounts
from tests.property.account_rows import FILES, drawn
from tests.property.draws import cases, seeds
from tests.reference.accounts import account_of, newest, valid

PERSONS = 10_000
ROWS = "person_id string, account string, since timestamp, reason string, _arrival int"
CONNECTION = Connection.model_validate(
    {
        "name": "shop",
        "datasets": {
            "web": {"type": "event", "source": {"format": "json", "path": "web"}, "timestamp": "t", "event_id": "n", "person_id": "person"},
            "account": {
                "type": "account", "source": {"format": "json", "path": "account"}, "person_id": "person", "account": "account",
                "mapping_time": "since",
            },
        },
    }
)  # fmt: skip


def instant(ms):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def expected(mappings, events):
    own = {}
    for one in mappings:
        own.setdefault(one["person"], []).append(one)
    return {event["n"]: account_of(event["person"], event["t"], own.get(event["person"], [])) for event in events}


@pytest.mark.parametrize("seed", seeds(cases(4, 2), 0))
def test_every_event_has_the_account_of_the_reference(spark, seed):
    mappings, events = drawn(seed, PERSONS)
    rows = [(one["person"], one["account"], instant(one["since"]), None if valid(one) else "empty_account", one["file"]) for one in mappings]
    chosen = Mappings("account", spark.createDataFrame(rows, ROWS).repartition(3)).newest()
    made = spark.createDataFrame([(one["n"], one["person"], instant(one["t"])) for one in events], "n string, person_id string, ts timestamp")
    found = with_account(made.repartition(5), spans(chosen), "account").select("n", "account").collect()
    assert len(found) == len(events)
    told = expected(mappings, events)
    assert {row["n"]: row["account"] for row in found} == told
    assert len(set(told.values())) == 8, "all accounts, and none"


def test_files_loaded_one_by_one_and_all_at_once_equal_the_reference(spark, lake, tmp_path):
    from cja_spark.lake import Lake

    mappings, events = drawn(1, 300)
    for name in ("web", "account"):
        (tmp_path / name).mkdir()

    def put(path, rows):
        (tmp_path / path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    put("web/0.json", events)
    for file in range(FILES):
        put(f"account/{file}.json", [one for one in mappings if one["file"] == file])
        connect(spark, lake, CONNECTION, files_root=str(tmp_path))
    once = Lake(spark, str(tmp_path / "once"))
    connect(spark, once, CONNECTION, files_root=str(tmp_path))
    kept = {(*key, account) for key, account in newest(mappings).items()}
    for each in (lake, once):
        table = each.accounts("account").read().select("person_id", F.unix_millis("since").alias("since"), "account")
        assert {tuple(row) for row in table.collect()} == kept
        found = with_accounts(each, each.events.read(), ["account"]).select("event_id", "account").collect()
        assert {row["event_id"]: row["account"] for row in found} == expected(mappings, events)
        assert len(found) == len(events)
