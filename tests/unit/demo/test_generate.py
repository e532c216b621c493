"""The demo data: same seed same year, defects that are counted, one receipt."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from cja_spark.demo.arrivals import write
from cja_spark.demo.browsing import BOT
from cja_spark.demo.generate import MARKER, generate
from cja_spark.demo.mailings import mailings
from cja_spark.demo.spec import Year
from cja_spark.demo.visits import CHANNELS, KINDS, PATHS, visits
from cja_spark.errors import ConfigurationError, UnwritableError

ROOT = Path(__file__).resolve().parents[3]
EVENTS = 10_000
EVENT_DATASETS = {"web": "json", "app": "parquet", "email": "json", "calls": "csv", "store": "parquet"}


@pytest.fixture(scope="module")
def made(spark, tmp_path_factory):
    target = tmp_path_factory.mktemp("demo")
    return target, generate(spark, str(target), events=EVENTS)


def lines(spark, target, dataset):
    """Every row as text with its folder: equal data are equal lists, whatever the files are called."""
    form = EVENT_DATASETS.get(dataset, "csv")
    rows = spark.read.option("header", "true").format(form).load(f"{target}/raw/{dataset}")
    return sorted(row["line"] for row in rows.select(F.to_json(F.struct("*")).alias("line")).collect())


def json_rows(target, dataset):
    for file in sorted(Path(target, "raw", dataset).rglob("*.json")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield file.parent.name.removeprefix("week="), json.loads(line)


def identity(row, namespace):
    return row["identityMap"].get(namespace, [{}])[0].get("id")


def test_the_same_seed_is_the_same_year_whatever_the_partitioning(spark, made, tmp_path):
    target, receipt = made
    before = {name: spark.conf.get(name) for name in ("spark.sql.shuffle.partitions", "spark.sql.leafNodeDefaultParallelism")
              if spark.conf.get(name, None) is not None}  # fmt: skip
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    spark.conf.set("spark.sql.leafNodeDefaultParallelism", "7")
    try:
        again = generate(spark, str(tmp_path), events=EVENTS)
    finally:
        spark.conf.unset("spark.sql.leafNodeDefaultParallelism")
        for name, value in before.items():
            spark.conf.set(name, value)
    assert again == receipt
    for dataset in receipt.rows:
        assert lines(spark, tmp_path, dataset) == lines(spark, target, dataset), dataset


def test_another_seed_is_another_year(spark, made, tmp_path):
    target, receipt = made
    other = generate(spark, str(tmp_path), events=EVENTS, seed=8)
    assert other.rows.keys() == receipt.rows.keys()
    assert lines(spark, tmp_path, "crm") != lines(spark, target, "crm")


def test_the_flag_says_about_how_many_events_there_are(made):
    _, receipt = made
    assert EVENTS * 0.85 < sum(receipt.rows[name] for name in EVENT_DATASETS) < EVENTS * 1.25


def test_the_receipt_counts_what_lies_there(spark, made):
    target, receipt = made
    for dataset, form in EVENT_DATASETS.items():
        rows = spark.read.option("header", "true").format(form).load(f"{target}/raw/{dataset}")
        key = "call_id" if dataset == "calls" else "_id"
        total, distinct = rows.agg(F.count(F.lit(1)), F.count_distinct(key)).first()
        assert (total, total - distinct) == (receipt.rows[dataset], receipt.repeated[dataset])


def test_late_rows_lie_in_a_later_folder_and_none_in_an_earlier(made):
    target, receipt = made
    weeks = []
    for folder, row in json_rows(target, "web"):
        happened = date.fromisoformat(row["timestamp"][:10])
        weeks.append((date.fromisoformat(folder) - happened + timedelta(days=happened.weekday())).days / 7)
    assert set(weeks) == {0, 1, 2}
    assert sum(late > 0 for late in weeks) == receipt.late["web"] > 20


def test_folders_of_days_hold_what_folders_of_weeks_hold(spark, made, tmp_path):
    target, _ = made
    days = mailings(visits(spark, Year(events=EVENTS)), 7).where(F.col("t") < Year().begin_ms + 20 * 86_400_000)
    write(days, str(tmp_path / "raw" / "email"), "json", Year(events=EVENTS, folders="day"))
    folders = {path.name for path in (tmp_path / "raw" / "email").iterdir() if path.is_dir()}
    assert len(folders) > 10 and {folder.removeprefix("day=")[:8] for folder in folders} == {"2025-09-"}
    whole = {json.dumps(row) for _, row in json_rows(target, "email")}
    assert {json.dumps(row) for _, row in json_rows(tmp_path, "email")} <= whole


def test_a_repeated_row_is_the_same_row(made):
    target, receipt = made
    rows: dict[str, list] = {}
    for _, row in json_rows(target, "web"):
        rows.setdefault(row["_id"], []).append(row)
    repeated = [found for found in rows.values() if len(found) > 1]
    assert len(repeated) == receipt.repeated["web"] > 10
    assert all(found[0] == found[1] and len(found) == 2 for found in repeated)


def test_ids_are_blank_or_placeholders_in_some_rows(made):
    target, _ = made
    rows = [row for _, row in json_rows(target, "web")]
    persons = [identity(row, "CRM") for row in rows]
    assert {"undefined", "00000000-0000-0000-0000-000000000000", ""} <= set(persons)
    assert 0.3 < sum(person is None for person in persons) / len(persons) < 0.9
    assert any(person and person.startswith("C") for person in persons)


def test_one_bot_reads_a_thousand_product_pages_over_the_year(made):
    target, _ = made
    rows = {row["_id"]: row for _, row in json_rows(target, "web") if identity(row, "ECID") == BOT}
    assert len(rows) == 1000 - sum(identity(row, "ECID") == "" for row in rows.values())
    assert {row["web"]["webPageDetails"]["siteSection"] for row in rows.values()} == {"product"}
    assert all("bot" in row["environment"]["browserDetails"]["userAgent"] for row in rows.values())
    assert len({row["timestamp"][:7] for row in rows.values()}) == 12


def test_some_devices_are_shared_by_two_customers(made):
    target, _ = made
    customers: dict[str, set] = {}
    for _, row in json_rows(target, "web"):
        if (identity(row, "CRM") or "").startswith("C"):
            customers.setdefault(identity(row, "ECID"), set()).add(identity(row, "CRM"))
    shared = [found for machine, found in customers.items() if machine and len(found) > 1]
    assert 1 <= len(shared) < len(customers) / 20
    assert all(len(found) == 2 for found in shared)


def test_calls_write_their_time_in_four_ways_and_numbers_as_text(made):
    target, _ = made
    rows = [row for file in Path(target, "raw", "calls").rglob("*.csv") for row in csv.DictReader(file.open(encoding="utf-8"))]
    forms = {
        "epoch s": r"\d{10}", "UTC": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "ISO": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
        "one digit": r"\d{4}-(\d-\d\d?|\d\d-\d) \d\d?:\d\d:\d\d|\d{4}-\d\d-\d\d \d:\d\d:\d\d",
    }  # fmt: skip
    found = {name: sum(bool(re.fullmatch(form, row["started_at"])) for row in rows) for name, form in forms.items()}
    assert min(found.values()) > 0, found
    assert sum(found.values()) == len(rows)
    assert all(180 <= int(row["duration_seconds"]) <= 1500 for row in rows)


def test_everything_happens_inside_the_year(made):
    target, _ = made
    times = sorted(row["timestamp"] for _, row in json_rows(target, "web"))
    assert times[0] >= "2025-09-01" and times[-1] < "2026-09-01"
    sent = [datetime.fromtimestamp(row["sent_at"]).year for _, row in json_rows(target, "email")]
    assert set(sent) == {2025, 2026}


def test_what_is_finished_is_not_written_again(spark, made):
    target, receipt = made
    files = {file: file.stat().st_mtime_ns for file in target.rglob("*") if file.is_file()}
    again = generate(spark, str(target), events=EVENTS)
    assert (again.rows, again.fresh) == (receipt.rows, False)
    assert {file: file.stat().st_mtime_ns for file in target.rglob("*") if file.is_file()} == files


@pytest.mark.fault("F1")
def test_a_run_that_was_killed_is_followed_by_one_that_starts_over(spark, made, tmp_path):
    target, receipt = made
    program = (
        "import sys; from cja_spark.session import open_session; from cja_spark.demo.generate import generate\n"
        "spark = open_session('local', {'spark.master': 'local[2]', 'spark.driver.memory': '1g'})\n"
        f"generate(spark, sys.argv[1], events={EVENTS})\n"
    )
    environment = {**os.environ, "CJA_FAILPOINTS": "demo.dataset_written=kill@2", "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=environment, check=False, start_new_session=True
    )
    assert killed.returncode == -9
    assert sorted(path.name for path in (tmp_path / "raw").iterdir()) == ["app", "web"]
    assert generate(spark, str(tmp_path), events=EVENTS) == receipt
    for dataset in receipt.rows:
        assert lines(spark, tmp_path, dataset) == lines(spark, target, dataset), dataset


@pytest.mark.parametrize("other", [{"events": 20_000}, {"seed": 8}, {"first_day": date(2024, 9, 1)}, {"folders": "day"}])
def test_another_year_is_not_mixed_into_a_folder(spark, made, other):
    target, _ = made
    files = {file: file.stat().st_mtime_ns for file in target.rglob("*") if file.is_file()}
    with pytest.raises(ConfigurationError, match="holds another year: about 10,000 events, seed 7, from 2025-09-01 on, by week; asked is"):
        generate(spark, str(target), **{"events": EVENTS, **other})
    assert {file: file.stat().st_mtime_ns for file in target.rglob("*") if file.is_file()} == files


def test_data_of_another_version_are_neither_taken_nor_overwritten(spark, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / MARKER).write_text('{"events": 10000, "seed": 7}', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="another version of the demo data. Remove .*raw and the lake"):
        generate(spark, str(tmp_path), events=EVENTS)
    assert [path.name for path in (tmp_path / "raw").iterdir()] == [MARKER]


def test_sizes_outside_the_bounds_are_refused_before_anything_is_written(spark, tmp_path):
    for events in (9_999, 100_000_001):
        with pytest.raises(ConfigurationError, match="--events"):
            generate(spark, str(tmp_path), events=events)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(spark, tmp_path):
    (tmp_path / "raw").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(UnwritableError, match="raw"):
        generate(spark, str(tmp_path), events=EVENTS)


def test_the_year_begins_where_the_flag_says():
    year = Year(first_day=date(2024, 3, 1))
    assert year.last_day == date(2025, 2, 28)
    assert year.end_ms - year.begin_ms == 365 * 86_400_000


@pytest.mark.parametrize("section", ["search", "help"])
def test_some_who_search_or_read_help_order_in_the_same_visit_and_most_do_not(made, section):
    target, _ = made
    visits: dict[str, set] = {}
    for _, row in json_rows(target, "web"):
        if identity(row, "ECID") != BOT:
            visits.setdefault(row["_id"].rsplit("-", 1)[0], set()).add(row["web"]["webPageDetails"]["siteSection"])
    with_it = [seen for seen in visits.values() if section in seen]
    assert 0.01 < sum("confirmation" in seen for seen in with_it) / len(with_it) < 0.35


def test_each_channel_says_of_every_hundred_visits_how_far_they_get():
    assert {(name, sum(weights), len(weights)) for name, weights in KINDS.items()} == {(name, 100, len(PATHS)) for name in CHANNELS}
