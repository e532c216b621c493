"""What all tests share: one Spark session per process, a fresh lake per test, the folder of shared inputs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.faults.record import (  # noqa: F401 - fixtures and hooks of pytest
    fault,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)

# The same cases in every run, so that a run says of a change what it did; CJA_DRAW=random draws others.
settings.register_profile("same", derandomize=True)
settings.load_profile("default" if os.environ.get("CJA_DRAW") == "random" else "same")
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
ROOT = Path(__file__).resolve().parent.parent


# What makes thousands of small queries quick: expressions are interpreted, not compiled per query, and plans are made
# once, not after each exchange; `take` reads all files in one job; the JIT's cache does not fill up; Delta forgets the
# tables of earlier tests, each of which holds megabytes of plans; a roomy young generation saves three collections a
# second; nobody reads the texts of plans; and files are made without a process each to set their mode, twice (once more
# for a checksum). Jobs as processes (tests/jobs) run with the profiles of conf/spark as they are.
QUICK = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.limit.initialNumPartitions": "50",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxToStringFields": "3",
    "spark.databricks.delta.delta.log.cacheSize": "50",
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.fs.AbstractFileSystem.file.impl": "org.apache.hadoop.fs.local.RawLocalFs",
    "spark.driver.extraJavaOptions": (
        "-Xms1g -Xmn600m -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m -Djdk.lang.Process.launchMechanism=VFORK"
    ),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that write tables first, plain ones last: of two processes none works on a long file alone at the end."""
    first: dict[Path, int] = {}
    for item in items:
        used = {*getattr(item, "fixturenames", ())}
        now = 0 if used & {"lake", "place"} else 1 if "spark" in used else 2
        first[item.path] = min(first.get(item.path, now), now)
    items.sort(key=lambda item: first[item.path])


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    from cja_spark.session import open_session

    session = open_session(
        "local",
        {"spark.master": "local[2]", "spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "2", **QUICK,
         "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))},
    )  # fmt: skip
    yield session
    session.stop()


@pytest.fixture
def lake(spark, tmp_path) -> Iterator:
    from cja_spark.lake import Lake

    yield Lake(spark, str(tmp_path / "lake"))


@pytest.fixture(scope="session")
def audience_tables(spark, tmp_path_factory) -> Path:
    """The folder of a lake with the tables of audiences, made once; a copy of it is another lake."""
    from cja_spark.audiences.tables import require_tables
    from cja_spark.lake import Lake

    folder = tmp_path_factory.mktemp("tables") / "lake"
    require_tables(Lake(spark, str(folder)))
    return folder


@pytest.fixture(scope="module")
def place(spark, audience_tables, tmp_path_factory):
    """One lake for all tests of audiences and sinks in a file: each test has its own audience in it."""
    from cja_spark.lake import Lake

    folder = tmp_path_factory.mktemp("audiences") / "lake"
    shutil.copytree(audience_tables, folder)
    return Lake(spark, str(folder))


@pytest.fixture
def crash(monkeypatch):
    """Something runs up to a failpoint and dies there."""
    from cja_spark.failpoints import InjectedFault, forget_hits

    def at(name, call):
        monkeypatch.setenv("CJA_FAILPOINTS", f"{name}=raise@1")
        forget_hits()
        with pytest.raises(InjectedFault, match=name):
            call()
        monkeypatch.delenv("CJA_FAILPOINTS")

    return at


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared inputs beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with real input files is not here")
    return folder
