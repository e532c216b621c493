"""Publish an audience: claim, resume, evaluate, diff, guard, commit, derive, announce (publishing.md section 4, 1-8).

The commit into the outbox is the one decision. What dies before it leaves nothing; what dies after it is finished by
the next publish, from the outbox alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from cja_spark.audiences import outbox
from cja_spark.audiences.approvals import approved, approved_run, sentence, staging_of
from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.evaluate import Diff, evaluate
from cja_spark.audiences.guard import reasons
from cja_spark.audiences.identity import pepper_beside, pseudonym, read_pepper
from cja_spark.audiences.members import count_members, derive, members_of
from cja_spark.audiences.people import letters_of, write_letters
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered, expired, find, register
from cja_spark.audiences.runs import Blocked, LastRun, Seal, State, last_run, record
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import MEMBERS, require_tables
from cja_spark.audiences.wish import Evaluate, Wish
from cja_spark.errors import BlockedError, DeadLetterError, StaleError, VersionError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake


def publish(  # noqa: PLR0913 - the whole wish, by name
    lake: Lake,
    audience: Audience,
    find_people: Evaluate,
    *,
    as_of: datetime,
    moves: bool = False,
    definition: str,
    time_zone: str = "UTC",
    inputs: Mapping[str, int] | None = None,
    pepper: str | None = None,
    resume_only: bool = False,
    take_over: bool = False,
) -> PublishReceipt:
    """Commit who entered and who left since the last run, once, and bring the members up to date.

    A publish that died is finished by running it again. Publishing a finished `as_of` again changes nothing. A run that
    the guard holds back gives a receipt with exit code 5; once approved, the next publish commits its changes.

    Args:
        lake: the lake.
        audience: the audience.
        find_people: called once, with the window's start and end.
        as_of: the instant that the run speaks of, cut to ms; it grows from run to run.
        moves: nobody asked for `as_of`: past the last run it moves by itself, when there is anything new to tell.
        definition: `audience.definition(...)` with the view's segments.
        time_zone: the view's, for the days of a one-time range.
        inputs: versions of the tables that `find_people` reads.
        pepper: reference to the pepper; the installation's own when not given.
        resume_only: finish the last run and begin none.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        StaleError: the last run speaks of a later instant, or of this one and was made of something else (exit 3).
        InputError: a table that breaks its contract (exit 3).
        ClaimError: another run is at it (exit 7).
        VersionError: tables or pepper of another installation (exit 8).
    """
    as_of = as_of.astimezone(UTC).replace(microsecond=as_of.microsecond // 1000 * 1000)
    pepper = pepper or pepper_beside(lake.location)
    wish = Wish(lake, audience, find_people, as_of, moves, definition, time_zone, dict(inputs or {}), pepper,
                str(uuid.uuid4()), datetime.now(UTC))  # fmt: skip
    require_tables(lake)
    known = find(lake, audience.name)
    if known is not None:
        _require_pepper(wish, known)
        last = last_run(lake, known.audience_id)
        wish = wish.aimed(known, last)
        if last is not None and last.announced and last.seal.as_of == wish.as_of:
            if approved_run(wish, known, last) is None:
                wish.require_same(known, last)
                return receipt_of(wish, last.seal, "committed", "nothing to do: this instant is published")
        elif expired(known, audience, wish.as_of):
            if last is None or last.announced:
                told = "expired; nobody enters and nobody leaves"
                return receipt_of(wish, wish.begun(known), "skipped_expired", told)
            resume_only = True  # what was decided in time is finished
    entry = register(lake, audience, definition, wish.as_of) if known is None else known
    with claimed(lake, entry.audience_id, wish.run_id, "publish", take_over=take_over) as claim:
        return _run(wish, claim, entry, resume_only=resume_only)


def _run(wish: Wish, claim: Claim, known: Registered, *, resume_only: bool) -> PublishReceipt:
    last = _resume(wish, claim)
    wish = wish.aimed(known, last)
    held = approved_run(wish, known, last)
    if last is not None and (resume_only or (held is None and wish.as_of == last.seal.as_of)):
        if not resume_only:
            wish.require_same(known, last)
        letters = 0 if last.announced else _letters(wish, last.seal)
        return receipt_of(wish, last.seal, "committed", "resumed and finished", letters=letters)
    if last is not None and held is None and wish.as_of < last.seal.as_of:
        told, asked = last.seal.as_of.isoformat(), wish.as_of.isoformat()
        raise StaleError.earlier(wish.audience.name, last.seal.run_seq, told, asked)
    if held is not None:
        wish = replace(wish, as_of=held.seal.as_of, inputs=held.inputs)
    entry = register(wish.lake, wish.audience, wish.definition, wish.as_of)
    begun = wish.begun(entry, last.seal.run_seq + 1 if last else 1, claim.epoch)
    if resume_only:
        return receipt_of(wish, begun, "nothing", "no run was begun")
    _record(wish, begun, "building", 0)
    return _new_run(wish, claim, begun, last) if held is None else _approved(wish, claim, begun, held)


def _resume(wish: Wish, claim: Claim) -> LastRun | None:
    """Finish the last sealed run (step 2)."""
    last = last_run(wish.lake, claim.scope)
    if last is not None and not last.announced:
        outbox.require_complete(wish.lake, last.seal)
        derive(wish.lake, last.seal)
        made = wish if last.inputs is None else replace(wish, inputs=last.inputs)
        _announce(made, replace(last.seal, epoch=claim.epoch), count_members(wish.lake, last.seal.audience_id))
    return last


def _new_run(wish: Wish, claim: Claim, begun: Seal, last: LastRun | None) -> PublishReceipt:
    staging = staging_of(wish.lake, begun)
    staging.drop()  # what nobody approved, and what an invocation left that died
    try:
        diff = evaluate(wish, begun, staging)
        # 5. Guard. The copies stay where they are: an approval is of them.
        sealed = last.seal if last else None
        why = reasons(diff.seal.counts, diff.before, last=sealed, definition_version=begun.definition_version)
        if why and not approved(wish.lake, diff.seal, why, datetime.now(UTC)):
            return _blocked(wish, diff, why)
        failpoint("guard.passed")
        receipt = _commit(wish, claim, diff)
    except Exception:
        staging.drop()
        raise
    staging.drop()
    return receipt


def _approved(wish: Wish, claim: Claim, begun: Seal, held: Blocked) -> PublishReceipt:
    """Commit the changes that were held back, as they were staged then."""
    staging = staging_of(wish.lake, held.seal)
    people, changes = staging.thaw("people"), staging.thaw("changes")
    assert people is not None
    assert changes is not None
    seal = replace(held.seal, run_id=wish.run_id, epoch=begun.epoch)
    receipt = _commit(wish, claim, Diff(people, changes, seal, count_members(wish.lake, seal.audience_id)))
    staging.drop()
    return receipt


def _blocked(wish: Wish, diff: Diff, why: tuple[str, ...]) -> PublishReceipt:
    code = BlockedError.exit_code
    _record(wish, diff.seal, "blocked", 1, people=diff.after, guard=",".join(why), exit_code=code)
    told = sentence(wish.audience.name, diff.seal, why, diff.before)
    return receipt_of(wish, diff.seal, "blocked", told, people=diff.before, guard=why)


def _commit(wish: Wish, claim: Claim, diff: Diff) -> PublishReceipt:
    # 6. Letters of unusable identities, then the commit point.
    seal = diff.seal
    if seal.counts.rejected:
        write_letters(wish.lake, diff.people, seal.audience_id, seal.run_seq, claim.epoch, wish.as_of)
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
    letters = _letters(wish, seal)
    code = DeadLetterError.exit_code if letters else 0
    _record(wish, seal, "committed", 1, people=people, exit_code=code)
    failpoint("run.after_announce")
    return letters


def _letters(wish: Wish, seal: Seal) -> int:
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


def _require_pepper(wish: Wish, entry: Registered) -> None:
    """Compare one stored pseudonym with this pepper's (S10).

    Raises:
        VersionError: the pepper changed.
    """
    members = wish.lake.table(MEMBERS)
    some = members.rows("profile_key", "person_ref", where=members_of(entry.audience_id), limit=1)
    if some and pseudonym(read_pepper(wish.pepper), some[0]["profile_key"]) != some[0]["person_ref"]:
        raise VersionError("The pepper is not the one that this lake was published with; bring the old one back.")


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
        window=wish.audience.window(seal.as_of, wish.time_zone), inputs=dict(wish.inputs),
        people=count_members(wish.lake, seal.audience_id) if people is None else people, **seal.counts._asdict(),
        letters=letters, guard=guard,
    )  # fmt: skip
