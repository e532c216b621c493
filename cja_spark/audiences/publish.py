"""Publish an audience: claim, resume, evaluate, diff, guard, commit, derive, announce (publishing.md section 4, 1-8)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from cja_spark.audiences.approvals import approved_run
from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.dry_run import dry_run
from cja_spark.audiences.identity import pepper_beside, require_pepper
from cja_spark.audiences.make_run import commit_held, finish, letters_told, make_run, receipt_of
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered, change, expired, find, register
from cja_spark.audiences.runs import LastRun, last_run
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.tables import CHANGES, require_tables
from cja_spark.audiences.wish import Evaluate, Unneeded, Wish, in_ms
from cja_spark.errors import ClaimError, StaleError
from cja_spark.lake import Lake
from cja_spark.steps import about


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
    dry: bool = False,
    unneeded: Unneeded = lambda entry, last: None,
    run_id: str | None = None,
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
        dry: tell what would be committed; no claim is taken and no table is written (R2).
        unneeded: asked under the claim, when nobody else can begin a run: why none has to be begun any more.
        run_id: a UUID, by which receipt, tables and steps know this call; a new one when not given.

    Raises:
        StaleError: the last run speaks of a later instant, or of this one and was made of something else (exit 3).
        InputError: a table that breaks its contract (exit 3).
        ClaimError: another run is at it (exit 7).
        VersionError: tables or pepper of another installation (exit 8).
    """
    pepper = pepper or pepper_beside(lake.location)
    wish = Wish(lake, audience, find_people, in_ms(as_of), moves, definition, time_zone, dict(inputs or {}), pepper,
                run_id or str(uuid.uuid4()), datetime.now(UTC), unneeded=unneeded)  # fmt: skip
    if not dry or lake.table(CHANGES).exists():
        require_tables(lake)
    require_pepper(lake, pepper)
    known = find(lake, audience.name)
    if known is None:
        if resume_only:
            return PublishReceipt(run_id=wish.run_id, audience=audience.name, state="nothing", reason="it was never published")
        if dry:
            return dry_run(wish)
        known = register(lake, audience, definition, wish.as_of)
    else:
        last = last_run(lake, known.audience_id)
        wish = wish.aimed(known, last)
        if told := _nothing_to_begin(wish, known, last):
            if dry or last is None or last.announced:
                return told if dry else _skipped(wish, known, told, take_over=take_over)
            resume_only = True  # what was decided in time is finished
        elif dry:
            return dry_run(wish)
    with claimed(lake, known.audience_id, wish.run_id, "publish", take_over=take_over) as claim:
        return _run(wish, claim, _still(wish, known), resume_only=resume_only)


def next_instant(wish: Wish) -> datetime | None:
    """The instant at which a publish will look for people; None where it will look for nobody.

    It is known before any claim is taken, so it is a forecast: what happens meanwhile makes it wrong, and no more.
    """
    if not wish.lake.table(CHANGES).exists() or (known := find(wish.lake, wish.audience.name)) is None:
        return wish.as_of
    last = last_run(wish.lake, known.audience_id)
    wish = wish.aimed(known, last)
    try:
        nothing = _nothing_to_begin(wish, known, last) is not None or approved_run(wish, known, last) is not None
    except StaleError:  # publish will say so
        return None
    return None if nothing or (last is not None and wish.as_of <= last.seal.as_of) else wish.as_of


def _skipped(wish: Wish, known: Registered, told: PublishReceipt, *, take_over: bool) -> PublishReceipt:
    """The receipt of a run that is not begun; that an audience came to its end is noted, unless somebody is changing it."""
    if told.state == "skipped_expired" and known.status != "expired":
        with suppress(ClaimError), claimed(wish.lake, known.audience_id, wish.run_id, "publish", take_over=take_over):
            now = find(wish.lake, wish.audience.name)
            if now is not None and now.audience_id == known.audience_id and expired(now, wish.audience, wish.as_of):
                change(wish.lake, now, status="expired")
    return told


def _nothing_to_begin(wish: Wish, known: Registered, last: LastRun | None) -> PublishReceipt | None:
    """Why no run is begun, known before the claim is taken: the instant is told, the audience is paused or at its end."""
    if known.status == "paused":
        return receipt_of(wish, wish.begun(known), "skipped_paused", "paused; nobody enters and nobody leaves")
    if last is not None and last.announced and last.seal.as_of == wish.as_of:
        if approved_run(wish, known, last) is not None:
            return None
        wish.require_same(known, last)
        return receipt_of(wish, last.seal, "committed", "nothing to do: this instant is published")
    if expired(known, wish.audience, wish.as_of):
        return receipt_of(wish, wish.begun(known), "skipped_expired", "expired; nobody enters and nobody leaves")
    return None


def _still(wish: Wish, entry: Registered) -> Registered:
    """The entry as it is under the claim: only now nobody else changes it.

    Raises:
        ClaimError: somebody paused or deleted the audience meanwhile.
    """
    now = find(wish.lake, wish.audience.name)
    if now is None or (now.audience_id, now.status) != (entry.audience_id, entry.status):
        raise ClaimError(f"audience '{wish.audience.name}' was changed meanwhile. Run the same command again.")
    return now


def _run(wish: Wish, claim: Claim, known: Registered, *, resume_only: bool) -> PublishReceipt:
    last = finish(wish, claim)
    wish = wish.aimed(known, last)
    held = approved_run(wish, known, last)
    if last is not None and (resume_only or (held is None and wish.as_of == last.seal.as_of)):
        if not resume_only:
            wish.require_same(known, last)
        if last.announced:
            return receipt_of(wish, last.seal, "committed", "nothing to do: the last run is finished")
        return receipt_of(wish, last.seal, "committed", "resumed and finished", letters=letters_told(wish, last.seal))
    if resume_only:
        return receipt_of(wish, wish.begun(known), "nothing", "no run was begun")
    if why := wish.unneeded(known, replace(last, announced=True) if last else None):
        return receipt_of(wish, last.seal if last else wish.begun(known), "nothing", why)
    if last is not None and held is None and wish.as_of < last.seal.as_of:
        told, asked = last.seal.as_of.isoformat(), wish.as_of.isoformat()
        raise StaleError.earlier(wish.audience.name, last.seal.run_seq, told, asked)
    if held is not None:
        wish = replace(wish, as_of=held.seal.as_of, inputs=held.inputs)
    entry = register(wish.lake, wish.audience, wish.definition, wish.as_of)
    begun = wish.begun(entry, last.seal.run_seq + 1 if last else 1, claim.epoch)
    with about(run_seq=begun.run_seq, kind=begun.kind):
        return make_run(wish, claim, begun, last) if held is None else commit_held(wish, claim, begun, held)
