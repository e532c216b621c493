"""Dry run: what a publish would commit now, and what the guard would say; no table is written (R2)."""

from __future__ import annotations

from cja_spark.audiences.evaluate import evaluate
from cja_spark.audiences.make_run import receipt_of, signs
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import entry_of
from cja_spark.audiences.runs import last_run
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.wish import Wish
from cja_spark.errors import StaleError
from cja_spark.scratch import work_folder


def dry_run(wish: Wish) -> PublishReceipt:
    """Tell what a publish of a wish would commit; its copies are removed, no claim is taken and no table moves.

    Raises:
        StaleError: the last run speaks of a later instant (exit 3).
    """
    entry = entry_of(wish.lake, wish.audience, wish.definition, wish.as_of)
    last = last_run(wish.lake, entry.audience_id)
    wish = wish.aimed(entry, last)
    if last is not None and wish.as_of < last.seal.as_of:
        told, asked = last.seal.as_of.isoformat(), wish.as_of.isoformat()
        raise StaleError.earlier(wish.audience.name, last.seal.run_seq, told, asked)
    if last is not None and not last.announced:
        return receipt_of(wish, last.seal, "dry_run", f"run {last.seal.run_seq} is committed and not finished; a publish finishes it first")
    begun = wish.begun(entry, last.seal.run_seq + 1 if last else 1)
    staging = Staging(wish.lake, work_folder(wish.lake, f"_staging/_dry/{wish.run_id}"))
    try:
        diff = evaluate(wish, begun, staging)
        why = signs(wish, diff, last)
        told = f"nothing was written; the guard would hold it back: {', '.join(why)}" if why else "nothing was written"
        receipt = receipt_of(wish, diff.seal, "dry_run", told, people=diff.after)
        return receipt.model_copy(update={"guard": why})
    finally:
        staging.drop_own()
