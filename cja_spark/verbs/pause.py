"""`cja pause`: no run of an audience is begun until it is resumed."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience")


def _run(asked: argparse.Namespace) -> int:
    _, lake = open_places(asked)
    from cja_spark.managing import pause

    with step("pause"):
        entry = pause(lake, asked.audience)
    say(f"{entry.external_name}: paused; memberships lapse unless it is resumed")
    return 0


VERB = Verb("begin no run of an audience until it is resumed", _arguments, _run)
