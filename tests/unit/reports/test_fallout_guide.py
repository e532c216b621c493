"""Every example of docs/fallout.md, by the package and by the reference."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from cja_spark.frames import report_rows
from cja_spark.reports.fallout import Fallout
from tests.reference.report import report

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "fallout.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n```text\n(.*?)```", TEXT, re.DOTALL)
VIEW = {"name": "guide", "time_zone": "UTC", "dimensions": {"page": "page"}}
DAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def only(kind):
    (found,) = re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)
    return found


def at(time):
    return DAY + (dt.datetime.strptime(time, "%H:%M:%S") - dt.datetime(1900, 1, 1))


def visits():
    return [{**row, "ts": at(row["time"])} for row in csv.DictReader(only("csv").splitlines())]


def asked(options):
    return {"report": "fallout", **yaml.safe_load(only("steps")), **yaml.safe_load(options)}


def written(rows, options):
    word = "attempts" if "attempts" in options else "people"
    return [
        f"{row['step']} {row['step_name']} {row[word]:g}"
        + ("" if row[f"open_{word}"] is None else f" open {row[f'open_{word}']:g}")
        for row in rows
    ]


@pytest.fixture(scope="module")
def answers(spark):
    rows = [(row["person"], row["ts"], int(row["sequence"]), row["page"]) for row in visits()]
    events = spark.createDataFrame(rows, "person_id string, ts timestamp, sequence bigint, page string")
    asks = [Fallout.model_validate({**asked(options), "range": "last 1 days"}) for options, _ in EXAMPLES]
    return [[row.asDict() for row in answer.collect()] for answer in report_rows(events, VIEW, asks)]


def test_the_guide_has_an_example_of_each_mode():
    said = " ".join(options for options, _ in EXAMPLES)
    assert all(word in said for word in ("strict", "any", "first", "attempts", "step_order", "grace"))


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[" ".join(options.split()) for options, _ in EXAMPLES])
def test_an_example_is_what_the_package_answers(answers, number):
    assert written(answers[number], EXAMPLES[number][0]) == EXAMPLES[number][1].splitlines()


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[" ".join(options.split()) for options, _ in EXAMPLES])
def test_an_example_is_what_the_reference_answers(number):
    events = [
        {
            "person_id": row["person"], "t": round(row["ts"].timestamp() * 1000), "sequence": int(row["sequence"]),
            "dataset_position": 0, "event_id": None, "row_hash": at, "page": row["page"],
        }
        for at, row in enumerate(visits())
    ]  # fmt: skip
    start = round(DAY.timestamp() * 1000)
    ask = {**asked(EXAMPLES[number][0]), "from": start, "to": start + 86_400_000}
    rows = report(events, VIEW, ask, data_until=max(event["t"] for event in events))
    assert written(rows, EXAMPLES[number][0]) == EXAMPLES[number][1].splitlines()
