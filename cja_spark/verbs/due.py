"""`cja due`: what a scheduler should run now for each audience, or why nothing; it writes nothing."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--as-of", help="the instant that is asked about; now when not given")
    command.add_argument("--json", action="store_true", help="one JSON object per line, for a scheduler")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked, writes=False)
    from cja_spark.scheduling import due

    with step("due"):
        found = due(lake, project, asked.audiences, now=moment)
    for one in found:
        say(one.model_dump_json() if asked.json else one.text())
    return 0


VERB = Verb("say what is due for each audience now, or why nothing is", _arguments, _run)
