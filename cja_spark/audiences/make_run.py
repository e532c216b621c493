"""The steps of one run under its claim: finish the last, evaluate, guard, commit, derive, announce (section 4, 2 to 8).

The commit into the outbox is the one decision. What dies before it leaves nothing; what dies after it is finished by
the next run, from the outbox alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cja_spark.audiences import outbox
from cja_spark.audiences.approvals import approved, sentence, staging_of
from cja_spark.audiences.changes import parted
from cja_spark.audiences.claims import Claim
from cja_spark.audiences.evaluate import Diff, evaluate
from cja_spark.audiences.guard import older, reasons
from cja_spark.audiences.members import count_members, derive
from cja_spark.audiences.people import letters_of, write_letters
from cja_spark.audiences.receipts import NEXT_OF_PUBLISH, PublishReceipt
from cja_spark.audiences.runs import Blocked, LastRun, Seal, State, last_run, record
from cja_spark.audiences.wish import Wish
from cja_spark.errors import BlockedError, DeadLetterError
from cja_spark.failpoints import failpoint
from cja_spark.stopping import stop_here


def finish(wish: Wish, claim: Claim) -> LastRun | None:
    """Finish the last sealed run and give it as it was found (step 2)."""
    last = last_run(wish.lake, claim.scope)
    if last is not None and not last.announced:
        outbox.require_complete(wish.lake, last.seal)
        derive(wish.lake, last.seal)
        made = wish if last.inputs is None else replace(wish, inputs=last.inputs)
        _announce(made, replace(last.seal, epoch=claim.epoch), count_members(wish.lake, last.seal.audience_id))
    return last


def make_run(wish: Wish, claim: Claim, begun: Seal, last: LastRun | None) -> PublishReceipt:
    """Evaluate a run, hold it back or commit it (steps 3 to 8)."""
    stop_here()
    _record(wish, begun, "building", 0)
    staging = staging_of(wish.lake, begun)
    staging.drop()  # what nobody approved, and what an invocation left that died
    try:
        diff = evaluate(wish, begun, staging)
        stop_here()
        # 5. Guard. The copies stay where they are: an approval is of them.
        why = signs(wish, diff, last)
        if why and not approved(wish.lake, diff.seal, why, datetime.now(UTC)):
            return _blocked(wish, diff, why)
        failpoint("guard.passed")
        receipt = _commit(wish, claim, diff)
    except Exception:
        staging.drop()
        raise
    staging.drop()
    return receipt


def commit_held(wish: Wish, claim: Claim, begun: Seal, held: Blocked) -> PublishReceipt:
    """Commit the changes that were held back and approved, as they were staged then."""
    _record(wish, begun, "building", 0)
    staging = staging_of(wish.lake, held.seal)
    staged = staging.thaw("diff")
    assert staged is not None
    seal = replace(held.seal, run_id=wish.run_id, epoch=begun.epoch)
    receipt = _commit(wish, claim, Diff(*parted(staged), seal, count_members(wish.lake, seal.audience_id)))
    staging.drop()
    return receipt


def signs(wish: Wish, diff: Diff, last: LastRun | None) -> tuple[str, ...]:
    """Why the guard holds a run back."""
    return reasons(
        diff.seal.counts, diff.before, last=last.seal if last else None, kind=wish.kind,
        definition_version=diff.seal.definition_version,
        rolled_back=last is not None and older(wish.inputs, last.inputs),
    )  # fmt: skip


def _blocked(wish: Wish, diff: Diff, why: tuple[str, ...]) -> PublishReceipt:
    code = BlockedError.exit_code
    _record(wish, diff.seal, "blocked", 1, people=diff.after, guard=",".join(why), exit_code=code)
    told = sentence(wish.audience.name, diff.seal, why, diff.before)
    return receipt_of(wish, diff.seal, "blocked", told, people=diff.before, guard=why)


def _commit(wish: Wish, claim: Claim, diff: Diff) -> PublishReceipt:
    # 6. Letters of unusable identities, then the commit point.
    seal = diff.seal
    if seal.counts.rejected:
        assert diff.lost is not None
        write_letters(wish.lake, diff.lost, seal.audience_id, seal.run_seq, claim.epoch, wish.as_of)
    claim.check()
    outbox.commit(wish.lake, diff.changes, seal)
    there = outbox.read_back(wish.lake, seal)
    outbox.require_newest(there, wish.run_id, claim.epoch)
    # 7 and 8. Derive and announce what the outbox holds.
    derive(wish.lake, there)
    people = diff._replace(seal=there).after
    letters = _announce(wish, replace(there, epoch=claim.epoch), people)
    return receipt_of(wish, there, "committed", people=people, letters=letters)


def _announce(wish: Wish, seal: Seal, people: int) -> int:
    """Append `committed`; give the number of letters that the run added."""
    failpoint("run.before_announce")
    letters = letters_told(wish, seal)
    code = DeadLetterError.exit_code if letters else 0
    _record(wish, seal, "committed", 1, people=people, exit_code=code)
    failpoint("run.after_announce")
    return letters


def letters_told(wish: Wish, seal: Seal) -> int:
    """How many letters a run added."""
    return letters_of(wish.lake, seal.audience_id, seal.run_seq) if seal.counts.rejected else 0


def _record(
    wish: Wish,
    seal: Seal,
    state: State,
    event_no: int,
    *,
    people: int | None = None,
    guard: str | None = None,
    exit_code: int = 0,
) -> None:
    record(
        wish.lake, seal, state, event_no=event_no, run_id=wish.run_id, epoch=seal.epoch, started_at=wish.started_at,
        people=people, inputs=dict(wish.inputs), guard=guard, exit_code=exit_code,
    )  # fmt: skip


def receipt_of(
    wish: Wish,
    seal: Seal,
    state: str,
    reason: str | None = None,
    *,
    people: int | None = None,
    letters: int = 0,
    guard: tuple[str, ...] = (),
) -> PublishReceipt:
    """What a publish did, as its run says."""
    code = BlockedError.exit_code if guard else DeadLetterError.exit_code if letters else 0
    return PublishReceipt(
        run_id=wish.run_id, audience=wish.audience.name, audience_id=seal.audience_id, run_seq=seal.run_seq,
        kind=seal.kind, state=state, exit_code=code, reason=reason, as_of=seal.as_of,
        window=wish.audience.window(seal.as_of, wish.time_zone) if seal.kind == "refresh" else None,
        inputs=dict(wish.inputs),
        people=count_members(wish.lake, seal.audience_id) if people is None else people, **seal.counts._asdict(),
        letters=letters, guard=guard, next_action=NEXT_OF_PUBLISH.get(code),
    )  # fmt: skip
