"""docs/functions.md: its columns give what its tables say; and the decision counts its words right."""

import difflib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import Row, Window
from pyspark.sql import functions as F

from cja_spark import functions

DOCS = Path(__file__).resolve().parents[3] / "docs"
GUIDE = (DOCS / "functions.md").read_text(encoding="utf-8")
DECISION = (DOCS / "decisions" / "functions.md").read_text(encoding="utf-8")


def tables(text):
    """Tables as rows of cells, the head first."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[[cell.strip() for cell in line[1:-1].split("|")] for line in one.splitlines() if not line.startswith("|---")] for one in found]


EXAMPLES = [(head.strip("`"), {row[0]: row[at] for row in rows}) for (first, *heads), *rows in tables(GUIDE)
            if first == "event_id" and heads[0].startswith("`") for at, head in enumerate(heads, 1)]  # fmt: skip


@pytest.fixture(scope="module")
def events(spark):
    [(head, *rows)] = [table for table in tables(GUIDE) if table[0][:2] == ["person_id", "event_id"]]
    assert head[2:] == ["timestamp", "page", "code", "bought"]
    made = [(person, event, datetime.fromisoformat(at).replace(tzinfo=UTC), page or None, code or None, bought == "true" or None)
            for person, event, at, page, code, bought in rows]  # fmt: skip
    return spark.createDataFrame(made, "person_id string, event_id string, timestamp timestamp, page string, code string, bought boolean")


def shown(value):
    if value is None:
        return ""
    if isinstance(value, Row) and "fraction" in value:
        return shown(value["value"])
    if isinstance(value, Row):
        return f"({', '.join(map(shown, value))})"
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(("written", "cells"), EXAMPLES, ids=[written for written, _ in EXAMPLES])
def test_a_column_gives_what_the_page_shows(events, written, cells):
    made = eval(written, {"F": F, **{name: getattr(functions, name) for name in functions.__all__}})
    by_person = Window.partitionBy("person_id").orderBy("timestamp", "event_id")
    found = events.select("event_id", made.over(by_person).alias("found")).collect()
    assert {row["event_id"]: shown(row["found"]) for row in found} == cells


def test_every_function_has_an_example():
    assert {written.partition("(")[0] for written, _ in EXAMPLES} == {*functions.__all__}


def test_the_code_of_the_page_runs_and_gives_its_tables(spark, events):
    names = {"spark": spark, "events": events}
    parts = re.findall(r"```python\n(.*?)```\s*((?:^\|[^\n]*\n)*)", GUIDE, re.DOTALL | re.MULTILINE)
    told = 0
    for code, written in parts:
        *before, last = re.split(r"\n(?=\S)(?![)\"])", code.strip())
        exec("\n".join(before), names)
        if not written:
            exec(last, names)
            continue
        [(head, *rows)] = tables(written)
        found = eval(last, names)
        assert found.columns == head
        assert [[shown(cell) for cell in row] for row in found.collect()] == rows
        told += 1
    assert told == 2


def words(text):
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())


def test_the_decision_counts_the_words_of_the_ways_to_write_one():
    [sql] = re.findall(r"```sql\n(.*?)```", DECISION, re.DOTALL)
    ways = dict(re.findall(r"^# (\w+)\n(.*)$", DECISION, re.MULTILINE))
    counted = {way: (str(len(words(text))), f"{difflib.SequenceMatcher(None, words(sql), words(text)).ratio():.2f}") for way, text in ways.items()}
    [(_, *rows)] = [table for table in tables(DECISION) if table[0][0] == "way"]
    assert {way: (count, kept) for way, count, kept in rows} == counted
