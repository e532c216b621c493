"""`cja run-due`: do what is due for each audience now; a scheduler calls it as often as it likes."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say
from cja_spark.verbs.publish_runs import add_run, receipts_of


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--as-of", help="the instant that the runs speak of; now when not given")
    add_run(command, "run-due")


def _run(asked: argparse.Namespace) -> int:
    with receipts_of("run-due", asked.receipt, asked.project) as run:
        moment = instant(asked.as_of)
        project, lake = open_places(asked)
        from cja_spark.scheduling import run_due_each

        run.take(run_due_each(lake, project, asked.audiences, now=moment, take_over=asked.take_over))
        if not run.receipts:
            say("nothing is due; 'cja due' says why")
    return run.exit_code


VERB = Verb("do what is due for each audience now; safe to call from several schedulers at once", _arguments, _run, stops=True)
