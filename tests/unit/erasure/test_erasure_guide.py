"""docs/erasure.md: its file is read as it says, and its worked example ends as its tables do."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cja_spark.erasure.events import erase_events
from cja_spark.erasure.requests import read_request
from cja_spark.lake import Lake

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "erasure.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") : GUIDE.index("## The receipt")]
GIVEN, LEFT = (
    [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    for text in re.findall(r"(?:^\|.*\n)+", WORKED, re.MULTILINE)
)
[FILE] = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
[CSV] = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
COLUMNS = (
    "event_id string, persistent_id string, persistent_namespace string, own_person_id string, own_namespace string, "
    "person_id string, person_namespace string, stitch_reason string, ts timestamp, event_date date, dataset string, load bigint"
)


def test_the_file_of_the_guide_names_three_persons(tmp_path):
    (tmp_path / "ids.txt").write_text(FILE, encoding="utf-8")
    request = read_request(tmp_path / "ids.txt", {"CRM", "ECID"})
    assert request.identities == (("crm", "ann"), ("crm", "bob smith"), ("ecid", "0" * 36 + "42"))
    assert (request.blank, request.repeated) == (2, 1)


def test_the_csv_of_the_guide_names_two(tmp_path):
    (tmp_path / "ids.csv").write_text(CSV, encoding="utf-8")
    assert read_request(tmp_path / "ids.csv", {"CRM"}).identities == (("crm", "smith, bob"), ("crm", "ann"))


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    lake = Lake(spark, str(tmp_path_factory.mktemp("guide") / "lake"))
    rows = [
        (event, device, "ECID", login or None, "CRM" if login else None, person, "CRM", "own" if login else "last_login",
         datetime(2026, 8, 1, at, tzinfo=UTC), date(2026, 8, 1), "web", 1)
        for at, (event, device, login, person) in enumerate(GIVEN)
    ]  # fmt: skip
    other = ("e9", "watch", "ECID", None, None, "watch", "ECID", "persistent", datetime(2026, 8, 2, tzinfo=UTC), date(2026, 8, 2), "web", 1)
    lake.events.append(spark.createDataFrame([*rows, other], COLUMNS))
    return lake


def people(lake, *identities):
    rows = [(namespace, id_, f"{namespace}:{id_}", f"ref {id_}") for namespace, id_ in identities]
    return lake.spark.createDataFrame(rows, "namespace string, id string, profile_key string, person_ref string")


def left(lake):
    return [[row["event_id"], row["persistent_id"], row["person_id"]] for row in sorted(lake.events.rows(), key=lambda row: row["event_id"])]


def test_the_events_of_the_guide_end_as_it_says(shop):
    untouched = shop.events.read().where("event_date = '2026-08-02'").inputFiles()
    erase_events(shop, people(shop, ("crm", "ann")))
    assert left(shop) == [*LEFT, ["e9", "watch", "watch"]]
    assert shop.events.read().where("event_date = '2026-08-02'").inputFiles() == untouched
    version = shop.events.version()
    erase_events(shop, people(shop, ("crm", "ann")))
    assert shop.events.version() == version


def test_a_request_that_names_a_device_deletes_its_rows_and_the_namespace_decides(shop):
    erase_events(shop, people(shop, ("crm", "laptop"), ("ecid", "bob")))
    assert [row[0] for row in left(shop)] == ["e3", "e4", "e5", "e9"]
    erase_events(shop, people(shop, ("ecid", "laptop")))
    assert [row[0] for row in left(shop)] == ["e3", "e4", "e9"]


def test_fields_of_events_may_have_any_name(spark, tmp_path):
    lake = Lake(spark, str(tmp_path / "lake"))
    names = ("_id", "_code", "_own", "_stitched", "_person", "_own_0")
    day = (datetime(2026, 8, 1, tzinfo=UTC), date(2026, 8, 1), "web", 1)
    rows = [
        ("e1", "laptop", "ECID", "ann", "CRM", "ann", "CRM", "own", *day, *names),
        ("e2", "laptop", "ECID", None, None, "ann", "CRM", "last_login", *day, *names),
        ("e3", "phone", "ECID", None, None, "phone", "ECID", "persistent", *day, *names),
    ]  # fmt: skip
    lake.events.append(spark.createDataFrame(rows, ", ".join([COLUMNS, *(f"{name} string" for name in names)])))
    erase_events(lake, people(lake, ("crm", "ann")))
    assert left(lake) == [["e2", "laptop", "laptop"], ["e3", "phone", "phone"]]
    assert [tuple(row[name] for name in names) for row in lake.events.rows()] == [names, names]
