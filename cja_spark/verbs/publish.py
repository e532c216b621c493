"""`cja publish`: commit who entered and who left each audience, once."""

from __future__ import annotations

import argparse

from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, instant, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("audiences", nargs="*", help="names of audiences; all of the project when none is named")
    command.add_argument(
        "--as-of", help="the end of the look-back window; when not given just after the newest event, or later"
    )
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")
    command.add_argument("--receipt", help="the receipt's file; build/PROJECT/publish.json when not given")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import (
        PublishReceipt,
        PublishRun,
        ended_by,
        receipt_place,
        require_file,
        write_receipt,
    )
    from cja_spark.errors import worst

    place = receipt_place(asked.receipt, asked.project, "publish")
    require_file(place)
    receipts: list[PublishReceipt] = []
    try:
        moment = instant(asked.as_of) if asked.as_of else None
        project, lake = open_places(asked)
        from cja_spark import publishing

        with step("publish"):
            for receipt in publishing.publish_each(
                lake, project, asked.audiences, as_of=moment, take_over=asked.take_over
            ):
                say(receipt.text())
                receipts.append(receipt)
    except Exception as error:
        code, reason = ended_by(error)
        write_receipt(PublishRun(exit_code=code, reason=reason, audiences=tuple(receipts)), place)
        raise
    code = worst(receipt.exit_code for receipt in receipts)
    say(f"receipt {write_receipt(PublishRun(exit_code=code, audiences=tuple(receipts)), place)}")
    return code


VERB = Verb("commit who entered and who left each audience, once", _arguments, _run)
