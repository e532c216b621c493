"""S8: what errors say of rows: where and why, never a value."""

import argparse

import pytest

from cja_spark import cli
from cja_spark.sources.reasons import why, without_values

SAID = [
    "[CAST_INVALID_INPUT] The value 'ann@example.com' of the type \"STRING\" cannot be cast to \"INT\" because it is malformed. SQLSTATE: 22018",
    "[CANNOT_PARSE_TIMESTAMP] Text 'ann@example.com' could not be parsed at index 0. SQLSTATE: 22007",
    "Text 'o'neil ann@example.com' could not be parsed",
    "Malformed records are detected in record parsing: [ann@example.com,1,2]. Parse Mode: FAILFAST.",
    "[MALFORMED_RECORD_IN_PARSING] Malformed records are detected in record parsing: {\"id\": \"ann@example.com\"",
    "bad line: ann@example.com,1",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.fault("F15")
def test_a_value_of_a_row_is_not_told(said):
    assert "@" not in why(said)
    assert "…" in why(said)


@pytest.mark.parametrize("said", ["[UNRESOLVED_COLUMN] A column with name `page` cannot be resolved.", "can't read what isn't there", "java.io.IOException: Connection refused"])
def test_the_rest_is_told_as_it_was_said(said):
    assert without_values(said) == said


@pytest.mark.parametrize("said", [SAID[0], "invalid literal for int() with base 10: 'ann@example.com'", "a plan broke\nann@example.com"])
@pytest.mark.fault("F15")
def test_an_error_that_nobody_foresaw_tells_its_kind_and_place_and_no_value(monkeypatch, capsys, said):
    """What ends a verb is exit code 1, on a terminal and in a job's log."""

    def fail(asked):
        raise ValueError(said)

    known = argparse.ArgumentParser()
    known.set_defaults(verb="deliver", run=fail, stops=False)
    monkeypatch.setattr(cli, "parser", lambda: known)
    assert cli.main([]) == 1
    told = capsys.readouterr().err
    assert "@" not in told
    assert "test_errors.py" in told
    assert told.splitlines()[-1].startswith("cja deliver: ValueError: ")
