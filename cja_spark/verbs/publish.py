"""`cja publish`: commit who entered and who left each audience, once."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--as-of", help="the end of the look-back window; just after the newest event when not given")
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked)
    from cja_spark import publishing

    moment = instant(asked.as_of) if asked.as_of else None
    with step("publish"):
        receipts = publishing.publish(lake, project, asked.audiences, as_of=moment, take_over=asked.take_over)
    for receipt in receipts:
        say(receipt.text())
    return max((receipt.exit_code for receipt in receipts), default=0)


VERB = Verb("commit who entered and who left each audience, once", _arguments, _run)
