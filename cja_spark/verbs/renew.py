"""`cja renew`: an audience lives for 13 months from now."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience")
    command.add_argument("--as-of", help="the instant from which the 13 months count; now when not given")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked)
    from cja_spark.managing import renew

    with step("renew"):
        entry = renew(lake, project, asked.audience, now=moment)
    say(f"{entry.external_name}: lives until {entry.expires_at.date()}")
    return 0


VERB = Verb("let an audience live for 13 months from now", _arguments, _run)
