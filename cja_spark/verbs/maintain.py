"""`cja maintain`: remove what is old or left over, gather small files, say how the tables lie."""

from __future__ import annotations

import argparse

from cja_spark.stopping import Stopped
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    command.add_argument("--full", action="store_true", help="VACUUM every table fully, however long ago that was done")
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")
    command.add_argument("--receipt", help="the receipt's file; build/PROJECT/maintain.json when not given")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import ended_by, receipt_place, require_file, retry_after, write_receipt
    from cja_spark.maintenance.receipts import MaintainReceipt

    place = receipt_place(asked.receipt, asked.project, "maintain")
    require_file(place)
    try:
        project, lake = open_places(asked, writes=not asked.dry_run)
        from cja_spark import maintaining

        with step("maintain"):
            receipt = maintaining.maintain(
                lake, project, dry_run=asked.dry_run, full=asked.full, take_over=asked.take_over
            )
    except (Exception, Stopped) as error:
        code, reason = ended_by(error)
        told = MaintainReceipt(dry_run=asked.dry_run, exit_code=code, reason=reason, retry_after_s=retry_after(error))
        write_receipt(told, place)
        raise
    say(receipt.text())
    say(f"receipt {write_receipt(receipt, place)}")
    return receipt.exit_code


VERB = Verb("remove what is old or left over, and say how the tables lie", _arguments, _run, stops=True)
