"""A job that is killed at any moment and run again leaves the tables of an undisturbed run; a second run changes none."""

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.jobs.lakes import content, versions
from tests.jobs.processes import JOBS, kill, run, run_here
from tests.jobs.shop import arrive, write_project

# A few moments with every run of the suite; CJA_KILLS=20 tries as many as a release does.
MOMENTS = int(os.environ.get("CJA_KILLS", "1"))


@dataclass
class Way:
    """An undisturbed run of all jobs on the second instalment, and the lake as it was before each of them."""

    folder: Path
    project: Path
    seconds: dict[str, float] = field(default_factory=dict)
    start: float = 0.0
    after: dict[str, dict[str, list[str]]] = field(default_factory=dict)

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
    assert {name: count for name, count in versions(way.lake).items() if name != "claims"} == {
        name: count for name, count in before.items() if name != "claims"
    }


@pytest.mark.parametrize("job", JOBS)
def test_a_killed_job_run_again_gives_the_tables_of_an_undisturbed_run(spark, way, job):
    dice = random.Random(f"moments of {job}")
    for attempt in range(MOMENTS):
        lake = way.copy(job, attempt)
        # A new process is slower than this warm one.
        moment = 0.8 * way.start + dice.uniform(0, 2) * way.seconds[job]
        kill(job, way.project, moment, "--lake", str(lake))
        run_here(job, way.project, "--lake", str(lake))
        found = content(spark, lake)
        assert found.keys() == way.after[job].keys(), f"killed after {moment:.1f} s"
        for name, expected in way.after[job].items():
            assert found[name] == expected, f"{name}, killed after {moment:.1f} s"
        shutil.rmtree(lake)
