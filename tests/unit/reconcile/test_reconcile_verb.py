"""`cja reconcile`: what it prints, its file, its exit codes; what cannot be meant is refused before Spark starts."""

from __future__ import annotations

import csv
import json
import signal

import pytest

from cja_spark.cli import main
from tests.unit.project.demo import ROOT
from tests.unit.reconcile.messages import EVERY, Files, at, project_in, row


@pytest.fixture(autouse=True)
def handler():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "has no reconcile.yaml"),
        (["--from", "2026-08-03"], "--to: '' is no day; write 2026-08-31, for both --from and --to."),
        (["--from", "soon", "--to", "2026-08-03"], "--from: 'soon' is no day"),
        (["--from", "2026-08-04", "--to", "2026-08-03"], "--from 2026-08-04 is after --to 2026-08-03."),
        (["--out", "table.xlsx"], "--out: 'table.xlsx' ends neither in .csv nor in .json."),
        (["--as-of", "yesterday"], "--as-of: 'yesterday' is no instant"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_before_spark_starts(asked, said, capsys, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")  # Spark could not start
    assert main(["reconcile", "--project", str(ROOT / "conf" / "luma"), *asked]) == 2
    spoken = capsys.readouterr().err
    assert said in spoken
    assert "starting Spark" not in spoken


@pytest.fixture
def place(lake, tmp_path):
    project, files = project_in(tmp_path), Files(tmp_path)
    files.load(lake, project, at("2026-08-05"), [EVERY, row(1, "2026-08-03T09:00:00Z", status="sent"), row(2, "2026-08-03T09:00:00Z", status="delay")], [EVERY | {"_id": "t0"}])
    return files, ["reconcile", "--project", str(tmp_path / "project"), "--lake", lake.location, "--files", str(files.folder)]


def test_the_table_is_printed_and_written(place, tmp_path, capsys):
    files, asked = place
    files.reported("2026-08-03,email,,sent,2\n")
    asked = [*asked, "--from", "2026-08-03", "--to", "2026-08-03", "--as-of", "2026-08-20"]
    assert main([*asked, "--out", str(tmp_path / "t.csv")]) == 0
    printed = capsys.readouterr().out
    assert "green" in printed
    assert any(line.split()[:2] == ["retries", "1"] for line in printed.splitlines())
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as lines:
        written = list(csv.DictReader(lines))
    assert [(one["cause"], one["count"]) for one in written] == [("", ""), ("retries", "1"), ("unexplained", "0")]
    assert main([*asked, "--out", str(tmp_path / "t.json")]) == 0
    first, *beneath = map(json.loads, (tmp_path / "t.json").read_text(encoding="utf-8").splitlines())
    assert (first["date_from"], first["source"], first["ours"], first["verdict"]) == ("2026-08-03", 2, 1, "green")
    assert sum(one["count"] for one in beneath) == first["difference"]


def test_exit_codes_say_what_is_red_and_what_means_nothing_yet(place, tmp_path, capsys):
    files, asked = place
    files.reported("2026-08-03,email,,sent,9\n")
    assert main([*asked, "--as-of", "2026-08-20"]) == 1
    assert "red" in capsys.readouterr().out
    assert main([*asked, "--as-of", "2026-08-20", "--validate"]) == 0
    assert "the comparison means something" in capsys.readouterr().out
    young = [*asked, "--as-of", "2026-08-05"]
    assert main([*young, "--validate"]) == main(young) == 5
    assert "retries of the last 1 week may not have come to an end" in capsys.readouterr().err
    assert main([*young, "--anyway"]) == 1
    assert "wait: " in capsys.readouterr().out
    assert main([*asked, "--reported", str(tmp_path / "none.csv")]) == 3
