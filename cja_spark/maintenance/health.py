"""Health: how the files of each table lie."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cja_spark.hadoop import hadoop_path, java_class
from cja_spark.maintenance.files import files_under, plain
from cja_spark.maintenance.tables import LOG, location_of
from cja_spark.maintenance.vacuumed import Vacuumed
from cja_spark.spec import Spec
from cja_spark.table import Table

SMALL = 16 << 20
NEVER = Vacuumed()
_COMMIT = re.compile(r"(\d{20})\.json")


class Health(Spec):
    """The files of one table.

    Attributes:
        files: files of the newest version.
        small: those below 16 MiB.
        bytes: of the newest version.
        deletion_vectors: files of which some rows are only hidden.
        hidden_rows: these rows.
        versions: versions that its log still tells of one by one.
        oldest: when the oldest of these was written.
        newest_version: its number.
        last_vacuum: when its files were vacuumed last; null for never.
        next_vacuum: when that is due again; null for now.
    """

    table: str
    files: int
    small: int
    bytes: int
    deletion_vectors: int
    hidden_rows: int
    versions: int
    oldest: datetime | None
    newest_version: int
    last_vacuum: datetime | None
    next_vacuum: datetime | None

    def text(self) -> str:
        """One line for the person at the terminal."""
        hidden = f", {self.hidden_rows:,} hidden rows in {self.deletion_vectors:,}" if self.deletion_vectors else ""
        since = "" if self.oldest is None else f" since {self.oldest:%Y-%m-%d}"
        last = "never vacuumed" if self.last_vacuum is None else f"vacuumed {self.last_vacuum:%Y-%m-%d}"
        due = "due now" if self.next_vacuum is None else f"due {self.next_vacuum:%Y-%m-%d}"
        return (
            f"  {self.table}: {self.files:,} files, {self.small:,} small{hidden}, {self.bytes / 1e6:,.1f} MB; "
            f"{self.versions:,} versions{since}; {last}, {due}"
        )


def health_of(table: Table, vacuumed: Vacuumed = NEVER) -> Health:
    """How the files of a table lie now; `vacuumed` says when that was done last."""
    commits = _commits(table)
    sizes = file_sizes(table)
    vectors, hidden = _hidden(table)
    oldest = min(commits.values(), default=None)
    at = None if oldest is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=oldest)
    return Health(
        table=table.spec.name, files=len(sizes), small=sum(size < SMALL for size in sizes), bytes=sum(sizes),
        deletion_vectors=vectors, hidden_rows=hidden,
        versions=len(commits), oldest=at, newest_version=table.version(), last_vacuum=vacuumed.last,
        next_vacuum=vacuumed.next,
    )  # fmt: skip


def _hidden(table: Table) -> tuple[int, int]:
    """Files with a deletion vector, and the rows that these hide: Delta's own snapshot counts them, no statement of SQL tells."""
    logs = java_class(table.spark, "org.apache.spark.sql.delta.DeltaLog")
    log = logs.forTable(table.spark._jsparkSession, location_of(table))
    snapshot = log.update(False, getattr(log, "update$default$2")(), getattr(log, "update$default$3")())
    files, rows = snapshot.numDeletionVectorsOpt(), snapshot.numDeletedRecordsOpt()
    return int(files.get()) if files.isDefined() else 0, int(rows.get()) if rows.isDefined() else 0


def file_sizes(table: Table) -> list[int]:
    """Bytes of each file of the newest version."""
    there = {plain(one.address): one.size for one in files_under(table.spark, location_of(table))}
    return [there.get(plain(file), 0) for file in table.files()]


def _commits(table: Table) -> dict[int, int]:
    """Per version when its commit was written, in ms."""
    log = hadoop_path(table.spark, f"{location_of(table)}/{LOG}")
    listed = log.getFileSystem(table.spark._jsc.hadoopConfiguration()).listStatus(log)
    named = ((_COMMIT.fullmatch(str(one.getPath().getName())), one) for one in listed)
    return {int(found[1]): int(one.getModificationTime()) for found, one in named if found}
