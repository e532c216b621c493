"""Watching: a project's audiences and sinks as the tables tell of them; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cja_spark.audiences.register import generations
from cja_spark.audiences.tables import CHANGES, require_tables
from cja_spark.errors import ConfigurationError
from cja_spark.lake import Lake
from cja_spark.project import Project
from cja_spark.publishing import chosen, placed
from cja_spark.sinks.audit import Audited, AuditReceipt
from cja_spark.sinks.audit import audit as audit_audiences
from cja_spark.sinks.ledger import concerned
from cja_spark.sources.failures import spark_errors
from cja_spark.watch.metrics import metrics_text
from cja_spark.watch.standing import Standing
from cja_spark.watch.status import Watched
from cja_spark.watch.status import status as status_of
from cja_spark.watch.taken import taken_by_sinks


def audit(
    lake: Lake, project: Project, names: Sequence[str] = (), *, run: int | None = None, sink: str | None = None
) -> AuditReceipt:
    """Check for past runs of some audiences, or of all, that every change arrived (C4).

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty.
        run: only this run.
        sink: only this sink.

    Raises:
        ConfigurationError: an audience or a sink that the project does not have.
        VersionError: a newer version of the code wrote the tables.
        InputError: a column of the tables was dropped, renamed or changed its type.
    """
    if sink is not None and sink not in project.sinks:
        raise ConfigurationError.unknown("sink", sink, project.sinks)
    audiences = chosen(project, names)
    with spark_errors("audit", lake.location):
        _require_known(lake)
        audited = []
        for one in audiences:
            sinks = tuple(placed(project, project.sinks[name]) for name in one.sinks if sink in (None, name))
            # Also deleted ones of its name: what they committed had to arrive (A19).
            audited += [Audited(one.name, entry.audience_id, tuple(concerned(lake, entry, sinks))) for entry in generations(lake, one.name)]
        return audit_audiences(lake, audited, run=run)


def status(
    lake: Lake, project: Project, names: Sequence[str] = (), *, now: datetime | None = None, shown: str | None = None
) -> Standing:
    """How some audiences of a project, or all, and their sinks stand, what is wrong and what to do.

    Args:
        lake: the lake.
        project: the project.
        names: the audiences; all of the project when empty.
        now: the instant.
        shown: the project's folder as the commands that are told shall name it.

    Raises:
        ConfigurationError: a name that no audience has.
        VersionError: a newer version of the code wrote the tables.
        InputError: a column of the tables was dropped, renamed or changed its type.
    """
    watched = [
        Watched(one, tuple(project.sinks[name] for name in one.sinks if name in project.sinks))
        for one in chosen(project, names)
    ]
    with spark_errors("status", lake.location):
        _require_known(lake)
        return status_of(lake, watched, shown or project.folder, now=now)


def _require_known(lake: Lake) -> None:
    """Read no tables that would be misunderstood, and make none where there are none yet."""
    if lake.table(CHANGES).exists():
        require_tables(lake)


def metrics(lake: Lake, standing: Standing) -> str:
    """The metrics of a status in Prometheus' text format."""
    with spark_errors("metrics", lake.location):
        taken = {one.name: taken_by_sinks(lake, one.audience_id) for one in standing.audiences if one.audience_id}
    return metrics_text(standing, taken)
