"""`cja journey`: build the journeys of the view from events; only periods that changed are written."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--full", action="store_true", help="build every period again")


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked)
    from cja_spark import plan

    with step("journey"):
        built = plan.journey(lake, project, full=asked.full)
    say(
        f"journeys of view '{built.view}': {len(built.written)} periods written, {len(built.reused)} reused, "
        f"{len(built.removed)} removed"
    )
    return 0


VERB = Verb("build the journeys of the view; only periods that changed are written", _arguments, _run)
