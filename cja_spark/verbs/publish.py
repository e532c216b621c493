"""`cja publish`: commit who entered and who left each audience, once."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places
from cja_spark.verbs.publish_runs import add_run, receipts_of


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument(
        "--as-of", help="the end of the look-back window; when not given just after the newest event, or later"
    )
    command.add_argument("--resume-only", action="store_true", help="finish runs that died and begin none")
    command.add_argument("--dry-run", action="store_true", help="tell what would be committed; no table is written")
    add_run(command, "publish")


def _run(asked: argparse.Namespace) -> int:
    with receipts_of("publish", asked.receipt, asked.project) as run:
        moment = instant(asked.as_of)
        project, lake = open_places(asked, writes=not asked.dry_run)
        from cja_spark.publishing import How, publish_each

        how = How(take_over=asked.take_over, resume_only=asked.resume_only, dry=asked.dry_run)
        run.take(publish_each(lake, project, asked.audiences, as_of=moment, how=how))
    return run.exit_code


VERB = Verb("commit who entered and who left each audience, once", _arguments, _run, stops=True)
