"""`cja rename`: an audience is called otherwise, with the same id and members."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="what it was called")
    command.add_argument("new", help="what its file is called now")


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked)
    from cja_spark.managing import rename

    with step("rename"):
        entry = rename(lake, project, asked.audience, asked.new)
    say(f"{asked.audience}: is {entry.external_name} from now on")
    return 0


VERB = Verb("call an audience otherwise, with the same id and members", _arguments, _run)
