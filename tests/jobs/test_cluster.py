"""Every job on a real standalone master with two workers, the package as a zip: tables and words as in local mode."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyspark.find_spark_home import _find_spark_home

from cja_spark.cli import main
from cja_spark.session import delta_jars
from tests.jobs.lakes import content, rows
from tests.jobs.processes import JOBS, ROOT
from tests.jobs.shop import arrive, write_project

BIN = Path(_find_spark_home()) / "bin"


class Cluster:
    """A master and two workers of one core each on 127.0.0.1; they end with the test, by their process ids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.jobs = folder / "jobs"
        shutil.copytree(ROOT / "jobs", self.jobs)
        shutil.copy(ROOT / "tests" / "jobs" / "where.py", self.jobs)
        # A job appends its parent folder to the path, so the copies find nothing there: the zip is all there is.
        self.zip = shutil.make_archive(str(folder / "cja_spark"), "zip", ROOT, "cja_spark")
        self.environment = {
            **os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
            "SPARK_DAEMON_MEMORY": "256m", "CJA_SPARK_CONF": str(ROOT / "conf" / "spark"),
        }  # fmt: skip
        self.environment.pop("PYTHONPATH", None)

    def open(self) -> None:
        self.url = self._start("master", "Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0",
                               wait="Starting Spark master at ").split()[-1]  # fmt: skip
        for number in (1, 2):
            self._start(f"worker{number}", "Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0",
                        "--work-dir", str(self.folder / f"work{number}"), self.url, wait="Successfully registered")  # fmt: skip

    def _start(self, name: str, kind: str, *arguments: str, wait: str) -> str:
        log = self.folder / f"{name}.log"
        with log.open("w") as out:
            self.processes.append(subprocess.Popen(
                [str(BIN / "spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}", *arguments],
                stdout=out, stderr=subprocess.STDOUT, env=self.environment, cwd=self.folder, start_new_session=True,
            ))  # fmt: skip
        for _ in range(600):
            for line in log.read_text(encoding="utf-8").splitlines():
                if wait in line:
                    return line
            time.sleep(0.1)
        raise AssertionError(f"{name} did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")

    def submit(self, program: str, *arguments: str, code: int = 0) -> str:
        """Run a program on the cluster; returns what it wrote to its output."""
        settings = {
            "spark.driver.memory": "1g", "spark.executor.memory": "700m", "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4", "spark.databricks.delta.snapshotPartitions": "2",
            "spark.ui.enabled": "false", "spark.executorEnv.PYTHONPATH": "",
        }  # fmt: skip
        confs = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        answer = subprocess.run(
            [str(BIN / "spark-submit"), "--master", self.url, "--py-files", self.zip, "--jars", ",".join(delta_jars()),
             *confs, str(self.jobs / program), *arguments],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert answer.returncode == code, f"{program}: {answer.returncode}\n{answer.stdout[-1500:]}\n{answer.stderr[-3000:]}"
        return answer.stdout

    def close(self) -> None:
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.open()
        yield cluster
    finally:
        cluster.close()


def test_executors_import_the_package_from_the_zip(cluster):
    places = cluster.submit("where.py").split("PLACES ")[1].split()
    assert all("cja_spark.zip" in place for place in places), places


class Both:
    """One project with two lakes: `lake` is filled by this process, `far` by jobs on the cluster."""

    def __init__(self, spark, cluster: Cluster, folder: Path) -> None:
        self.spark, self.cluster, self.folder = spark, cluster, folder
        self.project = write_project(folder)
        arrive(folder, 0)
        arrive(folder, 1)

    def run(self, verb: str, *more: str, code: int = 0) -> None:
        before = signal.getsignal(signal.SIGTERM)
        assert main([verb, "--project", str(self.project), *more]) == code, verb
        signal.signal(signal.SIGTERM, before)

    def submit(self, verb: str, *more: str, code: int = 0) -> str:
        places = ("--project", str(self.project), "--spark", "cluster", "--lake", str(self.folder / "far"))
        return self.cluster.submit(f"{verb}.py", *places, *more, code=code)

    def change(self, name: str, old: str, new: str) -> None:
        file = self.project / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def assert_equal(self) -> None:
        near, far = (content(self.spark, self.folder / lake) for lake in ("lake", "far"))
        assert near.keys() == far.keys()
        for lake in (near, far):
            lake.pop("journey_builds")  # names of files
        for name, held in near.items():
            assert far[name] == held, name


@pytest.fixture(scope="module")
def both(spark, cluster, tmp_path_factory):
    """Both lakes after every job of the way."""
    both = Both(spark, cluster, tmp_path_factory.mktemp("both"))
    for job, more in JOBS.items():
        both.run(job, *more)
    shutil.copy(both.folder / "lake.pepper", both.folder / "far.pepper")  # both give persons the same pseudonyms
    for job, more in JOBS.items():
        both.submit(job, *more)
    return both


def test_jobs_on_a_cluster_give_the_tables_of_local_mode(both):
    both.assert_equal()


@pytest.mark.parametrize("verb", ["preflight", "stitching"])
def test_jobs_on_a_cluster_say_what_local_mode_says(both, capsys, verb):
    capsys.readouterr()
    both.run(verb)
    here = capsys.readouterr().out
    assert "web" in here
    there = both.submit(verb)  # spark-submit joins a program's errors, where progress goes, with its output
    assert re.sub(r"(?m)^  [^:]*: \d+\.\d s\n", "", there) == here


def test_an_approval_on_a_cluster_commits_what_was_blocked(both):
    both.change("audiences/cart_leavers.yaml", "lookback: 30 days", "lookback: 9 days")
    later = ("--as-of", "2026-04-02T00:00:00Z")
    for do in (both.run, both.submit):
        do("publish", *later, code=5)
        do("approve", "cart_leavers", "--by", "an analyst")
        do("publish", *later)
    both.assert_equal()


def test_the_demo_on_a_cluster_is_the_demo_of_local_mode(spark, cluster, tmp_path):
    project = shutil.copytree(ROOT / "conf" / "demo", tmp_path / "conf" / "demo")
    way = ("--project", str(project), "--events", "10000")
    places = {name: ("--lake", str(tmp_path / name / "lake"), "--files", str(tmp_path / name)) for name in ("near", "far")}
    before = signal.getsignal(signal.SIGTERM)
    assert main(["demo", *way, *places["near"]]) == 0
    signal.signal(signal.SIGTERM, before)
    cluster.submit("demo.py", *way, *places["far"], "--spark", "cluster")
    for table in ("events", "quarantine", "journeys/marketing", "values/marketing", "reports/top_pages", "reports/visits"):
        near, far = (rows(spark, tmp_path / name / "lake", table, without={"file"}) for name in places)
        assert len(near) > 5, table
        assert near == far, table
