"""`cja deliver`: bring every sink up to the outbox, in micro-batches."""

from __future__ import annotations

import argparse

from cja_spark.stopping import Stopped
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")
    command.add_argument("--receipt", help="the receipt's file; build/PROJECT/deliver.json when not given")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import DeliverReceipt, ended_by, receipt_place, require_file, write_receipt

    place = receipt_place(asked.receipt, asked.project, "deliver")
    require_file(place)
    try:
        project, lake = open_places(asked)
        from cja_spark import publishing

        with step("deliver"):
            receipt = publishing.deliver(lake, project, asked.audiences, take_over=asked.take_over)
    except (Exception, Stopped) as error:
        code, reason = ended_by(error)
        write_receipt(DeliverReceipt(exit_code=code, reason=reason), place)
        raise
    say(receipt.text())
    say(f"receipt {write_receipt(receipt, place)}")
    return receipt.exit_code


VERB = Verb("bring every sink up to the outbox", _arguments, _run, stops=True)
