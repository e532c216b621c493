"""`cja demo --kind optimizer`: Journey Optimizer's own datasets, and the way from there."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cja_spark.demo.optimizer import Asked, generate
from cja_spark.demo.optimizer.spec import asked_of
from cja_spark.verbs.demo_way import go
from cja_spark.verbs.places import instant, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project


def add_story(command: argparse.ArgumentParser) -> None:
    """Add --persons, --days, --defects, --as-of, --files-only."""
    usual, story = Asked(), command.add_argument_group("of --kind optimizer")
    story.add_argument("--persons", type=int, help=f"how many people there are; {usual.persons} by itself")
    story.add_argument("--days", type=int, help=f"how many days the story has; {usual.days} by itself")
    story.add_argument("--defects", action="store_true", help="put bad rows among the others")
    story.add_argument("--as-of", help="write loads up to this instant; up to that of the report by itself")
    story.add_argument("--files-only", action="store_true", help="write the files and end there")


def tell(asked: argparse.Namespace) -> int:
    """Generate the files that the command line asks for, then go the way, unless only files are asked for."""
    from cja_spark.project import load  # it needs numba, and doctor must be able to say that numba is missing

    settings = _settings(asked)
    story, project = asked_of(**settings), load(asked.project)
    places = story_places(project, story, lake=asked.lake, files=asked.files)
    files = places["files"] or project.place(project.lake.files)
    with step(f"Journey Optimizer data of {story.persons:,} people"):
        made = generate(files, **settings)
    say(
        f"demo data: {sum(made.rows.values()):,} rows in {len(made.rows)} datasets, loads up to {story.loaded_at:%Y-%m-%d %H:%M} UTC"
        + ("" if made.fresh else ", already there")
    )
    code = 0 if asked.files_only else go(asked.project, asked.spark, places)
    if not code:
        say(f"files   {files}")
    return code


def story_places(project: Project, story: Asked, *, lake: str | None, files: str | None) -> Mapping[str, str | None]:
    """Where a story's files, tables and page go; None is where the project says.

    Another story has a folder of its own, unless the command line names places; a later `as_of` is the same story.
    """
    own = {name: value for name, value in story if name != "as_of" and value != getattr(Asked(), name)}
    if not own or lake or files:
        return {"lake": lake, "files": files, "out": None}
    folder = Path(project.place(project.lake.files), "_".join(f"{name}_{value}" for name, value in own.items()))
    return {"lake": str(folder / "lake"), "files": str(folder / "files"), "out": str(folder / "report.html")}


def _settings(asked: argparse.Namespace) -> dict[str, object]:
    given = {"persons": asked.persons, "days": asked.days, "seed": asked.seed, "as_of": instant(asked.as_of)}
    return {"defects": asked.defects, **{name: value for name, value in given.items() if value is not None}}
