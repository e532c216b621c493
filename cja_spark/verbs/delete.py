"""`cja delete`: an audience ends; its memberships lapse, or its members are told to leave once somebody approved it."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places
from cja_spark.verbs.publish_runs import add_run, receipts_of


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audience", help="the audience, also one whose file is gone")
    command.add_argument("--send-exits", action="store_true", help="tell its members to leave; somebody has to approve it")
    command.add_argument("--as-of", help="the instant that the final run speaks of; now when not given")
    add_run(command, "delete")


def _run(asked: argparse.Namespace) -> int:
    with receipts_of("delete", asked.receipt, asked.project) as run:
        moment = instant(asked.as_of)
        _, lake = open_places(asked)
        from cja_spark.managing import delete

        run.take([delete(lake, asked.audience, send_exits=asked.send_exits, as_of=moment, take_over=asked.take_over)])
    return run.exit_code


VERB = Verb("end an audience: its memberships lapse, or its members are told to leave", _arguments, _run, stops=True)
