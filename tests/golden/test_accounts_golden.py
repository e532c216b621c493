"""Golden folders of accounts: the reference and the product, which loads their files, give the expected ones (F20)."""

from __future__ import annotations

import csv
import os

import pytest

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.journeys.accounts import with_accounts
from tests.reference.golden_accounts import expected_of, told
from tests.reference.golden_stitching import cases, cells_of

FOLDERS = cases("accounts")
CSV = {"format": "csv", "options": {"header": True}}
CONNECTION = Connection.model_validate(
    {
        "name": "golden",
        "datasets": {
            "web": {"type": "event", "source": {**CSV, "path": "web"}, "timestamp": "timestamp", "event_id": "event_id", "person_id": "person_id"},
            "account": {
                "type": "account", "source": {**CSV, "path": "account"}, "person_id": "person_id", "account": "account",
                "mapping_time": "mapping_time",
            },
        },
    }
)  # fmt: skip


def put(folder, name, at, rows):
    folder.mkdir(exist_ok=True)
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    os.utime(file, (at, at))


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_reference_gives_the_expected_accounts(folder):
    assert told(folder) == expected_of(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_the_product_gives_the_expected_accounts(lake, tmp_path, folder):
    put(tmp_path / "web", "1.csv", 1, cells_of(folder, "input.csv"))
    mappings = cells_of(folder, "mappings.csv")
    for file in sorted({row.get("file") or "1" for row in mappings}):
        put(tmp_path / "account", f"{file}.csv", int(file), [row for row in mappings if (row.get("file") or "1") == file])
    connect(lake.spark, lake, CONNECTION, files_root=str(tmp_path))
    found = with_accounts(lake, lake.events.read(), ["account"]).select("event_id", "account").collect()
    assert {row["event_id"]: row["account"] for row in found} == expected_of(folder)
