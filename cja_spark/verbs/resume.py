"""`cja resume`: a paused audience goes on."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience")


def _run(asked: argparse.Namespace) -> int:
    _, lake = open_places(asked)
    from cja_spark.managing import resume

    with step("resume"):
        entry = resume(lake, asked.audience)
    say(f"{entry.external_name}: goes on; 'cja due' says what is due")
    return 0


VERB = Verb("let a paused audience go on", _arguments, _run)
