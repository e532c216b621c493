"""`cja stitching`: print what stitching did to the events of each stitched dataset."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _run(asked: argparse.Namespace) -> int:
    project, lake = open_places(asked, writes=False)
    from cja_spark import plan

    with step("stitching"):
        found = plan.stitching(lake, project)
    for figures in found:
        say(figures.text())
    return 0


VERB = Verb("print what stitching did: rates before and after, people, shared devices, placeholders, accounts", add_places, _run)
