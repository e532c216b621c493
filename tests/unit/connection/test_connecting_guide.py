"""docs/connecting.md: the files of its worked example become the events and the quarantine that it says."""

import re
from datetime import UTC
from pathlib import Path

import pytest
import yaml

from cja_spark.connection.connect import connect
from cja_spark.connection.spec import Connection
from cja_spark.connection.tables import QUARANTINE
from cja_spark.lake import Lake

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "connecting.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") : GUIDE.index("## What is new")]
EVENTS, DROPPED = (
    [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    for text in re.findall(r"(?:^\|.*\n)+", WORKED, re.MULTILINE)
)


def only(kind, text):
    [found] = re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    return found


def connection(*names):
    written = yaml.safe_load(only("yaml", GUIDE))
    datasets = {name: written["datasets"][name] for name in names or written["datasets"]}
    return Connection.model_validate({**written, "datasets": datasets})


@pytest.fixture(scope="module")
def loaded(spark, tmp_path_factory):
    root, lake = tmp_path_factory.mktemp("guide"), Lake(spark, str(tmp_path_factory.mktemp("lake") / "lake"))
    for folder, name, kind in (("web", "1.json", "json"), ("calls", "1.csv", "csv")):
        (root / "raw" / folder).mkdir(parents=True)
        (root / "raw" / folder / name).write_text(only(kind, WORKED), encoding="utf-8")
    return lake, connect(spark, lake, connection("web", "calls"), files_root=str(root))


def test_the_yaml_of_the_guide_is_a_connection():
    assert sorted(connection().datasets) == ["calls", "catalogue", "crm", "web"]


def test_events_are_those_of_the_guide(loaded):
    rows = loaded[0].events.rows("ts", "dataset", "person_id", "stitch_reason", "sequence", "minutes")
    found = sorted(
        [f"{row['ts'].astimezone(UTC):%H:%M}", row["dataset"], row["person_id"], row["stitch_reason"] or "", *("" if row[name] is None else f"{row[name]:g}" for name in ("sequence", "minutes"))]
        for row in rows
    )  # fmt: skip
    assert found == EVENTS


def test_the_others_are_in_quarantine_with_their_reason(loaded):
    lake, receipt = loaded
    assert sorted([row["dataset"], row["reason"]] for row in lake.table(QUARANTINE).rows()) == sorted([dataset, reason] for dataset, _, reason in DROPPED)
    assert {dataset: sum(counts.values()) for dataset, counts in receipt.dropped.items()} == {"web": 2, "calls": 3}
    assert len(EVENTS) == 5
