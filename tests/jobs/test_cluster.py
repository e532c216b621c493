"""Every job on a real standalone master with two workers, the package as a zip: tables as in local mode."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyspark.find_spark_home import _find_spark_home

from cja_spark.session import delta_jars
from tests.jobs.lakes import content
from tests.jobs.processes import JOBS, ROOT, run_here
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

    def submit(self, program: str, *arguments: str) -> str:
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
        assert answer.returncode == 0, f"{program}: {answer.returncode}\n{answer.stdout[-1500:]}\n{answer.stderr[-3000:]}"
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


def test_jobs_on_a_cluster_give_the_tables_of_local_mode(spark, cluster, tmp_path):
    project = write_project(tmp_path)
    arrive(tmp_path, 0)
    arrive(tmp_path, 1)
    for job in JOBS:
        run_here(job, project)
    shutil.copy(tmp_path / "lake.pepper", tmp_path / "far.pepper")  # so that both give persons the same pseudonyms
    for job, more in JOBS.items():
        cluster.submit(f"{job}.py", "--project", str(project), "--spark", "cluster", "--lake", str(tmp_path / "far"), *more)
    near, far = content(spark, tmp_path / "lake"), content(spark, tmp_path / "far")
    assert near.keys() == far.keys()
    for lake in (near, far):
        lake.pop("journey_builds")  # names of files
    for name, rows in near.items():
        assert far[name] == rows, name
