"""`cja audit`: check for past runs that every change arrived at every sink."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument("--run", dest="run_seq", metavar="N", type=int, help="only this run, by its number")
    command.add_argument("--sink", help="only this sink")
    command.add_argument("--json", action="store_true", help="print the receipt, for a program")
    command.add_argument("--receipt", help="the receipt's file; build/PROJECT/audit.json when not given")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import ended_by, receipt_place, require_file, write_receipt
    from cja_spark.sinks.audit import AuditReceipt

    place = receipt_place(asked.receipt, asked.project, "audit")
    require_file(place)
    try:
        project, lake = open_places(asked, writes=False)
        from cja_spark import watching

        with step("audit"):
            receipt = watching.audit(lake, project, asked.audiences, run=asked.run_seq, sink=asked.sink)
    except Exception as error:
        code, reason = ended_by(error)
        write_receipt(AuditReceipt(exit_code=code, reason=reason), place)
        raise
    written = write_receipt(receipt, place)
    say(receipt.model_dump_json(indent=2) if asked.json else f"{receipt.text()}\nreceipt {written}")
    return receipt.exit_code


VERB = Verb("check that every change of past runs arrived", _arguments, _run)
