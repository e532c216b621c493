"""`cja preview`: how many persons, sessions and events a view has, beside those of its connection."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--as-of", help="the instant that the last 90 days count back from")
    command.add_argument("--reader", choices=("auto", "arrow", "spark"), default="auto", help="who reads the columns")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of) if asked.as_of else None
    project, lake = open_places(asked, writes=False)
    from cja_spark.previewing import preview

    with step("preview"):
        found = preview(lake, project, as_of=moment, reader=asked.reader)
    say(found.text())
    return 0


VERB = Verb("count the people, sessions and events of the view beside those of the connection", _arguments, _run)
