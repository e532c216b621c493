"""The luma project as a user runs it: its six files, their defects included, by three jobs."""

import json
import sys
from collections import Counter

import pytest

from tests.jobs.lakes import content
from tests.jobs.processes import ROOT, start


@pytest.fixture(scope="module")
def said(shared, tmp_path_factory):
    lake = tmp_path_factory.mktemp("luma") / "lake"
    texts = {}
    for job in ("connect", "journey", "report"):
        process = start([sys.executable, str(ROOT / "jobs" / f"{job}.py"), "--project", str(ROOT / "conf" / "luma"),
                         "--files", str(shared / "data" / "luma"), "--lake", str(lake)])  # fmt: skip
        texts[job], _ = process.communicate(timeout=600)
        assert process.returncode == 0, texts[job]
    return lake, texts


def lines_of(file):
    text = file.read_text(encoding="utf-8").strip()
    return len(json.loads(text)) if text.startswith("[") else len(text.splitlines())


def test_every_row_of_the_files_is_an_event_or_in_quarantine(said, shared, spark):
    lake, texts = said
    tables = content(spark, lake)
    assert "load 1: " in texts["connect"]
    assert len(tables["events"]) == 2001
    found = Counter(json.loads(line)["dataset"] for line in (*tables["events"], *tables["quarantine"]))
    files = {"web": "luma-web-events.json", "store": "luma-offline-purchases.json"}
    for dataset, file in files.items():
        assert found[dataset] == lines_of(shared / "data" / "luma" / file), dataset


def test_reports_have_rows(said, spark):
    tables = content(spark, said[0])
    for name in ("daily", "visits", "categories"):
        assert tables[f"reports/{name}"], name
