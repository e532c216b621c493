"""docs/graph-stitching.md: its files, loaded when they happen, become the persons that its table says."""

import csv
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import yaml

from cja_spark.connection.connect import connect
from cja_spark.connection.graph_faults import graph_faults
from cja_spark.connection.spec import Connection
from cja_spark.lake import Lake

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "graph-stitching.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") : GUIDE.index("## Privacy requests")]
GRAPH, EVENTS = (list(csv.DictReader(StringIO(text))) for text in re.findall(r"```csv\n(.*?)```", WORKED, re.DOTALL))
HEADER, _, *TABLE = (
    [cell.strip() for cell in line.strip("|").split("|")] for line in re.search(r"(?:^\|.*\n)+", WORKED, re.MULTILINE)[0].splitlines()
)


def connection():
    return Connection.model_validate(yaml.safe_load(re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[1]))


def put(root, folder, number, rows, header):
    if rows:
        (root / "raw" / folder).mkdir(parents=True, exist_ok=True)
        with (root / "raw" / folder / f"{number}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_yaml_of_the_guide_is_a_connection_that_fits():
    assert list(graph_faults(connection())) == []


@pytest.fixture(scope="module")
def persons(spark, tmp_path_factory):
    """By column of the table the person of each event; a load needs something new, be it a publication repeated."""
    root, lake = tmp_path_factory.mktemp("guide"), Lake(spark, str(tmp_path_factory.mktemp("lake") / "lake"))
    moments = ["2026-01-06 10:00:00", "2026-01-06 13:00:00", "2026-01-07 10:10:00", *HEADER[2:]]
    found, since = {}, ""
    for number, moment in enumerate(moments):
        put(root, "web", number, [row for row in EVENTS if since < row["time"] <= moment], list(EVENTS[0]))
        put(root, "identities", number, [row for row in GRAPH if since < row["published_at"] <= moment] or GRAPH[:1], list(GRAPH[0]))
        connect(spark, lake, connection(), files_root=str(root), as_of=at(moment))
        now = {row["event_id"]: row["person_id"] for row in lake.events.rows("event_id", "person_id")}
        if moment in HEADER:
            found[moment] = now
        else:
            found["live"] = {**now, **found.get("live", {})}
        since = moment
    return found


@pytest.mark.parametrize("column", HEADER[1:])
def test_persons_are_those_of_the_guide(persons, column):
    place = HEADER.index(column)
    assert persons[column] == {row[0]: row[place] for row in TABLE}
