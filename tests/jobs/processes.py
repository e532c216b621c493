"""Jobs as processes: run to the end, or killed with all their children at a moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from cja_spark.cli import main

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-04-01T00:00:00Z"
JOBS = {
    "connect": (), "journey": (), "report": ("--as-of", AS_OF), "publish": ("--as-of", AS_OF), "deliver": (),
}  # fmt: skip


def command(job: str, project: Path, *more: str) -> list[str]:
    return [sys.executable, str(ROOT / "jobs" / f"{job}.py"), "--project", str(project), *JOBS[job], *more]


def environment() -> dict[str, str]:
    return {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "CJA_SPARK_CONF": str(ROOT / "tests/jobs/spark")}


def start(arguments: list[str], to: IO[bytes] | int = subprocess.PIPE) -> subprocess.Popen:
    return subprocess.Popen(
        arguments, cwd=ROOT, env=environment(), stdout=to, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def run_here(job: str, project: Path, *more: str) -> float:
    """Run a job in this process, with the session that is open; returns its seconds."""
    begun = time.monotonic()
    before = signal.getsignal(signal.SIGTERM)
    assert main([job, "--project", str(project), *JOBS[job], *more]) == 0, job
    signal.signal(signal.SIGTERM, before)
    return time.monotonic() - begun


def run(job: str, project: Path) -> float:
    """Run a job to its end; returns its seconds."""
    begun = time.monotonic()
    process = start(command(job, project))
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, f"{job} ended with {process.returncode}:\n{said[-3000:]}"
    return time.monotonic() - begun


def kill(job: str, project: Path, after: float, *more: str) -> bool:
    """Start a job and kill it, JVM and workers with it; False when it was done before."""
    process = start(command(job, project, *more))
    try:
        process.communicate(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
