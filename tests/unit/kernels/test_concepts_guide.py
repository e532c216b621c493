"""docs/concepts.md: the tables of its worked example are what the product gives of its events."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.kernels.by_hand import START, VIEW, page, rows_of

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "concepts.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") : GUIDE.index("## From answers to action")]
TABLES = [[[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.splitlines() if "---" not in line] for text in re.findall(r"(?:^\|.*\n)+", WORKED, re.MULTILINE)]
EVENTS, BY_CHANNEL, BY_DAY, WITH_OTHER, BY_CONTAINER = TABLES
CHANNEL = {"dimensions": {**VIEW["dimensions"], "channel": "channel"}}


def people():
    found = {}
    for person, time, channel, name, orders in EVENTS[1:]:
        t = round(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp() * 1000) - START
        found.setdefault(person, []).append(page(t, name, channel=channel or None, orders=float(orders or "nan")))
    return list(found.values())


def answer(first, names, **asked):
    """Rows as the guide writes them: what a row is of, then its figures."""
    rows = rows_of(people(), view=CHANNEL, metrics=names, **asked)
    return [[row[first] or row["row_kind"], *("" if row[name] is None else f"{row[name]:g}" for name in names)] for row in rows]


def test_rows_of_a_dimension_and_their_total():
    assert answer("channel", BY_CHANNEL[0][1:], report="table", dimensions=["channel"]) == BY_CHANNEL[1:]


def test_days_and_their_total():
    assert answer("label", BY_DAY[0][1:], report="trend", granularity="day")[: len(BY_DAY) - 1] == BY_DAY[1:]


def test_one_row_and_other():
    assert answer("channel", WITH_OTHER[0][1:], report="table", dimensions=["channel"], rows=1)[1:] == WITH_OTHER[1:]


def test_without_no_value_a_grand_total_follows():
    found = answer("channel", ["orders"], report="table", dimensions=["channel"], include_no_value=False)
    assert found[:2] == [["total", "1"], ["grand_total", "2"]]


@pytest.mark.parametrize("row", BY_CONTAINER[1:], ids=lambda row: row[0])
def test_a_segment_keeps_whole_units(row):
    in_search = {"container": row[0], "where": {"dimension": "channel", "equals": "Search"}}
    [[_, *found]] = answer("row_kind", BY_CONTAINER[0][1:], report="table", segments=[in_search])
    assert found == row[1:]


def test_the_example_is_read():
    assert [len(table) for table in TABLES] == [6, 5, 4, 3, 4]
