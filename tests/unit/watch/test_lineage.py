"""Lineage: events that OpenLineage's schema takes, without an identity, a secret or a message."""

import json
import uuid
from datetime import UTC, datetime

import jsonschema
import pytest

from cja_spark.errors import UnavailableError
from cja_spark.stopping import Stopped
from cja_spark.watch.lineage import Data, Ending, Run, ended, named, started, tell, told
from tests.unit.watch.events import SCHEMA

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
RUN = Run(str(uuid.UUID(int=7)), "shop", "publish.buyers", (Data("/lake/journeys/shop", version=3),), (Data("/lake/audience_changes", rows=12),))


@pytest.fixture
def lines(tmp_path, monkeypatch):
    file = tmp_path / "lineage.jsonl"
    monkeypatch.setenv("CJA_LINEAGE", str(file))
    return lambda: [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    ("code", "ends"), [(0, "COMPLETE"), (4, "COMPLETE"), (1, "FAIL"), (5, "FAIL"), (6, "FAIL"), (143, "ABORT"), (130, "ABORT")]
)
def test_a_run_ends_as_its_exit_code_says(code, ends):
    events = [started(RUN, AT), ended(RUN, Ending(code), AT)]
    assert [one["eventType"] for one in events] == ["START", ends]
    for one in events:
        jsonschema.validate(one, SCHEMA)
    assert events[1]["run"]["facets"]["cja_run"]["exit_code"] == code
    assert ("errorMessage" in events[1]["run"]["facets"]) == (ends != "COMPLETE")


def test_a_run_begins_when_it_begins_and_ends_once(lines):
    with told(RUN) as ending:
        [first] = lines()
        ending.code = 4
    [begun, end] = lines()
    assert (begun, begun["eventType"], end["eventType"]) == (first, "START", "COMPLETE")
    assert begun["run"]["runId"] == end["run"]["runId"] == RUN.run_id


@pytest.mark.parametrize(
    ("error", "ends", "code"),
    [(UnavailableError("ann@example.com"), "FAIL", 6), (KeyError("ann@example.com"), "FAIL", 1), (Stopped(15), "ABORT", 143)],
)
def test_an_error_ends_a_run_and_its_message_is_not_told(lines, error, ends, code):
    with pytest.raises(type(error)), told(RUN):
        raise error
    [_, end] = lines()
    jsonschema.validate(end, SCHEMA)
    assert (end["eventType"], end["run"]["facets"]["cja_run"]["exit_code"]) == (ends, code)
    assert end["run"]["facets"]["errorMessage"]["message"] == type(error).__name__
    assert "ann" not in json.dumps(end)


def test_a_run_that_is_over_is_told_whole(lines, monkeypatch):
    tell(RUN, Ending(6), AT)
    assert [(one["eventType"], one["eventTime"] == "2026-11-28T12:00:00.000Z") for one in lines()] == [("START", True), ("FAIL", False)]
    monkeypatch.delenv("CJA_LINEAGE")
    tell(RUN, Ending(6), AT)


def test_a_file_that_cannot_be_written_stops_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CJA_LINEAGE", str(tmp_path / "none" / "lineage"))
    with told(RUN) as ending:
        ending.code = 0
    assert capsys.readouterr().err.count("CJA_LINEAGE: nothing can be written there") == 1


def test_tables_tell_the_version_read_and_the_rows_written():
    end = ended(RUN, Ending(), AT)
    assert end["inputs"][0]["facets"]["version"]["datasetVersion"] == "3"
    assert end["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 12


@pytest.mark.parametrize(
    ("address", "namespace", "name"),
    [
        ("/lake/events", "file", "/lake/events"),
        ("file:///lake/events", "file", "/lake/events"),
        ("s3a://bucket/lake/events", "s3a://bucket", "lake/events"),
        ("abfss://fs@account.dfs.core.windows.net/lake", "abfss://fs@account.dfs.core.windows.net", "lake"),
        ("shop.audience_changes", "spark_catalog", "shop.audience_changes"),
        ("cja://sinks/store", "cja://sinks", "store"),
        ("https://user:secret@collector/x?token=y", "https://collector", "x"),
    ],
)
def test_a_table_is_named_by_where_it_lies_and_without_secrets(address, namespace, name):
    assert named(address) == {"namespace": namespace, "name": name}
