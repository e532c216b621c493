"""What all tests share: one Spark session per process, a fresh lake per test, the folder of shared inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
ROOT = Path(__file__).resolve().parent.parent


# What makes thousands of small queries quick: expressions are interpreted, not compiled per query, and plans are made
# once, not after each exchange; `take` reads all files in one job; the JIT's cache does not fill up; Delta forgets the
# tables of earlier tests, each of which holds megabytes of plans; a roomy young generation saves three collections a
# second. Jobs as processes (tests/jobs) run with the profiles of conf/spark as they are.
QUICK = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.limit.initialNumPartitions": "50",
    "spark.databricks.delta.delta.log.cacheSize": "50",
    "spark.driver.extraJavaOptions": "-Xms1g -Xmn600m -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m",
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
def shared() -> Path:
    """The folder of shared inputs beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with real input files is not here")
    return folder
