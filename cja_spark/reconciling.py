"""`reconcile`: why the source system's numbers are not ours, as a table that adds up; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cja_spark.errors import BlockedError, ConfigurationError, InputError
from cja_spark.instants import in_utc, milliseconds_of
from cja_spark.journeys.built import newest_event
from cja_spark.kernels.reconcile import CAUSES, Clock
from cja_spark.lake import Lake
from cja_spark.plan import arrays_of
from cja_spark.project import Project
from cja_spark.reconciliation.advice import Moment, advice
from cja_spark.reconciliation.compare import compared
from cja_spark.reconciliation.known import arrivals, last_day, undated_rows
from cja_spark.reconciliation.measure import EPOCH, Setting, measured
from cja_spark.reconciliation.reported import Days, Reported, of_known_channels, range_of
from cja_spark.reconciliation.result import Reconciled
from cja_spark.reconciliation.source import reported_by
from cja_spark.reconciliation.spec import Reconciliation
from cja_spark.sources.failures import spark_errors
from cja_spark.spec import milliseconds


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        days: the first and the last day; those of the source's numbers when not given.
        as_of: the instant of our numbers; that of the newest load when not given.
        reported_at: the instant of the source's numbers; `as_of` when not given.
        anyway: compare also what means nothing yet.
        validate_only: give the advice alone.
        reported: another file of the source's numbers than `reconcile.yaml` names.
    """

    days: Days | None = None
    as_of: datetime | None = None
    reported_at: datetime | None = None
    anyway: bool = False
    validate_only: bool = False
    reported: str | None = None


def reconcile(lake: Lake, project: Project, asked: Comparison, *, files_root: str | None = None) -> Reconciled:
    """Put the source system's numbers beside ours, and say of each difference what it is made of.

    Args:
        lake: the lake.
        project: the project.
        asked: the range, the instants, and whether to compare what means nothing yet.
        files_root: another folder than the project's where relative source paths begin.

    Raises:
        ConfigurationError: the project has no reconcile.yaml, or its view's persons are accounts.
        InputError: there are no events yet; what is wrong with the source's numbers, with their lines.
        BlockedError: the comparison means nothing yet, and is not asked for anyway; the message has the advice.
    """
    spec = spec_in(project, asked.reported)
    root = project.place(project.lake.files) if files_root is None else files_root
    with spark_errors("reconcile", lake.location):
        version = lake.events.version()
        if version < 0:
            raise InputError(f"{lake.location} has no events yet: run 'cja connect' first.")
        return _compared(lake, project, spec, asked, reported_by(lake, spec.source, root, asked.days), version)


def spec_in(project: Project, reported: str | None = None) -> Reconciliation:
    """What the project says of the comparison.

    Raises:
        ConfigurationError: nothing, or its view has other persons than events do.
    """
    if project.reconcile is None:
        raise ConfigurationError(f"{project.folder} has no reconcile.yaml: it says where the source system's numbers lie (docs/reconcile.md).")
    if project.view.person_id:
        raise ConfigurationError(f"view: person_id: messages are to people, and the persons of view '{project.view.name}' are accounts.")
    if reported is None:
        return project.reconcile
    source = project.reconcile.source.model_copy(update={"path": reported, "table": None, "format": "csv"})
    return project.reconcile.model_copy(update={"source": source})


def _compared(
    lake: Lake, project: Project, spec: Reconciliation, asked: Comparison, reported: list[Reported], version: int
) -> Reconciled:
    days, zone = asked.days or range_of(reported), project.view.time_zone
    arrived = arrivals(lake, tuple(project.connection.datasets))
    newest = newest_event(lake.events, version, last_day(lake.events.files(version)))
    as_of = in_utc(asked.as_of) or max(arrived.values(), default=newest) or datetime.fromtimestamp(0, UTC)
    moment = Moment(as_of, in_utc(asked.reported_at) or as_of, newest)
    found = advice(days, moment, spec, zone)
    if any(one.waits for one in found) and not asked.anyway:
        raise BlockedError("\n".join(["the comparison means nothing yet; compare --anyway, or follow the advice:", *(f"  {one.text}" for one in found)]))
    head = Reconciled(
        date_from=days[0], date_to=days[1], advice=tuple(found), undated=tuple((one.dataset, one.reason, one.held, one.rows) for one in undated_rows(lake)),
        not_compared=tuple(dict.fromkeys(one.metric for one in reported if one.metric not in spec.metrics)),
    )  # fmt: skip
    if asked.validate_only:
        return head
    clock = Clock(
        (days[0] - EPOCH).days, (days[1] - EPOCH).days, zone, spec.time_zone, milliseconds_of(moment.as_of),
        milliseconds_of(moment.reported_at), milliseconds(spec.young),
    )  # fmt: skip
    matches = project.connection.matches()
    setting = Setting(
        project.view, spec, matches, arrays_of(project.view, matches), tuple(project.connection.datasets), tuple(project.connection.accounts())
    )
    cells, channels = measured(lake, setting, clock, version, arrived)
    of_known_channels(reported, channels, spec.source.table or spec.source.path or "")
    own = (one for one in reported if one.metric in spec.metrics)
    return head.model_copy(update={"lines": tuple(compared(own, cells, spec, CAUSES))})
