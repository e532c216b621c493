"""`cja approve`: say that an audience's blocked run is no mistake; the next publish commits its changes, once."""

from __future__ import annotations

import argparse
import getpass

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience whose run is blocked")
    command.add_argument("--changes", help="approve only if these are blocked: the fingerprint that the block showed")
    command.add_argument("--by", help="who approves; the user of this process when not given")
    command.add_argument("--note", help="why")


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked)
    from cja_spark import publishing

    with step("approve"):
        approval = publishing.approve(
            lake, project, asked.audience, approved_by=asked.by or getpass.getuser(), changes=asked.changes,
            note=asked.note,
        )  # fmt: skip
    say(approval.text())
    return 0


VERB = Verb("approve the changes of an audience's blocked run", _arguments, _run)
