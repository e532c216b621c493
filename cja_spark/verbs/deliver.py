"""`cja deliver`: bring every sink up to the outbox, in micro-batches."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from cja_spark.errors import ConfigurationError
from cja_spark.stopping import Stopped
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step
from cja_spark.verbs.publish_runs import add_run

if TYPE_CHECKING:
    from pathlib import Path

    from cja_spark.audiences.receipts import DeliverReceipt
    from cja_spark.lake import Lake
    from cja_spark.project import Project


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    again = command.add_mutually_exclusive_group()
    again.add_argument("--retry-dead-letters", action="store_true", help="send refused rows again, then what is new")
    again.add_argument("--replay", metavar="SINK", help="bring runs to this sink again, whether it has them or not")
    again.add_argument("--rebuild", metavar="SINK", help="tell this sink who is a member now, by a run of its own")
    command.add_argument("--from-run", type=int, metavar="N", help="the first run of --replay; 1 when not given")
    again.add_argument(
        "--every", type=_seconds, metavar="SECONDS", help="stay, and deliver at every tick of this clock until a signal ends it"
    )
    add_run(command, "deliver")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import DeliverReceipt, ended_by, receipt_place, require_file, write_receipt

    place = receipt_place(asked.receipt, asked.project, "deliver")
    require_file(place)
    try:
        if asked.from_run is not None and asked.replay is None:
            raise ConfigurationError("--from-run is the first run of a replay: write --replay SINK beside it.")
        project, lake = open_places(asked)
        from cja_spark import publishing
        from cja_spark.sinks.again import Again

        if asked.every:
            _reside(lake, project, asked, place)
        first = 1 if asked.from_run is None else asked.from_run
        again = Again(asked.retry_dead_letters, asked.replay, first, asked.rebuild)
        with step("deliver"):
            receipt = publishing.deliver(lake, project, asked.audiences, again=again, take_over=asked.take_over)
    except (Exception, Stopped) as error:
        code, reason = ended_by(error)
        write_receipt(DeliverReceipt(exit_code=code, reason=reason), place)
        raise
    say(receipt.text())
    say(f"receipt {write_receipt(receipt, place)}")
    return receipt.exit_code


def _reside(lake: Lake, project: Project, asked: argparse.Namespace, place: Path) -> NoReturn:
    """Deliver until somebody ends it; a tick is told of where it has other things to tell than the one before."""
    from cja_spark import publishing
    from cja_spark.audiences.receipts import write_receipt

    last = ""

    def told(receipt: DeliverReceipt) -> None:
        nonlocal last
        if (text := receipt.text()) != last:
            say(text)
            write_receipt(receipt, place)
        last = text

    publishing.reside(lake, project, asked.audiences, timedelta(seconds=asked.every), told, take_over=asked.take_over)


def _seconds(text: str) -> float:
    """Seconds between two ticks.

    Raises:
        argparse.ArgumentTypeError: no number, or none that a clock can have.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds from 0.1 to 86400")
    return seconds


VERB = Verb("bring every sink up to the outbox", _arguments, _run, stops=True)
