"""`cja demo`: the whole way once, from generated files to a page and delivered audiences."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cja_spark.demo.spec import Year, year_of
from cja_spark.verbs import Verb, parser
from cja_spark.verbs.places import add_places, files_root, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.project import Project

STEPS = ("connect", "journey", "report", "publish", "deliver")


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--events", type=int, default=Year().events, help="about how many events to generate")
    command.add_argument("--seed", type=int, default=Year().seed, help="another seed is another year")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.project import load  # it needs numba, and doctor must be able to say that numba is missing

    year = year_of(events=asked.events, seed=asked.seed)
    places = places_of(load(asked.project), year, lake=asked.lake, files=asked.files)
    vars(asked).update(lake=places["lake"], files=places["files"])
    project, lake = open_places(asked)
    from cja_spark.demo.generate import generate

    with step(f"demo data, about {asked.events:,} events"):
        made = generate(lake.spark, files_root(asked, project), events=asked.events, seed=asked.seed)
    say(
        f"demo data: {sum(made.rows.values()):,} rows in {len(made.rows)} datasets"
        + ("" if made.fresh else ", already there")
    )
    for verb in STEPS:
        again = parser().parse_args(step_arguments(verb, asked.project, asked.spark, places))
        code: int = again.run(again)
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


def step_arguments(verb: str, project: str, spark: str | None, places: dict[str, str | None]) -> list[str]:
    """The command line of one step of the way. Nobody in the story is real, so its page hides nothing."""
    given = {"project": project, "spark": spark, **places, "fewest-people": "0"}
    if verb != "report":
        del given["out"], given["fewest-people"]
    return [verb, *(part for key, value in given.items() if value for part in (f"--{key}", value))]


VERB = Verb("the whole way once: demo data, connect, journey, report, publish, deliver", _arguments, _run)
