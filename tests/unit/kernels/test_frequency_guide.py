"""docs/frequency.md: its YAML gives its tables, of the persons that it tells of."""

import re
from pathlib import Path

import yaml

from cja_spark.reports.frequency import Frequency
from tests.unit.kernels.by_hand import page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "frequency.md").read_text(encoding="utf-8")


def lines(pattern, text=GUIDE):
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in text.splitlines() if re.match(pattern, line)]


def numbers(word):
    """How often each person of the guide does something."""
    [told] = re.findall(rf"{word} ((?:\d+, )+\d+ and \d+) times", GUIDE.replace("\n", " "))
    return [int(one) for one in re.findall(r"\d+", told)]


def shown(**given):
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    persons = [[*(page(at, orders=1) for at in range(orders)), *(page(100 + at, "help") for at in range(helps))] for orders, helps in zip(numbers("order"), numbers(r"\*help\*"), strict=True)]
    assert len(persons) == 5
    rows = rows_of(persons, **{**yaml.safe_load(written), **given})
    return [[row["row_kind"], row["step_name"], row["times"] or "", f"{row['people']:g}", f"{100 * row['percent_of_total']:g} %"] for row in rows]


def tables():
    return [lines(r"\| (total|below|bucket) ", part.split("\n\n")[0]) for part in GUIDE.split("| row_kind |")[1:]]


def test_the_guide_is_what_its_yaml_gives():
    assert shown() == tables()[0]


def test_the_buckets_of_the_guide():
    [written] = re.findall(r"With `buckets: (\{.*?\})`", GUIDE)
    rows = shown(buckets=yaml.safe_load(written))
    assert [row for row in rows if row[1] == "orders"] == tables()[1]


def test_the_buckets_of_the_settings():
    [written, told] = re.findall(r"\| `buckets` \| `(\{.*?\})`: (.*?);", GUIDE)[0]
    names = [row[2] for row in shown(buckets=yaml.safe_load(written)) if row[0] == "bucket" and row[1] == "orders"]
    assert ", ".join(names[:-1]) + f" and {names[-1]}" == told


def test_the_settings_of_the_guide_are_those_that_there_are():
    assert {name for name in re.findall(r"^\| `(\w+)` \| ", GUIDE, re.MULTILINE)} == {"events", "count", "buckets"} < {*Frequency.model_fields}
