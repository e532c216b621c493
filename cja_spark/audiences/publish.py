"""Publish an audience: claim, resume, evaluate, diff, guard, commit, derive, announce (publishing.md section 4, 1-8).

The commit into the outbox is the one decision. What dies before it leaves nothing; what dies after it is finished by
the next publish, from the outbox alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cja_spark.audiences import guard, outbox
from cja_spark.audiences.changes import changes
from cja_spark.audiences.claims import Claim, claimed
from cja_spark.audiences.identity import pepper_beside, pseudonym, read_pepper
from cja_spark.audiences.members import derive, realized
from cja_spark.audiences.people import identified, publishable, suppressed, write_letters
from cja_spark.audiences.receipts import PublishReceipt
from cja_spark.audiences.register import Registered, find, register
from cja_spark.audiences.runs import Counts, LastRun, Seal, State, last_run, record
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.staging import Staging
from cja_spark.audiences.tables import require_tables
from cja_spark.audiences.wish import Evaluate, Wish
from cja_spark.errors import BlockedError, StaleError, VersionError
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake


def publish(  # noqa: PLR0913 - the whole wish, by name
    lake: Lake,
    audience: Audience,
    evaluate: Evaluate,
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

    A publish that died is finished by running it again. Publishing a finished `as_of` again changes nothing.

    Args:
        lake: the lake.
        audience: the audience.
        evaluate: called once, with the window's start and end.
        as_of: the instant that the run speaks of, cut to ms; it grows from run to run.
        moves: nobody asked for `as_of`: past the last run it moves by itself, when there is anything new to tell.
        definition: `audience.definition(...)` with the view's segments.
        time_zone: the view's, for the days of a one-time range.
        inputs: versions of the tables that `evaluate` reads.
        pepper: reference to the pepper; the installation's own when not given.
        resume_only: finish the last run and begin none.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        StaleError: the last run speaks of a later instant, or of this one and was made of something else (exit 3).
        InputError: a table that breaks its contract (exit 3).
        BlockedError: the guard holds the run back (exit 5).
        ClaimError: another run is at it (exit 7).
        VersionError: tables or pepper of another installation (exit 8).
    """
    as_of = as_of.astimezone(UTC).replace(microsecond=as_of.microsecond // 1000 * 1000)
    pepper = pepper or pepper_beside(lake.location)
    wish = Wish(lake, audience, evaluate, as_of, moves, definition, time_zone, dict(inputs or {}), pepper,
                str(uuid.uuid4()), datetime.now(UTC))  # fmt: skip
    require_tables(lake)
    known = find(lake, audience.name)
    if known is not None:
        _require_pepper(wish, known)
        last = last_run(lake, known.audience_id)
        wish = wish.aimed(known, last)
        if last is not None and last.announced and last.seal.as_of == wish.as_of:
            wish.require_same(known, last)
            return _receipt(wish, last.seal, "committed", "nothing to do: this instant is published")
        if known.expired(wish.as_of):
            return _receipt(wish, wish.begun(known), "skipped_expired", "expired; nobody enters and nobody leaves")
    entry = register(lake, audience, definition, wish.as_of) if known is None else known
    with claimed(lake, entry.audience_id, wish.run_id, "publish", take_over=take_over) as claim:
        return _run(wish, claim, entry, resume_only=resume_only)


def _run(wish: Wish, claim: Claim, known: Registered, *, resume_only: bool) -> PublishReceipt:
    last = _resume(wish, claim)
    wish = wish.aimed(known, last)
    if last is not None and resume_only:
        return _receipt(wish, last.seal, "committed")
    if last is not None and wish.as_of == last.seal.as_of:
        wish.require_same(known, last)
        return _receipt(wish, last.seal, "committed", "resumed and finished")
    if last is not None and wish.as_of < last.seal.as_of:
        raise StaleError.earlier(
            wish.audience.name, last.seal.run_seq, last.seal.as_of.isoformat(), wish.as_of.isoformat()
        )
    entry = register(wish.lake, wish.audience, wish.definition, wish.as_of)
    begun = wish.begun(entry, last.seal.run_seq + 1 if last else 1, claim.epoch)
    if resume_only:
        return _receipt(wish, begun, "nothing", "no run was begun")
    _record(wish, begun, "building", 0)
    staging = Staging.of(wish.lake, entry.audience_id, begun.run_seq, wish.run_id)
    try:
        receipt = _new_run(wish, claim, staging, begun, last)
    except Exception:
        staging.drop()
        raise
    staging.drop()
    return receipt


def _resume(wish: Wish, claim: Claim) -> LastRun | None:
    """Finish the last sealed run (step 2)."""
    last = last_run(wish.lake, claim.scope)
    if last is not None and not last.announced:
        outbox.require_complete(wish.lake, last.seal)
        derive(wish.lake, last.seal)
        _announce(wish, replace(last.seal, epoch=claim.epoch), inputs=last.inputs)
    return last


def _new_run(wish: Wish, claim: Claim, staging: Staging, begun: Seal, last: LastRun | None) -> PublishReceipt:
    # 3. Evaluate, once; what follows reads the frozen copy.
    window = wish.audience.window(wish.as_of, wish.time_zone)
    people = identified(wish.evaluate(*window), wish.audience, suppressed(wish.lake), wish.pepper)
    people = staging.freeze("people", people)
    failpoint("eval.done")
    # 4. Diff against the members, frozen too.
    members = realized(wish.lake, begun.audience_id)
    staged, seal, before = _diff(wish, people, members, staging, begun)
    failpoint("diff.staged")
    # 5. Guard.
    sealed = last.seal if last else None
    why = guard.reasons(seal.counts, before, last=sealed, definition_version=begun.definition_version)
    if why and not guard.approved(wish.lake, seal, why, datetime.now(UTC)):
        _blocked(wish, seal, why, before)
    failpoint("guard.passed")
    # 6. Letters of unusable identities, then the commit point.
    if seal.counts.rejected:
        write_letters(wish.lake, people, seal.audience_id, seal.run_seq, claim.epoch, wish.as_of)
    claim.check()
    outbox.commit(wish.lake, staged, seal)
    there = outbox.read_back(wish.lake, seal)
    if there.run_id != wish.run_id:
        claim.check()
    # 7 and 8. Derive and announce what the outbox holds.
    derive(wish.lake, there)
    _announce(wish, replace(there, epoch=claim.epoch), before)
    return _receipt(wish, there, "committed", people=_after(before, there.counts))


def _diff(
    wish: Wish, people: DataFrame, members: DataFrame, staging: Staging, begun: Seal
) -> tuple[DataFrame, Seal, int]:
    computed = changes(
        publishable(people), members, audience_id=begun.audience_id, run_seq=begun.run_seq, as_of=wish.as_of,
        valid_until=wish.audience.valid_until(wish.as_of), definition_version=begun.definition_version,
        heartbeats=wish.audience.kind == "recurring",
    )  # fmt: skip
    failpoint("diff.computed")
    staged = staging.freeze("changes", computed)
    told = outbox.content(staged)
    lost = people.agg(
        F.count_if(F.col("error").isNotNull()).alias("rejected"), F.count_if("suppressed").alias("suppressed")
    ).collect()[0]  # fmt: skip
    counts = told.counts._replace(rejected=lost["rejected"], suppressed=lost["suppressed"])
    seal = replace(
        begun, counts=counts, emitted=counts.emitted, chunks=outbox.chunks_for(counts.emitted),
        fingerprint=told.fingerprint,
    )  # fmt: skip
    return staged, seal, members.count()


def _blocked(wish: Wish, seal: Seal, why: tuple[str, ...], before: int) -> None:
    _record(wish, seal, "blocked", 1, people=_after(before, seal.counts), guard=",".join(why), exit_code=5)
    raise BlockedError(
        f"audience '{wish.audience.name}', run {seal.run_seq}: {', '.join(why)} "
        f"({before:,} people before, {seal.counts.enter:,} would enter, {seal.counts.exit:,} would leave). "
        "Nothing left. Mend the source or the definition, or have the changes approved."
    )


def _announce(wish: Wish, seal: Seal, before: int | None = None, *, inputs: Mapping[str, int] | None = None) -> None:
    """Append `committed`, with the versions of what the run was made of: this wish's, or those of one that died."""
    failpoint("run.before_announce")
    people = realized(wish.lake, seal.audience_id).count() if before is None else _after(before, seal.counts)
    _record(wish if inputs is None else replace(wish, inputs=inputs), seal, "committed", 1, people=people)
    failpoint("run.after_announce")


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


def _after(before: int, counts: Counts) -> int:
    return before + counts.enter - counts.exit


def _require_pepper(wish: Wish, entry: Registered) -> None:
    """Compare one stored pseudonym with this pepper's (S10).

    Raises:
        VersionError: the pepper changed.
    """
    some = realized(wish.lake, entry.audience_id).select("profile_key", "person_ref").take(1)
    if some and pseudonym(read_pepper(wish.pepper), some[0]["profile_key"]) != some[0]["person_ref"]:
        raise VersionError("The pepper is not the one that this lake was published with; bring the old one back.")


def _receipt(
    wish: Wish, seal: Seal, state: str, reason: str | None = None, people: int | None = None
) -> PublishReceipt:
    return PublishReceipt(
        run_id=wish.run_id, audience=wish.audience.name, audience_id=seal.audience_id, run_seq=seal.run_seq,
        kind=seal.kind, state=state, reason=reason, as_of=seal.as_of,
        window=wish.audience.window(seal.as_of, wish.time_zone), inputs=dict(wish.inputs),
        people=realized(wish.lake, seal.audience_id).count() if people is None else people, **seal.counts._asdict(),
        versions={name: version(name) for name in ("pyspark", "delta-spark")},
    )  # fmt: skip
