"""A job that is killed at any moment and run again leaves the tables of an undisturbed run; a second run changes none."""

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.jobs.lakes import LOGS, content, versions
from tests.jobs.processes import JOBS, command, kill, run, run_here, start
from tests.jobs.shop import arrive, write_project

# Random moments per job; CJA_KILLS=20 tries as many as a release does.
MOMENTS = int(os.environ.get("CJA_KILLS", "1"))
# Where none of them fell into the job's writing, it is killed as soon as its first commit is there, so many times at most.
MORE = 3


@dataclass
class Way:
    """An undisturbed run of all jobs on the second instalment, and the lake as it was before each of them."""

    folder: Path
    project: Path
    seconds: dict[str, float] = field(default_factory=dict)
    start: float = 0.0
    after: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    commits: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    def keep(self, name: str) -> None:
        shutil.copytree(self.lake, self.folder / "kept" / name)

    def copy(self, name: str, attempt: int) -> Path:
        """The lake as it was before a job, at a place of its own: the session remembers what it saw at another."""
        place = self.folder / "attempts" / f"{name}_{attempt}"
        shutil.copytree(self.folder / "kept" / name, place)
        shutil.copy(self.folder / "lake.pepper", place.with_name(f"{place.name}.pepper"))
        return place


@pytest.fixture(scope="module")
def way(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    way = Way(folder, write_project(folder))
    arrive(folder, 0)
    for job in JOBS:
        if job != "publish":
            run_here(job, way.project)
    way.start = run("connect", way.project)  # nothing is new: this is what starting takes
    arrive(folder, 1)
    for job in JOBS:
        way.keep(job)
        way.seconds[job] = run_here(job, way.project)
        way.after[job] = content(spark, way.lake)
        way.commits[job] = versions(way.lake)
    return way


def test_every_job_has_something_to_do(way):
    after = way.after["deliver"]
    assert len(after["events"]) == 800 + 400 + 1 + 2 * (60 + 40)
    assert any("duplicate_event_id" in row for row in after["quarantine"])
    assert {"journeys/shop", "values/shop", "reports/pages", "report_runs", "audience_changes"} <= after.keys()
    assert len(after["audience_members"]) == len(after["profile_store/profile_memberships/profiles"]) > 5


def test_a_second_run_changes_no_table(way):
    before = versions(way.lake)
    for job in JOBS:
        run_here(job, way.project)
    assert versions(way.lake) == before


def begun(before: dict[str, int], now: dict[str, int]) -> bool:
    """Whether a job has written: a commit that was not there, apart from its claim."""
    return any(count > before.get(name, 0) for name, count in now.items() if name != "claims")


def unfinished(now: dict[str, int], done: dict[str, int]) -> bool:
    """Whether a job still has to write: a table lacks a commit that an undisturbed run makes."""
    return any(now.get(name, 0) < count for name, count in done.items() if name not in LOGS)


def kill_while_it_writes(job: str, way: Way, lake: Path) -> bool:
    """Start a job and kill it, JVM and workers with it, at its first commit; False when it was done before."""
    before, until = versions(lake), time.monotonic() + 300
    process = start(command(job, way.project, "--lake", str(lake)))
    try:
        while process.poll() is None and not begun(before, versions(lake)) and time.monotonic() < until:
            time.sleep(0.02)
        return process.poll() is None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def killed_and_run_again(spark, way: Way, job: str, attempt: int, moment: float | None) -> bool:
    """Kill a job, run it again, compare all tables; returns whether it was killed between its first and last commit."""
    lake = way.copy(job, attempt)
    before = versions(lake)
    killed = kill_while_it_writes(job, way, lake) if moment is None else kill(job, way.project, moment, "--lake", str(lake))
    left = versions(lake)
    run_here(job, way.project, "--lake", str(lake))
    found, said = content(spark, lake), "its first commit" if moment is None else f"{moment:.1f} s"
    assert found.keys() == way.after[job].keys(), f"killed after {said}"
    for name, expected in way.after[job].items():
        assert found[name] == expected, f"{name}, killed after {said}"
    shutil.rmtree(lake)
    return killed and begun(before, left) and unfinished(left, way.commits[job])


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.fault("F2")
def test_a_killed_job_run_again_gives_the_tables_of_an_undisturbed_run(spark, way, job):
    dice = random.Random(f"moments of {job}")
    # A new process is slower than this warm one.
    moments = [0.8 * way.start + dice.uniform(0, 2) * way.seconds[job] for _ in range(MOMENTS)]
    hits = [killed_and_run_again(spark, way, job, attempt, moment) for attempt, moment in enumerate(moments)]
    while not any(hits) and len(hits) < MOMENTS + MORE:
        hits.append(killed_and_run_again(spark, way, job, len(hits), None))
    assert any(hits), f"{len(hits)} attempts, and none killed {job} between its first commit and its last"
