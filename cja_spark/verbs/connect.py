"""`cja connect`: load what is new in the sources into events, profiles and lookups."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, files_root, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--full", action="store_true", help="rebuild from all files instead of loading the new ones")
    command.add_argument("--as-of", help="the instant of the load, for stitching; that of the newest event or publication of a graph when not given")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked)
    from cja_spark import plan

    with step("connect"):
        receipt = plan.connect(
            lake, project, files_root=files_root(asked, project), full=asked.full, as_of=moment
        )  # fmt: skip
    say(receipt.text())
    return 0


VERB = Verb("load what is new in the sources into events, profiles and lookups", _arguments, _run)
