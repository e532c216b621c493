"""`cja trace`: print the events of one person as a report sees them, so that a number can be checked by hand."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say
from cja_spark.verbs.trace_lines import as_json, as_text

if TYPE_CHECKING:
    from cja_spark.project import Project


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--person", required=True, help="the person's id, as events have it")
    command.add_argument("names", nargs="*", help="dimensions, metrics and segments; those of the report, or all of the view, when none is named")
    command.add_argument("--report", help="a report whose range, person scope and segments to take; else the last 90 days")
    command.add_argument(
        "--credit", action="append", default=[], metavar="DIMENSION[,DIMENSION]",
        help="whose values metrics with attribution credit, may be repeated; with commas their combinations; else the report's rows",
    )  # fmt: skip
    command.add_argument("--as-of", help="the instant that 'last 90 days' counts back from")
    command.add_argument("--format", choices=("text", "json"), default="text", help="for people, or for programs")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked, writes=False, first=lambda project: _require_names(project, asked))
    from cja_spark.tracing import trace

    found = trace(lake, project, asked.person, asked.names, report=asked.report, credit=asked.credit, as_of=moment)
    say(as_json(found) if asked.format == "json" else as_text(found))
    return 0


def _require_names(project: Project, asked: argparse.Namespace) -> None:
    """Refuse names that the view does not have."""
    from cja_spark.tracing_asked import asked_of, tables_of

    tables_of(project, asked_of(project, asked.names, asked.report, asked.credit), asked.report)


VERB = Verb("print the events of one person as a report sees them", _arguments, _run)
