"""Publishing: the members of an audience from the journeys, into the outbox; then every sink follows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from cja_spark import plan
from cja_spark.audience_definitions import definitions
from cja_spark.audience_people import passes
from cja_spark.audiences.approvals import Approval
from cja_spark.audiences.approvals import approve as approve_audience
from cja_spark.audiences.publish import next_instant
from cja_spark.audiences.publish import publish as publish_audience
from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt
from cja_spark.audiences.register import find, generations
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.wish import MILLISECOND, Unneeded, Wish, in_ms
from cja_spark.errors import CjaError, ConfigurationError, InputError
from cja_spark.instants import LAST_YEAR, in_utc
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.shared_pass import SharedPass
from cja_spark.sinks.again import Again
from cja_spark.sinks.deliver import ONCE
from cja_spark.sinks.deliver import deliver as deliver_audiences
from cja_spark.sinks.deliver import reside as deliver_until_stopped
from cja_spark.sinks.files.spec import Files
from cja_spark.sinks.spec import DeltaProfiles, Sink
from cja_spark.sources.failures import SPARK_ERRORS, spark_errors
from cja_spark.spec import Spec
from cja_spark.steps import about, error_facts, step_line
from cja_spark.stopping import stop_here
from cja_spark.watch import lineage
from cja_spark.watch.told import deliver_run, delivered, publish_run, published

__all__ = ["approve", "chosen", "definitions", "deliver", "passes", "publish", "publish_each"]


class How(Spec):
    """How some audiences are published.

    Attributes:
        take_over: take the claim of a run that is known to be dead.
        resume_only: finish what died and begin no run.
        dry: tell what would be committed and write no table (R2).
    """

    take_over: bool = False
    resume_only: bool = False
    dry: bool = False


def publish(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, how: How | None = None
) -> list[PublishReceipt]:
    """Publish some audiences, or all of the project; one that is held back or fails does not hold up the others.

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty, without those that were deleted: by its name a new one of
            a deleted audience's name begins, with another id (A19).
        as_of: the end of the look-back window; when not given just after the newest event, or after the last run
            where that is later and the data or the definition changed since. A second publish of the same data
            changes nothing.
        how: whose claim is taken, whether a run may begin, whether anything is written.

    Returns:
        A receipt per audience; `exit_code` and `reason` say what became of it.

    Raises:
        ConfigurationError: a name that no audience has, or an instant that is too far away.
        InputError: there are no journeys yet, or their newest event is too far away.
    """
    return list(publish_each(lake, project, names, as_of=as_of, how=how))


def publish_each(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, how: How | None = None
) -> Iterator[PublishReceipt]:
    """The same, a receipt as soon as its audience is done.

    Raises:
        ConfigurationError: a name that no audience has, or an instant that is too far away.
        InputError: there are no journeys yet, or their newest event is too far away.
    """
    audiences = chosen(project, names)
    with spark_errors("publish", lake.location):
        built = plan.built_of(lake, project)
    moment = in_utc(as_of) or just_after(built.data_until)
    living = [audience for audience in audiences if names or not _deleted(lake, audience)]
    how = how or How()
    with together(lake, project, built.version, [] if how.resume_only else living, moment, moves=as_of is None) as shared:
        for audience in audiences:
            stop_here()
            if audience not in living:
                yield PublishReceipt(run_id=str(uuid.uuid4()), audience=audience.name, state="skipped_deleted",
                                     reason="deleted; publish it by its name to begin a new one")  # fmt: skip
                continue
            yield publish_one(shared, audience, moment, moves=as_of is None, how=how)


@contextmanager
def together(
    lake: Lake, project: Project, version: int, audiences: Sequence[Audience], as_of: datetime, *, moves: bool
) -> Iterator[SharedPass]:
    """The people of audiences that are about to be published, found in one pass over a version of the journeys.

    Args:
        lake: the lake.
        project: the project.
        version: of the journeys.
        audiences: those that are about to be published.
        as_of: the end of their windows.
        moves: whether `as_of` may move on.
    """
    foreseen = []
    for audience in audiences if len(audiences) > 1 else ():
        with suppress(CjaError, *SPARK_ERRORS):  # its own turn says what is wrong with it
            wish = Wish.foreseen(lake, audience, as_of, moves, audience.definition(definitions(project, audience)), {"journeys": version})
            if (instant := next_instant(wish)) is not None:
                foreseen.append((audience, *audience.window(instant, project.view.time_zone)))
    shared = SharedPass(lake, project, version, foreseen)
    try:
        yield shared
    finally:
        shared.close()


def just_after(newest: datetime) -> datetime:
    """The instant just after the newest event, which a publish speaks of that is told none.

    Raises:
        InputError: it is too far away to reckon from.
    """
    if newest.year > LAST_YEAR:
        raise InputError(f"The newest event is of the year {newest.year}. Mend it in its source, or say what to look back from: --as-of.")
    return in_ms(newest) + MILLISECOND


def _deleted(lake: Lake, audience: Audience) -> bool:
    return find(lake, audience.name) is None and bool(generations(lake, audience.name))


def publish_one(
    shared: SharedPass, audience: Audience, as_of: datetime, *, moves: bool, how: How, unneeded: Unneeded = lambda entry, last: None
) -> PublishReceipt:
    """Publish one audience; an error becomes its receipt.

    Args:
        shared: the lake, the project, the version of the journeys, and who knows the audience's people.
        audience: the audience.
        as_of: the end of its window.
        moves: whether `as_of` may move on.
        how: whose claim is taken, whether a run may begin, whether anything is written.
        unneeded: asked under the claim: why no run has to be begun any more.
    """
    run_id = str(uuid.uuid4())

    def call() -> PublishReceipt:
        return _published(shared, audience, as_of, run_id, moves=moves, how=how, unneeded=unneeded)

    if how.dry:
        return call()
    run = publish_run(shared.lake, shared.project.connection.name, shared.project.view.name, audience.name, run_id)
    with lineage.told(run) as ending:
        receipt = call()
        published(ending, run, receipt)
    return receipt


def _published(
    shared: SharedPass, audience: Audience, as_of: datetime, run_id: str, *, moves: bool, how: How, unneeded: Unneeded
) -> PublishReceipt:
    try:
        with spark_errors(f"publish of audience '{audience.name}'", shared.lake.location):
            return publish_audience(
                shared.lake,
                audience,
                lambda start, end: shared.people(audience, start, end),
                as_of=as_of,
                moves=moves,
                definition=audience.definition(definitions(shared.project, audience)),
                time_zone=shared.project.view.time_zone,
                inputs={"journeys": shared.version},
                resume_only=how.resume_only,
                take_over=how.take_over,
                dry=how.dry,
                unneeded=unneeded,
                run_id=run_id,
            )
    except CjaError as error:
        with about(run_id=run_id):
            step_line("publish.ended", state="failed", **error_facts(error))
        return PublishReceipt.failed(audience.name, run_id, error)


def approve(
    lake: Lake, project: Project, name: str, *, approved_by: str, changes: str | None = None, note: str | None = None
) -> Approval:
    """Approve the changes of an audience's blocked run; the next publish commits these very changes.

    Raises:
        ConfigurationError: a name that no audience has, nothing is blocked, or other changes than those.
        BlockedError: a sign that nobody can approve (A7).
    """
    [audience] = chosen(project, [name])
    return approve_audience(lake, audience.name, approved_by=approved_by, changes=changes, note=note)


def deliver(
    lake: Lake, project: Project, names: Sequence[str] = (), *, again: Again = ONCE, take_over: bool = False
) -> DeliverReceipt:
    """Bring every sink of some audiences, or of all, up to the outbox; a sink that is away does not hold up the others.

    Args:
        lake: the lake.
        project: the project.
        names: of audiences.
        again: what is sent once more by hand.
        take_over: take the claims of runs that are known to be dead.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    sinks = {name: placed(project, sink) for name, sink in project.sinks.items()}
    audiences = chosen(project, names)
    run = deliver_run(lake, project.connection.name, audiences, str(uuid.uuid4()))
    with lineage.told(run) as ending:
        with spark_errors("deliver", lake.location):
            receipt = deliver_audiences(lake, sinks, audiences, again=again, take_over=take_over, run_id=run.run_id)
        delivered(ending, run, receipt)
    return receipt


def reside(
    lake: Lake, project: Project, names: Sequence[str], every: timedelta, told: Callable[[DeliverReceipt], None], *, take_over: bool = False
) -> NoReturn:
    """Deliver at every tick of a clock, until somebody asks the program to end.

    Args:
        lake: the lake.
        project: the project, as it is when this begins.
        names: of audiences; all when there is none.
        every: from one tick to the next.
        told: gets the receipt of each tick.
        take_over: take the claims of runs that are known to be dead, at the first tick.

    Raises:
        Stopped: somebody asked the program to end.
        ConfigurationError: a name that no audience has.
    """
    sinks = {name: placed(project, sink) for name, sink in project.sinks.items()}
    audiences = chosen(project, names)
    began = datetime.now(UTC)

    def tell(receipt: DeliverReceipt) -> None:
        nonlocal began
        if receipt.sinks and receipt.run_id:
            run = deliver_run(lake, project.connection.name, audiences, receipt.run_id)
            ending = lineage.Ending()
            delivered(ending, run, receipt)
            lineage.tell(run, ending, began)
        began = datetime.now(UTC)
        told(receipt)

    with spark_errors("deliver", lake.location):
        deliver_until_stopped(lake, sinks, audiences, every, tell, take_over=take_over)


def placed(project: Project, sink: Sink) -> Sink:
    """A sink with its location as lake.yaml's is meant: relative to the project's folder."""
    if not isinstance(sink, DeltaProfiles | Files) or sink.location is None:
        return sink
    return sink.model_copy(update={"location": project.place(sink.location)})


def chosen(project: Project, names: Sequence[str]) -> list[Audience]:
    """Audiences by name; all of the project, sorted, when none is named.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    for name in names:
        if name not in project.audiences:
            raise ConfigurationError.unknown("audience", name, project.audiences)
    return [project.audiences[name] for name in (names or sorted(project.audiences))]
