"""`cja explain`: print the plan of a report run in named steps, or what a component does; nothing is computed."""

from __future__ import annotations

import argparse

from cja_spark.errors import ConfigurationError
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("reports", nargs="*", help="names of reports, all of the project when none is named; or component and its name")
    command.add_argument("--as-of", help="the instant that 'last 90 days' counts back from")
    command.add_argument("--reader", choices=("auto", "arrow", "spark"), default="auto", help="who reads the columns")


def _run(asked: argparse.Namespace) -> int:
    if asked.reports[:1] == ["component"] and len(asked.reports) == 2:
        from cja_spark.project import load
        from cja_spark.words.component import explain_component

        say(explain_component(load(asked.project).view, asked.reports[1]))
        return 0
    if asked.reports == ["component"]:
        raise ConfigurationError("explain component: name the dimension, metric, segment or derived field that is to be explained.")
    moment = instant(asked.as_of) if asked.as_of else None
    project, lake = open_places(asked, writes=False)
    from cja_spark import plan

    say(plan.explain(lake, project, asked.reports, as_of=moment, reader=asked.reader))
    return 0


VERB = Verb("print the plan of a report run in named steps, or what a component does", _arguments, _run)
