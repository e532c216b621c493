"""`cja explain`: print the plan of a report run in named steps, or what a component does; nothing is computed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cja_spark.errors import ConfigurationError, guess
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say

if TYPE_CHECKING:
    from cja_spark.project import Project


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("reports", nargs="*", help="names of reports, all of the project when none is named; or component and its name")
    command.add_argument("--as-of", help="the instant that 'last 90 days' counts back from")
    command.add_argument("--reader", choices=("auto", "arrow", "spark"), default="auto", help="who reads the columns")


def _run(asked: argparse.Namespace) -> int:
    if asked.reports == ["component"]:
        raise ConfigurationError("explain component: name the dimension, metric, segment or derived field that is to be explained.")
    if asked.reports[:1] == ["component"]:
        from cja_spark.project import load
        from cja_spark.words.component import explain_component

        view = load(asked.project).view
        say("\n\n".join([explain_component(view, name) for name in asked.reports[1:]]))
        return 0
    moment = instant(asked.as_of)
    project, lake = open_places(asked, writes=False, first=lambda project: _require_reports(project, asked.reports))
    from cja_spark import plan

    say(plan.explain(lake, project, asked.reports, as_of=moment, reader=asked.reader))
    return 0


def _require_reports(project: Project, names: list[str]) -> None:
    """Refuse names that no report has, and say how a component is explained where one of them is one's."""
    for name in names:
        if name in project.reports:
            continue
        if len(names) > 1 and name == names[0] and guess(name, ["component"]):
            raise ConfigurationError(f"No report named '{name}'. Did you mean 'explain component {' '.join(names[1:])}'?")
        if name in (*project.view.dimensions, *project.view.metrics, *project.view.segments, *project.view.derived):
            raise ConfigurationError(f"No report named '{name}'; the view has a component of that name: write 'explain component {name}'.")
        raise ConfigurationError.unknown("report", name, project.reports)


VERB = Verb("print the plan of a report run in named steps, or what a component does", _arguments, _run)
