"""JSON sources through `connect`: lines and arrays, told apart by the first character of a file alone."""

import gzip
import json

import pytest

from cja_spark.connection.tables import QUARANTINE
from cja_spark.errors import SourceError
from tests.unit.sources.shop import connection, ids, load, put

LINES = [{"id": f"e{number}", "time": f"2026-01-0{number}T10:00:00Z", "who": "ann"} for number in (1, 2, 3)]


def text(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.fault("F11")
def test_a_line_that_begins_like_an_array_is_one_unreadable_row_and_the_others_are_loaded(lake, tmp_path):
    put(tmp_path, "web/a.json", text(LINES[0]) + "[broken\n" + text(*LINES[1:]))
    receipt = load(lake, tmp_path, connection("json"))
    assert ids(lake) == ["e1", "e2", "e3"]
    assert receipt.dropped == {"web": {"unreadable_row": 1}}
    assert "[broken" in lake.table(QUARANTINE).rows()[0]["raw"]


@pytest.mark.parametrize("before", ["", "\n  \r\n", "\ufeff"])
def test_a_file_whose_first_character_opens_an_array_is_one_array(lake, tmp_path, before):
    put(tmp_path, "web/a.json", before + json.dumps(LINES[:2], indent=1))
    put(tmp_path, "web/b.json", text(LINES[2]))
    assert load(lake, tmp_path, connection("json")).loaded == {"web": 3}
    assert ids(lake) == ["e1", "e2", "e3"]


def test_arrays_are_found_in_compressed_files_behind_many_blanks(lake, tmp_path):
    put(tmp_path, "web/a.json.gz", gzip.compress((" \n" * 10_000 + json.dumps(LINES, indent=1)).encode()))
    assert load(lake, tmp_path, connection("json")).loaded == {"web": 3}


@pytest.mark.fault("F11")
def test_a_file_that_is_not_compressed_as_its_name_says_is_named(lake, tmp_path):
    put(tmp_path, "web/a.json", text(*LINES))
    put(tmp_path, "web/b.json.gz", text(*LINES))
    with pytest.raises(SourceError, match=r"dataset 'web': .*b\.json\.gz cannot be read: it is not compressed as"):
        load(lake, tmp_path, connection("json"))
    assert not lake.events.exists()
