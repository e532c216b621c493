"""Publishing: the members of an audience from the journeys, into the outbox; then every sink follows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from cja_spark import plan
from cja_spark.audience_definitions import definitions
from cja_spark.audience_people import passes, people
from cja_spark.audiences.approvals import Approval
from cja_spark.audiences.approvals import approve as approve_audience
from cja_spark.audiences.publish import publish as publish_audience
from cja_spark.audiences.receipts import DeliverReceipt, PublishReceipt
from cja_spark.audiences.register import find, generations
from cja_spark.audiences.spec import Audience
from cja_spark.audiences.wish import MILLISECOND, Unneeded
from cja_spark.errors import CjaError, ConfigurationError
from cja_spark.instants import in_utc
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.sinks.deliver import deliver as deliver_audiences
from cja_spark.sinks.spec import DeltaProfiles, Sink
from cja_spark.sources.failures import spark_errors
from cja_spark.spec import Spec
from cja_spark.stopping import stop_here

__all__ = ["approve", "chosen", "definitions", "deliver", "passes", "people", "publish", "publish_each"]


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
        ConfigurationError: a name that no audience has.
        InputError: there are no journeys yet.
    """
    return list(publish_each(lake, project, names, as_of=as_of, how=how))


def publish_each(
    lake: Lake, project: Project, names: Sequence[str] = (), *, as_of: datetime | None = None, how: How | None = None
) -> Iterator[PublishReceipt]:
    """The same, a receipt as soon as its audience is done.

    Raises:
        ConfigurationError: a name that no audience has.
        InputError: there are no journeys yet.
    """
    audiences = chosen(project, names)
    with spark_errors("publish", lake.location):
        built = plan.built_of(lake, project)
    asked = in_utc(as_of)
    until = built.data_until
    moment = asked or until.replace(microsecond=until.microsecond // 1000 * 1000) + MILLISECOND
    for audience in audiences:
        stop_here()
        if not names and _deleted(lake, audience):
            yield PublishReceipt(run_id=str(uuid.uuid4()), audience=audience.name, state="skipped_deleted",
                                 reason="deleted; publish it by its name to begin a new one")  # fmt: skip
            continue
        yield publish_one(lake, project, audience, moment, built.version, moves=as_of is None, how=how or How())


def _deleted(lake: Lake, audience: Audience) -> bool:
    return find(lake, audience.name) is None and bool(generations(lake, audience.name))


def publish_one(
    lake: Lake, project: Project, audience: Audience, as_of: datetime, version: int, *, moves: bool, how: How,
    unneeded: Unneeded = lambda entry, last: None,
) -> PublishReceipt:  # fmt: skip
    """Publish one audience from one version of the journeys; an error becomes its receipt.

    Args:
        lake: the lake.
        project: the project.
        audience: the audience.
        as_of: the end of its window.
        version: the version of the journeys that is read.
        moves: whether `as_of` may move on.
        how: whose claim is taken, whether a run may begin, whether anything is written.
        unneeded: asked under the claim: why no run has to be begun any more.
    """
    try:
        with spark_errors(f"publish of audience '{audience.name}'", lake.location):
            return publish_audience(
                lake,
                audience,
                lambda start, end: people(lake, project, audience, start, end, version=version),
                as_of=as_of,
                moves=moves,
                definition=audience.definition(definitions(project, audience)),
                time_zone=project.view.time_zone,
                inputs={"journeys": version},
                resume_only=how.resume_only,
                take_over=how.take_over,
                dry=how.dry,
                unneeded=unneeded,
            )
    except CjaError as error:
        return PublishReceipt.failed(audience.name, str(uuid.uuid4()), error)


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


def deliver(lake: Lake, project: Project, names: Sequence[str] = (), *, take_over: bool = False) -> DeliverReceipt:
    """Bring every sink of some audiences, or of all, up to the outbox; a sink that is away does not hold up the others.

    Raises:
        ConfigurationError: a name that no audience has.
    """
    sinks = {name: _placed(project, sink) for name, sink in project.sinks.items()}
    with spark_errors("deliver", lake.location):
        return deliver_audiences(lake, sinks, chosen(project, names), take_over=take_over)


def _placed(project: Project, sink: Sink) -> Sink:
    """A sink with its location as lake.yaml's is meant: relative to the project's folder."""
    if not isinstance(sink, DeltaProfiles) or sink.location is None:
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
