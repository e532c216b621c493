"""Steps: lines that tell where a run is, and nothing of a person, a secret or a message."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cja_spark.cli import main
from cja_spark.errors import ConfigurationError, UnavailableError
from cja_spark.failpoints import failpoint
from cja_spark.sinks.chunk import RetryableError
from cja_spark.steps import NUMBERS, TEXTS, about, step_line, timed

ROOT = Path(__file__).resolve().parents[3]
S8 = {"run_id", "audience_id", "run_seq", "sink", "chunk", "error_class", "error_code", "person_ref"}


@pytest.fixture
def steps(tmp_path, monkeypatch):
    file = tmp_path / "steps.jsonl"
    monkeypatch.setenv("CJA_STEPS", str(file))
    return lambda: [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_line_tells_what_the_blocks_around_it_are_about(steps):
    with about(run_id="r-1", audience_id="aud_a"), about(sink="store", audience_id="aud_b"):
        step_line("chunk.done", chunk=3, rows=10)
    step_line("after")
    first, second = steps()
    assert {name: first[name] for name in first if name != "time"} == {
        "step": "chunk.done", "run_id": "r-1", "audience_id": "aud_b", "sink": "store", "chunk": 3, "rows": 10,
    }  # fmt: skip
    assert set(second) == {"time", "step"}


def test_the_facts_of_a_line_are_those_of_the_rule_and_counts():
    assert set(TEXTS) - S8 == {"command", "kind", "state"}
    assert set(NUMBERS) - S8 == {"chunks", "rows", "seconds", "exit_code", "attempts"}


@pytest.mark.parametrize("name", ["message", "id", "profile_key", "url", "payload"])
def test_other_facts_are_refused(steps, name):
    with pytest.raises(TypeError, match=name):
        step_line("x", **{name: "a"})
    assert steps() == []


@pytest.mark.parametrize("text", ["a@example.com", "a message of a server", "/etc/passwd", "https://x", "é", "x" * 65, "a\nb", ""])
def test_a_text_that_is_no_name_is_not_written(steps, text):
    step_line("x", sink=text, error_code=text)
    assert [(one["sink"], one["error_code"]) for one in steps()] == [("***", "***")]


def test_of_a_person_twelve_digits_are_shown(steps):
    step_line("x", person_ref="0123456789abcdef" * 4)
    assert steps()[0]["person_ref"] == "0123456789ab"


@pytest.mark.parametrize("message", ["ann", "ann@example.com was refused"])
def test_an_error_tells_its_class_and_code_and_not_its_message(steps, message):
    with pytest.raises(UnavailableError), timed("deliver"):
        raise UnavailableError(message)
    [line] = steps()
    assert (line["step"], line["error_class"], line["exit_code"]) == ("deliver.failed", "UnavailableError", 6)
    assert "ann" not in json.dumps(line)


def test_a_refusal_of_a_sink_tells_its_own_class_and_code(steps):
    with pytest.raises(RetryableError), timed("chunk", sink="feed"):
        raise RetryableError("network", "timeout")
    [line] = steps()
    assert (line["step"], line["sink"], line["error_class"], line["error_code"]) == ("chunk.failed", "feed", "network", "timeout")


def test_times_are_utc_to_the_millisecond_and_durations_seconds(steps):
    step_line("x", ms=1500)
    [line] = steps()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line["time"])) < timedelta(minutes=1)
    assert (line["seconds"], "ms" in line) == (1.5, False)


def test_a_full_disk_is_said_and_stops_nothing(monkeypatch, capsys):
    monkeypatch.setenv("CJA_STEPS", "/dev/full")
    step_line("x")
    assert "CJA_STEPS: nothing can be written there: No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize("closes", ["sys.stderr.close()", "os.close(2)"])
def test_an_error_stream_that_is_closed_stops_nothing(closes):
    program = f"import os, sys; from cja_spark.steps import step_line; {closes}; step_line('x'); step_line('y'); os._exit(7)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "CJA_STEPS": "-"}, check=False).returncode == 7


def test_lines_of_several_processes_do_not_mix(steps, tmp_path):
    program = "from cja_spark.steps import step_line\nfor at in range(200): step_line('x', rows=at, sink='s' * 60)"
    running = [subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) for _ in range(4)]
    assert [one.wait(60) for one in running] == [0] * 4
    assert sorted(one["rows"] for one in steps()) == sorted([*range(200)] * 4)


def test_a_named_place_is_a_step_where_a_run_is_known(steps):
    failpoint("outbox.before_commit")
    with about(run_id="r"):
        failpoint("outbox.before_commit")
    assert [one["step"] for one in steps()] == ["outbox.before_commit"]


def test_without_the_variable_nothing_is_written(monkeypatch, capsys):
    monkeypatch.delenv("CJA_STEPS", raising=False)
    step_line("x")
    assert capsys.readouterr() == ("", "")


def test_lines_go_to_the_error_stream_when_that_is_asked(monkeypatch, capsys):
    monkeypatch.setenv("CJA_STEPS", "-")
    step_line("x", rows=1)
    assert json.loads(capsys.readouterr().err)["rows"] == 1


def test_a_place_that_cannot_be_written_is_said_once_and_stops_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CJA_STEPS", str(tmp_path / "none" / "steps"))
    step_line("x")
    step_line("y")
    assert capsys.readouterr().err.count("CJA_STEPS: nothing can be written there") == 1


def test_every_verb_tells_that_it_ended_and_how(steps, tmp_path):
    assert main(["publish", "--project", str(tmp_path / "none"), "--receipt", str(tmp_path / "r.json")]) == 2
    [line] = steps()
    assert (line["command"], line["step"], line["exit_code"]) == ("publish", "command.failed", 2)
    assert issubclass(getattr(__import__("cja_spark.errors", fromlist=["x"]), line["error_class"]), ConfigurationError)


def test_the_file_is_its_owners_to_read(steps, tmp_path):
    step_line("x")
    assert (tmp_path / "steps.jsonl").stat().st_mode & 0o777 == 0o600
