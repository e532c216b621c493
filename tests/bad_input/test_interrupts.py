"""A verb that is interrupted or terminated says so by its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.bad_input.test_bad_input import ROOT


def default_interrupts() -> None:
    """A shell that starts tests in the background lets them ignore SIGINT; the verb shall not inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("verb", ["publish", "connect"])
@pytest.mark.fault("F14")
def test_a_signal_ends_a_verb_with_its_exit_code(tmp_path, verb, sent, code):
    os.mkfifo(tmp_path / "connection.yaml")  # the verb waits here, before Spark, until somebody writes
    command = [sys.executable, "-m", "cja_spark.cli", verb, "--project", str(tmp_path)]
    run = subprocess.Popen(
        [*command, *(["--receipt", str(tmp_path / "receipt.json")] if verb == "publish" else [])], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True, preexec_fn=default_interrupts,
    )  # fmt: skip
    with (tmp_path / "connection.yaml").open("w"):  # opens when the verb reads
        time.sleep(1)  # until it is in the system's read: a signal just before that waits for what is never written
        run.send_signal(sent)
        said = run.communicate(timeout=60)[1]
    assert run.returncode == code, said
    assert "Traceback" not in said
