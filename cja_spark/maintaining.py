"""Maintaining: a project's lake, with the sinks that still need what its outbox holds."""

from __future__ import annotations

from datetime import UTC, datetime

from cja_spark.audiences.register import find
from cja_spark.audiences.tables import CHANGES
from cja_spark.instants import in_utc
from cja_spark.lake import Lake
from cja_spark.maintenance.maintain import Work
from cja_spark.maintenance.maintain import maintain as maintain_lake
from cja_spark.maintenance.receipts import MaintainReceipt
from cja_spark.project import Project
from cja_spark.publishing import placed
from cja_spark.sinks.delta_profiles import MEMBERSHIPS, PROFILES, store_of
from cja_spark.sinks.spec import DeltaProfiles
from cja_spark.sources.failures import spark_errors


def maintain(
    lake: Lake, project: Project, *, now: datetime | None = None, dry_run: bool = False, full: bool = False,
    take_over: bool = False,
) -> MaintainReceipt:  # fmt: skip
    """Remove what is old or left over, gather small files, and say how the tables lie; safe to run again.

    Args:
        lake: the lake.
        project: the project.
        now: the instant that ages are counted from; the clock's when not given.
        dry_run: say what would be done, and do nothing.
        full: VACUUM every table fully, however long ago that was done last.
        take_over: take the claim of a run that is known to be dead.

    Raises:
        ClaimError: another run is at it (exit 7).
    """
    with spark_errors("maintain", lake.location):
        known = lake.table(CHANGES).exists()
        entries = {name: find(lake, name) for name in project.audiences} if known else {}
        sinks = {entry.audience_id: project.audiences[name].sinks for name, entry in entries.items() if entry}
        kept = [placed(project, sink) for sink in project.sinks.values()]
        tables = [store_of(lake, one).table(MEMBERSHIPS, one.name) for one in kept if isinstance(one, DeltaProfiles)]
        stores = [table for table in tables if table.exists()]
        apart = [one for one in kept if isinstance(one, DeltaProfiles) and one.location is not None]
        far = [store_of(lake, one).table(spec, one.name) for one in apart for spec in (PROFILES, MEMBERSHIPS)]
        elsewhere = [table for table in far if table.exists()]
        work = Work(lake, sinks, stores, in_utc(now) or datetime.now(UTC), dry_run=dry_run, full=full, elsewhere=elsewhere)
        return maintain_lake(work, take_over=take_over)
