"""`cja erase`: forget persons in every table and sink, for ever."""

from __future__ import annotations

import argparse
from pathlib import Path

from cja_spark.stopping import Stopped
from cja_spark.verbs import Verb
from cja_spark.verbs.places import add_places, open_places, say, step


def _arguments(command: argparse.ArgumentParser) -> None:
    add_places(command)
    command.add_argument("--ids", required=True, help="a text file, one identity a line: NAMESPACE:ID; or CSV with the header namespace,id")
    command.add_argument("--erasure-id", required=True, help="the number of the request; the same again goes on with it")
    command.add_argument("--reason", default="asked", help="why, in plain words, for the list of suppressed persons")
    command.add_argument("--take-over", action="store_true", help="take the claim of a run that is known to be dead")
    command.add_argument("--receipt", help="the receipt's file; build/PROJECT/erase.json when not given")


def _run(asked: argparse.Namespace) -> int:
    from cja_spark.audiences.receipts import ended_by, receipt_place, require_file, retry_after, write_receipt
    from cja_spark.erasure.receipts import ErasureReceipt
    from cja_spark.erasure.requests import Request, require_erasure_id

    place = receipt_place(asked.receipt, asked.project, "erase")
    erasure_id = require_erasure_id(asked.erasure_id)
    require_file(place)
    read: list[Request] = []
    try:
        from cja_spark import erasing

        project, lake = open_places(asked, first=lambda one: read.append(erasing.read_ids(one, asked.ids, erasure_id, asked.reason)))
        with step("erase"):
            receipt = erasing.erase(lake, project, read[0], erasure_id, reason=asked.reason, take_over=asked.take_over)
    except (Exception, Stopped) as error:
        code, reason = ended_by(error)
        write_receipt(ErasureReceipt(erasure_id=erasure_id, exit_code=code, reason=reason, retry_after_s=retry_after(error)), place)
        raise
    say(receipt.text())
    kept = receipt.state == "done_before" and _tells_of(place, erasure_id)
    say(f"receipt {place if kept else write_receipt(receipt, place)}")
    return receipt.exit_code


def _tells_of(place: Path, erasure_id: str) -> bool:
    """Whether the receipt of an erasure that is finished lies at a place: it is signed, and stays as it is."""
    from cja_spark.erasure.receipts import ErasureReceipt

    try:
        there = ErasureReceipt.model_validate_json(place.read_bytes())
    except (OSError, ValueError):
        return False
    return (there.erasure_id, there.state) == (erasure_id, "erased")


VERB = Verb("forget persons in every table and sink, for ever", _arguments, _run, stops=True)
