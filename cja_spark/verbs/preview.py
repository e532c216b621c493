"""`cja preview`: what a view holds beside its connection, or what audiences would be; it writes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.lake import Lake
    from cja_spark.project import Project


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; the view itself when none is named")
    command.add_argument("--as-of", help="the instant that the last 90 days count back from, or the end of an audience's window")
    command.add_argument("--reader", choices=("auto", "arrow", "spark"), default="auto", help="who reads the columns of the view")
    command.add_argument("--share", type=float, default=1.0, help="how much of all persons is counted for an audience; the rest is estimated")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked, writes=False)
    with step("preview"):
        for told in _told(asked, project, lake, moment):
            say(told)
    return 0


def _told(asked: argparse.Namespace, project: Project, lake: Lake, moment: datetime | None) -> Iterator[str]:
    if not asked.audiences:
        from cja_spark.previewing import preview

        yield preview(lake, project, as_of=moment, reader=asked.reader).text()
        return
    from cja_spark.audience_preview import preview_audience

    for name in asked.audiences:
        yield preview_audience(lake, project, name, as_of=moment, share=asked.share).text()


VERB = Verb("count the people of the view beside those of the connection, or say what audiences would be", _arguments, _run)
