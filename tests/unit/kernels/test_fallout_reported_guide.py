"""docs/fallout.md, over time and how long it takes: its tables are what the visits of the guide give."""

import csv
import datetime as dt
import re
from pathlib import Path

import yaml

from tests.unit.kernels.by_hand import page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "fallout.md").read_text(encoding="utf-8")
CHAPTER = GUIDE.split("## Over time")[1].split("\n## ")[0]
DAY = {"from": dt.date(2026, 3, 2), "to": dt.date(2026, 3, 2)}
OFFSET = (dt.date(2026, 3, 2) - dt.date(2025, 1, 1)).days * 86_400_000
ADDED = ("mean_seconds_from_previous", "median_seconds_from_previous", "mean_seconds_from_first")


def visits():
    [text] = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
    persons = {}
    for row in csv.DictReader(text.splitlines()):
        t = dt.datetime.strptime(row["time"], "%H:%M:%S") - dt.datetime(1900, 1, 1)
        persons.setdefault(row["person"], []).append(page(OFFSET + round(t.total_seconds() * 1000), row["page"]))
    return [*persons.values()]


def answer():
    [steps] = re.findall(r"```steps\n(.*?)```", GUIDE, re.DOTALL)
    [written] = re.findall(r"```yaml\n(.*?)```", CHAPTER, re.DOTALL)
    return rows_of(visits(), report="fallout", range=DAY, **yaml.safe_load(steps), **yaml.safe_load(written))


def lines(pattern):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in CHAPTER.splitlines() if re.match(pattern, line)]


def said(number, places=3):
    return "" if number is None else f"{round(number, places):g}"


def test_the_steps_of_periods_and_the_means_are_what_the_yaml_gives():
    busy = {row["label"] for row in answer() if row["row_kind"] == "step_over_time" and row["people"]}
    shown = [[row["row_kind"], row["step_name"], row["label"] or "", said(row["people"]), said(row["percent_of_total"])]
             for row in answer() if row["row_kind"] != "step_over_time" or row["label"] in busy]  # fmt: skip
    assert shown == lines(r"\| (step|step_over_time|mean_of_rates) ")


def test_the_times_are_what_the_yaml_gives():
    shown = [[row["step_name"], *(said(row[name], 0) for name in ADDED)] for row in answer() if row["row_kind"] == "step"]
    assert shown == lines(r"\| (home|cart|order) ")
