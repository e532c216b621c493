"""`cja demo`: the whole way once, from generated files to a page and delivered audiences."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cja_spark.demo.spec import Year, year_of
from cja_spark.errors import ConfigurationError
from cja_spark.verbs import Verb
from cja_spark.verbs.demo_optimizer import add_story, tell
from cja_spark.verbs.demo_way import go
from cja_spark.verbs.places import add_places, files_root, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project

OF_OPTIMIZER = ("persons", "days", "defects", "as_of", "files_only")


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument(
        "--kind", choices=("retailer", "optimizer"), default="retailer",
        help="which story: a retailer's year, or Journey Optimizer's own datasets",
    )  # fmt: skip
    command.add_argument("--events", type=int, help=f"about how many events of the retailer to generate; {Year().events:,} by itself")
    command.add_argument("--seed", type=int, default=Year().seed, help="another seed is another story")
    add_story(command)


def _run(asked: argparse.Namespace) -> int:
    _require_its_own(asked)
    return tell(asked) if asked.kind == "optimizer" else _retailer(asked)


def _require_its_own(asked: argparse.Namespace) -> None:
    """Refuse what only another story has."""
    others = ("events",) if asked.kind == "optimizer" else OF_OPTIMIZER
    for name in others:
        if getattr(asked, name) not in (None, False):
            raise ConfigurationError(f"--{name.replace('_', '-')}: the story of --kind {asked.kind} has no such thing.")


def _retailer(asked: argparse.Namespace) -> int:
    from cja_spark.project import load  # it needs numba, and doctor must be able to say that numba is missing

    year = year_of(events=Year().events if asked.events is None else asked.events, seed=asked.seed)
    places = places_of(load(asked.project), year, lake=asked.lake, files=asked.files)
    vars(asked).update(lake=places["lake"], files=places["files"])
    project, lake = open_places(asked)
    from cja_spark.demo.generate import generate

    with step(f"demo data, about {year.events:,} events"):
        made = generate(lake.spark, files_root(asked, project), events=year.events, seed=asked.seed)
    say(
        f"demo data: {sum(made.rows.values()):,} rows in {len(made.rows)} datasets"
        + ("" if made.fresh else ", already there")
    )
    code = go(asked.project, asked.spark, places)
    if code:
        return code
    say(f"files   {files_root(asked, project)}")
    say(f"tables  {lake.location}")
    return 0


def places_of(project: Project, year: Year, *, lake: str | None, files: str | None) -> dict[str, str | None]:
    """Where a year's files, tables and page go; None is where the project says.

    A year of another size or seed has a folder of its own, unless the command line names places: a lake that loaded
    two years would mix them, because ids repeat.
    """
    if year == Year() or lake or files:
        return {"lake": lake, "files": files, "out": None}
    folder = Path(project.place(project.lake.files), f"{year.events}_events_seed_{year.seed}")
    return {"lake": str(folder / "lake"), "files": str(folder), "out": str(folder / "report.html")}


VERB = Verb("the whole way once: demo data, connect, journey, report, publish, deliver", _arguments, _run)
