"""A run of the small shop from its files on, and its page in a browser."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pyspark.sql import SparkSession

from cja_spark import plan, project
from cja_spark.connection.connect import connect
from cja_spark.lake import Lake
from cja_spark.page import PageContent
from cja_spark.plan import Run
from cja_spark.project import Project
from tests.browser.chromium import Chromium, opened
from tests.jobs.shop import arrive

AS_OF = datetime.fromisoformat("2026-03-31T00:00:00Z")
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def run_of_shop(spark: SparkSession, folder: Path) -> tuple[Lake, Project, Run]:
    """The lake of a project that is written in a folder, the project, and the run of all its reports."""
    arrive(folder, 0)
    arrive(folder, 1)
    found = project.load(folder / "shop")
    lake = Lake(spark, str(folder / "lake"))
    connect(spark, lake, found.connection, files_root=str(folder))
    plan.journey(lake, found)
    return lake, found, plan.report(lake, found, as_of=AS_OF)


def unfolded(folder: Path, content: PageContent) -> Chromium:
    """A page, opened in a browser of its own, with everything unfolded."""
    browser = opened(Chromium(), folder, content)
    browser.value(OPEN_ALL)
    browser.wait("[...document.querySelectorAll('details.numbers')].every((one) => one.querySelector('table'))")
    return browser
