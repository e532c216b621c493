"""`cja preflight`: check the identities in the sources before they are loaded and stitched."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, files_root, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--as-of", help="the end of the seven days; each dataset's newest event when not given")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked, writes=False)
    from cja_spark import plan

    with step("preflight"):
        found = plan.preflight(lake, project, files_root=files_root(asked, project), as_of=moment)
    for figures in found:
        say(figures.text())
    return 0


VERB = Verb("check the identities in the sources before they are loaded and stitched", _arguments, _run)
