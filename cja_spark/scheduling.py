"""Scheduling: what is due for each audience now, and doing it; safe to call from several schedulers at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache, partial

from cja_spark import plan
from cja_spark.audiences.assert_again import assert_again
from cja_spark.audiences.due import Due, decide
from cja_spark.audiences.due import due as due_of
from cja_spark.audiences.receipts import PublishReceipt, retry_after
from cja_spark.audiences.register import Registered
from cja_spark.audiences.runs import LastRun
from cja_spark.audiences.spec import Audience
from cja_spark.errors import CjaError, ClaimError
from cja_spark.instants import in_utc
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publishing import How, chosen, publish_one, together
from cja_spark.shared_pass import SharedPass
from cja_spark.sources.failures import spark_errors
from cja_spark.stopping import stop_here


def due(lake: Lake, project: Project, names: Sequence[str] = (), *, now: datetime | None = None) -> list[Due]:
    """What a scheduler should run now, per audience, and why nothing where nothing is due; nothing is written.

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty.
        now: the instant that is asked about; this one when not given.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    moment = in_utc(now) or datetime.now(UTC)
    with spark_errors("due", lake.location):
        return [due_of(lake, audience, moment) for audience in chosen(project, names)]


def run_due(
    lake: Lake, project: Project, names: Sequence[str] = (), *, now: datetime | None = None, take_over: bool = False
) -> list[PublishReceipt]:
    """Do what is due for some audiences, or for all; a receipt for each that was due.

    Whether something is due is decided again under the audience's claim, so of several schedulers at once one makes the
    run. The others are told and go on: an audience that another run holds is `held` and no fault, what that run leaves
    open is due at the next call.

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty.
        now: the instant that the runs speak of, the end of their windows; this one when not given.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    return list(run_due_each(lake, project, names, now=now, take_over=take_over))


def run_due_each(
    lake: Lake, project: Project, names: Sequence[str] = (), *, now: datetime | None = None, take_over: bool = False
) -> Iterator[PublishReceipt]:
    """The same, a receipt as soon as its audience is done.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    moment = in_utc(now) or datetime.now(UTC)
    audiences = chosen(project, names)
    with ExitStack() as held:

        @cache
        def shared() -> SharedPass:
            version = plan.built_of(lake, project).version
            return held.enter_context(together(lake, project, version, _refreshed(lake, audiences, moment), moment, moves=False))

        for audience in audiences:
            stop_here()
            receipt = _guarded(audience, partial(_run, lake, audience, moment, shared, take_over=take_over))
            if receipt is not None:
                yield receipt


def _refreshed(lake: Lake, audiences: Sequence[Audience], now: datetime) -> list[Audience]:
    """Audiences whose people have to be found now, as it seems before any claim is taken."""
    found = []
    for audience in audiences:
        try:
            found += [audience] if due_of(lake, audience, now).action == "refresh" else []
        except CjaError:  # its own turn says so
            continue
    return found


def _run(
    lake: Lake, audience: Audience, now: datetime, shared: Callable[[], SharedPass], *, take_over: bool
) -> PublishReceipt | None:
    with spark_errors(f"what is due for audience '{audience.name}'", lake.location):
        told = due_of(lake, audience, now)
        if told.action is None:
            return None
        if told.action == "heartbeat":
            return assert_again(lake, audience, as_of=now, take_over=take_over)
        found = shared()

    def unneeded(entry: Registered, last: LastRun | None) -> str | None:
        again = decide(audience, entry, last, now, held_is_approved=told.action == "commit")
        return None if again.action in ("refresh", "commit") else again.why

    how = How(take_over=take_over, resume_only=told.action == "resume")
    receipt = publish_one(found, audience, now, moves=False, how=how, unneeded=unneeded)
    return _held(receipt) if receipt.exit_code == ClaimError.exit_code else receipt


def _guarded(audience: Audience, run: Callable[[], PublishReceipt | None]) -> PublishReceipt | None:
    """A receipt also where an error ended it: one audience does not hold up the others."""
    try:
        return run()
    except CjaError as error:
        receipt = PublishReceipt.failed(audience.name, str(uuid.uuid4()), error)
        if isinstance(error, ClaimError):
            return _held(receipt.model_copy(update={"retry_after_s": retry_after(error)}))
        return receipt


def _held(receipt: PublishReceipt) -> PublishReceipt:
    """The receipt of an audience that another run is at: told, skipped, no fault."""
    return receipt.model_copy(update={"state": "held", "exit_code": 0})
