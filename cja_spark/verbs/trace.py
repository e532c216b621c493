"""`cja trace`: print the events of one person as a report sees them, so that a number can be checked by hand."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say

if TYPE_CHECKING:
    import pyarrow as pa


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--person", required=True, help="the person's id, as events have it")
    command.add_argument("names", nargs="*", help="dimensions, metrics and segments; all of the view when none is named")
    command.add_argument("--report", help="a report whose range, person scope and segments to take; else the last 90 days")
    command.add_argument("--credit", help="the dimension whose values metrics with attribution credit")
    command.add_argument("--as-of", help="the instant that 'last 90 days' counts back from")


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of) if asked.as_of else None
    project, lake = open_places(asked, writes=False)
    from cja_spark.tracing import trace

    found = trace(lake, project, asked.person, asked.names, report=asked.report, credit=asked.credit, as_of=moment)
    for table in (found.events, *([found.credits] if found.credits.num_rows else [])):
        for line in in_lines(table):
            sys.stdout.write(line + "\n")
    say(f"{found.events.num_rows} events")
    return 0


def in_lines(table: pa.Table) -> list[str]:
    """A table as lines of text, columns in line; nothing is a dash."""
    rows = [table.column_names, *([_word(value) for value in row.values()] for row in table.to_pylist())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.column_names))]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _word(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


VERB = Verb("print the events of one person as a report sees them", _arguments, _run)
