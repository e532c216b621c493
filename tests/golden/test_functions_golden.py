"""Golden folders of window functions: the reference and the columns over Spark give the expected rows."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from pyspark.sql import Window

from cja_spark import functions
from tests.reference import window_functions as reference
from tests.window_rows import micros, plain

FOLDERS = sorted(folder for folder in (Path(__file__).parent / "functions").iterdir() if folder.is_dir())
OWN = ("partition", "timestamp", "place")
COLUMNS = {"timestamp": "times", "value": "values", "key": "values", "condition": "condition"}  # as the reference calls them
each = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


def asked(folder):
    return yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))


def table(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cell(text):
    return {"": None, "true": True, "false": False}.get(text, text)


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rows_of(folder):
    """The input with typed cells; a column of truths is one of booleans."""
    return [{**{name: cell(text) for name, text in row.items()}, "timestamp": instant(row["timestamp"]), "place": int(row["place"])}
            for row in table(folder, "input.csv")]  # fmt: skip


def written(found):
    """What was found as texts of cells."""
    def text(value):
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    def one(value):
        if isinstance(value, tuple) and len(value) == 4 and isinstance(value[3], float):  # a touch
            return [value[0], value[1], str(datetime(1970, 1, 1) + timedelta(microseconds=value[2])), str(value[3])]
        return [text(part) for part in value] if isinstance(value, tuple) else None if value is None else [text(value)]

    return [one(value) for value in found]


def expected_of(folder):
    rows = [list(row.values())[1:] for row in table(folder, "expected.csv")]
    return [row if any(row) else None for row in rows]


@each
def test_the_reference_gives_the_expected_rows(folder):
    ask, rows, found = asked(folder), rows_of(folder), []
    for partition in dict.fromkeys(row["partition"] for row in rows):
        own = [row for row in rows if row["partition"] == partition]
        given = {"times": [micros(row["timestamp"]) for row in own]} if "timestamp" in ask["arguments"] else {}
        for argument, said in ask["arguments"].items():
            if argument in COLUMNS and argument != "timestamp":
                given[COLUMNS[argument]] = [row[said] for row in own]
            elif argument != "timestamp":
                given[argument] = said
        found += getattr(reference, ask["function"])(**given)
    assert written(found) == expected_of(folder)


@each
def test_spark_gives_the_expected_rows(spark, folder):
    ask, rows = asked(folder), rows_of(folder)
    names = [name for name in rows[0] if name not in OWN]
    truths = {name for name in names if {*(row[name] for row in rows)} <= {None, True, False}}
    kinds = ", ".join(f"{name} {'boolean' if name in truths else 'string'}" for name in names)
    events = spark.createDataFrame([tuple(row.values()) for row in reversed(rows)], f"partition string, timestamp timestamp, place int, {kinds}".rstrip(", "))
    column = getattr(functions, ask["function"])(**ask["arguments"]).over(Window.partitionBy("partition").orderBy("timestamp", "place"))
    found = {row["place"]: plain(row["found"]) for row in events.select("place", column.alias("found")).collect()}
    assert written([found[place] for place in sorted(found)]) == expected_of(folder)


def test_every_function_has_a_folder():
    assert {asked(folder)["function"] for folder in FOLDERS} == {*functions.__all__}
