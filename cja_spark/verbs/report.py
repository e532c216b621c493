"""`cja report`: answer the reports in one pass, keep their rows, write the page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step

if TYPE_CHECKING:
    from cja_spark.lake import Lake
    from cja_spark.page import ComparedPanel
    from cja_spark.project import Project


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("reports", nargs="*", help="names of reports; all of the project when none is named")
    command.add_argument("--as-of", help="the instant that 'last 90 days' counts back from")
    command.add_argument("--reader", choices=("auto", "arrow", "spark"), default="auto", help="who reads the columns")
    command.add_argument("--out", help="the page's file; build/PROJECT/report.html when not given")
    command.add_argument(
        "--fewest-people", type=_people, metavar="N",
        help="from how many people on the page shows figures, 10 when not given; 0 and 1 show every figure, and single people",
    )  # fmt: skip


def _people(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of people; write 0 or more.")
    return int(text)


def _run(asked: argparse.Namespace) -> int:
    moment = instant(asked.as_of)
    project, lake = open_places(asked)
    from cja_spark import plan
    from cja_spark.page import require_place, write_page
    from cja_spark.publish_page import page_of, page_place

    place = page_place(asked.out, asked.project)
    require_place(place)
    with step("report"):
        run = plan.report(lake, project, asked.reports, as_of=moment, reader=asked.reader)
    with step("page"):
        content = page_of(lake, project, run)
        content = content if asked.fewest_people is None else content.model_copy(update={"fewest_people": asked.fewest_people})
        if not asked.reports and project.reconcile is not None:
            content = content.model_copy(update={"compared": _compared(lake, project, content.fewest_people)})
        page = write_page(place, content)
    for answer in run.answers:
        state = "kept" if answer.kept else "already kept"
        say(f"report {answer.ask.report.name}: {answer.rows.num_rows} rows, run {answer.run_id}, {state}")
        if answer.excluded_persons:
            say(
                f"  left out: {answer.excluded_persons} people with more than {answer.ask.view.max_events:,} events "
                f"({answer.excluded_events:,} events); table report_exclusions lists them"
            )
        if answer.shared_equally:
            say(f"  rate game: {answer.shared_equally:,} conversions have more than 12 values before them and are shared equally")
    say(f"page {page}")
    return 0


def _compared(lake: Lake, project: Project, fewest: int) -> ComparedPanel:
    """The source system's numbers beside ours; where they cannot be compared the panel says why, and the reports stand."""
    from cja_spark.errors import ConfigurationError, InputError
    from cja_spark.publish_reconciled import panel_of_comparison, panel_without
    from cja_spark.reconciling import Comparison, reconcile

    try:
        return panel_of_comparison(reconcile(lake, project, Comparison(anyway=True)), fewest)
    except (ConfigurationError, InputError) as fault:
        return panel_without(str(fault))


VERB = Verb("answer the reports in one pass, keep their rows, write the page", _arguments, _run)
