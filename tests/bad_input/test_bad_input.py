"""Bad input: each kind that the project promises to survive gives its error and exit code, and no table changes.

What is wrong with one row does not stop a load: the row goes to the quarantine with its reason and the rest is loaded.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_input.shop import Shop, event, lines
from tests.jobs.lakes import rows, versions

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION, INPUT = 2, 3


@pytest.fixture(scope="module")
def loaded(spark, tmp_path_factory):
    """A shop on which every verb has run, and what its lake holds."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    assert [shop.run("connect"), shop.run("journey"), shop.run("report", "--out", str(shop.folder / "page.html"))] == [0] * 3
    return shop, state(spark, shop.lake)


@pytest.fixture
def shop(loaded, spark):
    """The shop, to be broken; afterwards every table must hold what it held."""
    shop, before = loaded
    files = shop.sources()
    yield shop
    shop.restore(files)
    assert state(spark, shop.lake) == before


def state(spark, lake: Path) -> dict:
    """Commits of every table; of the loads their rows, but for plans that came to nothing and were dropped."""
    loads = [json.loads(row) for row in rows(spark, lake, "loads")]
    dropped = {load["load"] for load in loads if load["state"] == "dropped"}
    return {**versions(lake), "loads": [load for load in loads if load["load"] not in dropped]}


def cut(text: str) -> bytes:
    whole = gzip.compress(text.encode())
    return whole[: len(whole) // 2]


MANY = lines(*(event(number, login=f"person {number * 7919 % 1000}") for number in range(100, 1100)))


@pytest.mark.fault("F11")
def test_no_file(shop, capsys):
    shop.change("connection.yaml", "raw/calls", "raw/called")
    assert shop.run("connect") == INPUT
    assert "dataset 'calls': there is no file at" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["web/an empty % file.json", "calls/b.csv"])
@pytest.mark.fault("F11")
def test_an_empty_file(shop, capsys, name):
    shop.raw(name, "")
    shop.raw("web/c.json", lines(event(9)))
    assert shop.run("connect") == INPUT
    assert f"{name} cannot be read: it is empty" in capsys.readouterr().err


@pytest.mark.fault("F11")
def test_a_file_of_blank_lines(shop, capsys):
    shop.raw("web/b.json", "\n\n")
    assert shop.run("connect") == INPUT
    assert "dataset 'web', timestamp: no column 'time'." in capsys.readouterr().err


@pytest.mark.fault("F11")
def test_a_cut_gzip(shop, capsys):
    shop.raw("web/b.json.gz", cut(MANY))
    assert shop.run("connect") == INPUT
    assert "web/b.json.gz cannot be read: the compressed file is cut" in capsys.readouterr().err


@pytest.mark.fault("F10")
def test_a_column_missing(shop, capsys):
    shop.raw("web/b.json", '{"id": "e9", "tme": "2026-01-02T10:00:00Z", "login": "ann"}\n')
    assert shop.run("connect") == INPUT
    assert "no column 'time'. Did you mean 'tme'?" in capsys.readouterr().err


@pytest.mark.fault("F10")
def test_two_types_at_one_path_of_two_datasets(shop, capsys):
    shop.raw("web/b.json", lines(event(9)))
    shop.raw("calls/b.csv", "started,customer,page\n2026-01-03 09:00:00,ann,x\n")
    shop.raw("app/a.json", '{"id": "a1", "time": "2026-01-03T10:00:00Z", "login": "ann", "page": {"name": "home"}}\n')
    last = "    person_id: {column: customer, namespace: CRM}\n"
    shop.change("connection.yaml", last, last + """  app:
    type: event
    source: {format: json, path: raw/app}
    timestamp: time
    person_id: {column: login, namespace: CRM}
""")  # fmt: skip
    assert shop.run("connect") == INPUT
    said = capsys.readouterr().err
    assert "'page' is string in dataset" in said
    assert "in dataset 'app'" in said


@pytest.mark.fault("F10")
def test_another_type_than_what_was_loaded_before(shop, capsys):
    shop.raw("web/b.json", '{"id": "e9", "time": "2026-01-02T10:00:00Z", "login": "ann", "page": {"name": "home"}}\n')
    assert shop.run("connect") == INPUT
    assert "'page' is string" in capsys.readouterr().err


def test_an_unknown_yaml_key(shop, capsys):
    shop.change("view.yaml", "time_zone:", "time_zoone:")
    assert shop.run("report") == CONFIGURATION
    assert "line 3  unknown key 'time_zoone'. Did you mean 'time_zone'?" in capsys.readouterr().err


def test_an_unknown_report(shop, capsys):
    assert shop.run("report", "page") == CONFIGURATION
    assert "No report named 'page'. Did you mean 'pages'?" in capsys.readouterr().err


def test_an_unknown_kind_of_report(shop, capsys):
    shop.change("reports/pages.yaml", "report: table", "report: tabel")
    assert shop.run("report") == CONFIGURATION
    assert "no report named 'tabel'. Did you mean 'table'?" in capsys.readouterr().err


def test_a_metric_of_a_field_that_does_not_exist(shop, capsys):
    shop.change("view.yaml", "price: price", "price: prise")
    assert shop.run("journey") == INPUT
    assert "component 'price': no column 'prise'. Did you mean 'price'?" in capsys.readouterr().err


def test_a_bad_time_zone(shop, capsys):
    shop.change("view.yaml", "Europe/Berlin", "Europe/Brelin")
    assert shop.run("report") == CONFIGURATION
    assert "'Europe/Brelin' is no IANA time zone. Did you mean 'Europe/Berlin'?" in capsys.readouterr().err


def test_duplicate_dataset_names(shop, capsys):
    shop.change("connection.yaml", "  calls:", "  web:")
    assert shop.run("connect") == CONFIGURATION
    assert "'web' is given twice." in capsys.readouterr().err


def test_a_segment_that_refers_to_itself(shop, capsys):
    shop.change("view.yaml", "where: {metric: price, more_than: 0}", "where: {segment: buyers}")
    assert shop.run("report") == CONFIGURATION
    assert "segment 'buyers' refers to itself." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["connect", "journey", "report"])
@pytest.mark.fault("F14")
def test_a_lake_that_cannot_be_written(shop, capsys, verb):
    file = shop.write("file", "")
    shop.raw("web/b.json", lines(event(9)))
    assert shop.run(verb, "--lake", str(file / "lake")) == INPUT
    assert f"{file / 'lake'} cannot be written" in capsys.readouterr().err


@pytest.mark.fault("F14")
def test_a_page_that_cannot_be_written(shop, capsys):
    file = shop.write("file", "")
    shop.change("reports/pages.yaml", "[events, price]", "[people]")  # a run that the lake does not hold yet
    assert shop.run("report", "--out", str(file / "page.html")) == INPUT
    assert f"{file / 'page.html'} cannot be written" in capsys.readouterr().err


def without_java() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "PYSPARK_GATEWAY_PORT")}
    return {**kept, "PATH": "/nonexistent", "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("verb", ["doctor", "connect", "journey", "report"])
def test_no_java(shop, verb):
    shop.raw("web/b.json", lines(event(9)))
    command = [sys.executable, "-m", "cja_spark.cli", verb, "--project", str(shop.project)]
    run = subprocess.run(command, env=without_java(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == CONFIGURATION, run.stderr
    assert "Java 17 or later is needed and none was found. Install a JDK 17" in run.stdout + run.stderr


def test_no_java_for_make(tmp_path):
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "python3"):
        found = sys.executable if tool == "python3" else "/bin/sh"
        (tmp_path / "bin" / tool).symlink_to(found)
    command = ["/usr/bin/make", "setup", "PYTHON=python3", f"VENV={tmp_path / 'venv'}", "SHELL=/bin/sh"]
    environment = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    run = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == CONFIGURATION, run.stdout + run.stderr
    assert "cja_spark needs Java 17: no java was found (install a JDK 17 or set JAVA_HOME)" in run.stdout
    assert not (tmp_path / "venv").exists()


# What is wrong with a row: the row as it is written, and the reason it is kept under; None: the row is good.
ROWS = {
    "a timestamp in 1899": (lines(event(11, "1899-12-31T23:59:59Z")), "before_1900"),
    "a timestamp in the year 30000": (lines(event(12, "+30000-01-01T00:00:00Z")), "after_9999"),
    "a timestamp that is none": (lines(event(13, "yesterday")), "invalid_timestamp"),
    "no timestamp": (lines(event(14, None)), "missing_timestamp"),
    "a null person": (lines(event(15, login=None)), "empty_person_id"),
    "a blank person": (lines(event(16, login="  ")), "empty_person_id"),
    "half a JSON line": (lines(event(17))[:30] + "\n", "unreadable_row"),
    "a string of 1 MB": (lines(event(18, note="x" * 1_000_000)), None),
}


@pytest.fixture(scope="module")
def rows_loaded(spark, tmp_path_factory):
    """A shop whose second file holds every kind of bad row; the exit code, its events and its quarantine."""
    shop = Shop(tmp_path_factory.mktemp("rows"))
    for number, (text, _) in enumerate(ROWS.values()):
        shop.raw(f"web/row_{number}.json", text)
    code = shop.run("connect")
    read = spark.read.format("delta").load
    events = read(str(shop.lake / "events")).collect()
    quarantine = read(str(shop.lake / "quarantine")).collect()
    return code, events, quarantine


@pytest.mark.parametrize("what", ROWS)
@pytest.mark.fault("F12")
def test_a_bad_row_is_kept_with_its_reason_and_the_rest_is_loaded(rows_loaded, what):
    code, _, quarantine = rows_loaded
    file = f"row_{list(ROWS).index(what)}.json"
    reasons = [row["reason"] for row in quarantine if row["file"].endswith(file)]
    assert reasons == ([] if ROWS[what][1] is None else [ROWS[what][1]])
    assert code == 0


def test_only_good_rows_become_events(rows_loaded):
    _, events, quarantine = rows_loaded
    assert sorted(row["event_id"] or "" for row in events) == ["", "e1", "e18", "e2"]
    assert max(len(row["note"] or "") for row in events) == 1_000_000
    assert len(quarantine) == sum(reason is not None for _, reason in ROWS.values())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("lake.yaml", "location: {{ lake }}\n", "lake.yaml: 1 fault\n  line 1  a key is a word; braces and brackets around a value need quotes."),
        ("view.yaml", "name: shop\nmetrics: {1: 2}\n", "view.yaml: 1 fault\n  line 2  '1' is read as no word; a key is one: put it in quotes."),
        ("connection.yaml", "name: shop\ndatasets: {1: 2}\n", "connection.yaml: 1 fault\n  line 2  '1' is read as no word; a key is one: put it in quotes."),
    ],
)
def test_keys_that_are_no_words(shop, capsys, name, text, said):
    shop.write(f"conf/{name}", text)
    assert shop.run("report") == 2
    assert said in capsys.readouterr().err


def test_a_project_without_a_report(shop, capsys):
    (shop.project / "reports/pages.yaml").unlink()
    for verb in ("report", "explain"):
        assert shop.run(verb) == 2
        assert "The project has no report: write one as reports/NAME.yaml." in capsys.readouterr().err


def test_an_encoding_that_nobody_knows(shop, capsys):
    shop.change("connection.yaml", "path: raw/calls}", "path: raw/calls, options: {encoding: utf-88}}")
    assert shop.run("connect") == 2
    assert "'utf-88' is no encoding. Write one such as UTF-8." in capsys.readouterr().err
