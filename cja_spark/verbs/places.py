"""Arguments that several verbs take: the project, its lake, the session; and how a verb speaks."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cja_spark.errors import ConfigurationError

if TYPE_CHECKING:
    from cja_spark.lake import Lake
    from cja_spark.project import Project


def add_places(command: argparse.ArgumentParser) -> None:
    """Add --project, --lake, --files, --spark."""
    command.add_argument("--project", required=True, help="the project's folder, such as conf/demo")
    command.add_argument("--lake", help="another lake than lake.yaml says: a path or catalogue:schema")
    command.add_argument("--files", help="another folder where relative source paths begin")
    command.add_argument("--spark", help="profile of conf/spark: local, or cluster (the default on a cluster's master)")


def open_places(
    asked: argparse.Namespace, *, writes: bool = True, first: Callable[[Project], None] = lambda _: None
) -> tuple[Project, Lake]:
    """Load the project, then start Spark, then open its lake; a fault of the YAML never waits for Spark.

    Args:
        asked: the command line.
        writes: whether the verb writes the lake.
        first: refuses what is asked of a project that does not have it, before Spark starts.

    Raises:
        UnwritableError: a verb that writes cannot write the lake.
    """
    from cja_spark.project import load

    project = load(asked.project)
    first(project)
    with step("starting Spark"):
        from cja_spark.plan import lake_of
        from cja_spark.session import open_session

        spark = open_session(asked.spark)
    lake = lake_of(spark, project, asked.lake)
    if writes:
        lake.require_writable()
    return project, lake


def files_root(asked: argparse.Namespace, project: Project) -> str:
    """Where relative source paths begin."""
    return str(asked.files) if asked.files else project.place(project.lake.files)


def instant(text: str | None) -> datetime | None:
    """An instant from the command line: ISO 8601; without a zone it is UTC. None where none is given.

    Raises:
        ConfigurationError: the text is no instant.
    """
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise ConfigurationError(f"--as-of: '{text}' is no instant; write 2026-08-31T00:00:00Z.") from error
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def say(text: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is going on, and how long it took."""
    begun = time.monotonic()
    if sys.stderr.isatty():
        sys.stderr.write(f"  {what} …\r")
        sys.stderr.flush()
    yield
    sys.stderr.write(f"  {what}: {time.monotonic() - begun:.1f} s\n")
    sys.stderr.flush()
    logging.getLogger("cja_spark").info("%s", what)
