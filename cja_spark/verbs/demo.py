"""`cja demo`: the whole way once, from generated files to a page and delivered audiences."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cja_spark.verbs import Verb, parser
from cja_spark.verbs.places import add_places, files_root, open_places, say, step

STEPS = ("connect", "journey", "report", "publish", "deliver")


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--events", type=int, default=200_000, help="about how many events to generate")
    command.add_argument("--seed", type=int, default=7, help="another seed is another year")


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked)
    from cja_spark.demo.generate import generate

    with step(f"demo data, about {asked.events:,} events"):
        made = generate(lake.spark, files_root(asked, project), events=asked.events, seed=asked.seed)
    say(
        f"demo data: {sum(made.rows.values()):,} rows in {len(made.rows)} datasets"
        + ("" if made.fresh else ", already there")
    )
    for verb in STEPS:
        code = _verb(verb, asked)
        if code:
            return code
    say(f"tables  {lake.location}")
    return 0


def _verb(name: str, asked: argparse.Namespace) -> int:
    places: Sequence[str] = [
        part
        for key in ("project", "lake", "files", "spark")
        if (value := getattr(asked, key))
        for part in (f"--{key}", value)
    ]
    again = parser().parse_args([name, *places])
    code: int = again.run(again)
    return code


VERB = Verb("the whole way once: demo data, connect, journey, report, publish, deliver", _arguments, _run)
