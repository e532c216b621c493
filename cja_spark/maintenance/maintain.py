"""Maintain: retention, leftovers, OPTIMIZE, VACUUM, and how the tables lie afterwards (publishing.md D11-D13, I9)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from cja_spark.audiences.claims import EVERYTHING, claimed
from cja_spark.audiences.tables import CHANGES, require_tables
from cja_spark.failpoints import failpoint
from cja_spark.lake import Lake
from cja_spark.lock import locked
from cja_spark.maintenance.health import SMALL, file_sizes, health_of
from cja_spark.maintenance.leftovers import remove, stale_checkpoints, stale_staging
from cja_spark.maintenance.orphans import orphans, stray_folders
from cja_spark.maintenance.receipts import Deed, MaintainReceipt
from cja_spark.maintenance.retention import count_expired, expired, remove_expired, settled_runs
from cja_spark.maintenance.tables import compact, lock, tables_of, unlocked, vacuum, vacuum_lite
from cja_spark.maintenance.vacuumed import MAINTENANCE, Vacuumed, vacuumed
from cja_spark.scratch import work_folder
from cja_spark.stopping import Stopped
from cja_spark.table import Table

MANY = 8  # small files that are worth a rewrite
# Written whole by their jobs. Journeys know which files of events, profiles, lookups and accounts they were built from:
# other files with the same rows would have them built again.
WRITTEN_WHOLE = ("events", "journeys", "profiles", "lookups", "accounts")


@dataclass(frozen=True)
class Work:
    """What is maintained, when, and how.

    Attributes:
        sinks: per audience id the sinks of its file.
        stores: memberships of Delta profile stores.
        dry_run: say what would be done, and do nothing.
        full: look through all files of each table at once, however long ago that was done last.
        elsewhere: tables of Delta profile stores that do not lie in the lake; of what nobody refers to there VACUUM alone takes care.
    """

    lake: Lake
    sinks: Mapping[str, Collection[str]]
    stores: Sequence[Table]
    now: datetime
    dry_run: bool = False
    full: bool = False
    elsewhere: Sequence[Table] = ()

    def tables(self) -> list[Table]:
        """The tables of the lake, and those of its stores at other places."""
        own = tables_of(self.lake)
        there = {table.address for table in own}
        return own + [table for table in self.elsewhere if table.address not in there]


def maintain(work: Work, *, take_over: bool = False) -> MaintainReceipt:
    """Do what is due; a run that dies half-way is finished by the next one.

    Raises:
        ClaimError: another run publishes, delivers, loads or builds.
        Stopped: somebody asked the program to end.
    """
    run_id = str(uuid.uuid4())
    if work.dry_run:
        return _told(work, run_id, tuple(_deeds(work, alone=True)))
    require_tables(work.lake)
    with ExitStack() as held:
        claim = held.enter_context(claimed(work.lake, EVERYTHING, run_id, "maintain", take_over=take_over))
        alone = held.enter_context(locked(work.lake, "connect", "loads"))
        held.enter_context(locked(work.lake, "journeys", "builds journeys"))
        done: list[Deed] = []
        try:
            for deed in _deeds(work, alone=alone):
                done.append(deed)
                claim.check()
        except Stopped:  # what was done need not be done again
            _note(work, run_id, done)
            raise
        _note(work, run_id, done)
        failpoint("maintain.noted")
        return _told(work, run_id, tuple(done))


def _told(work: Work, run_id: str, done: tuple[Deed, ...]) -> MaintainReceipt:
    last = vacuumed(work.lake)
    tables = tuple(health_of(table, last.get(table.spec.name, Vacuumed())) for table in work.tables())
    return MaintainReceipt(run_id=run_id, at=work.now, dry_run=work.dry_run, deeds=done, tables=tables)


def _deeds(work: Work, *, alone: bool) -> Iterator[Deed]:
    yield from _locked_again(work)
    failpoint("maintain.locked_again")
    yield from _old_rows(work)
    failpoint("maintain.rows_removed")
    yield from _leftovers(work, alone=alone)
    failpoint("maintain.swept")
    tables = tables_of(work.lake)
    yield from _small_files(work, work.tables())
    failpoint("maintain.compacted")
    yield from _lost_files(work, tables, alone=alone)
    failpoint("maintain.before_vacuum")
    yield from _vacuumed(work, work.tables())
    failpoint("maintain.vacuumed")


def _locked_again(work: Work) -> Iterator[Deed]:
    """What a run that was killed amid a retention or an erasure left open: rows of the outbox can be changed."""
    for table in unlocked(work.lake):
        if not work.dry_run:
            lock(table)
        yield Deed(target=table.spec.name, action="append_only_restored")


def _old_rows(work: Work) -> Iterator[Deed]:
    if not work.lake.table(CHANGES).exists():
        return
    settled = settled_runs(work.lake, work.sinks, work.now)
    for one in expired(work.lake, work.stores, settled, work.now):
        if rows := (count_expired if work.dry_run else remove_expired)(one):
            name = one.table.spec.name
            yield Deed(target=name if one.of == "*" else f"{name} of {one.of}", action="rows_removed", count=rows, run_seq=one.run_seq)


def _leftovers(work: Work, *, alone: bool) -> Iterator[Deed]:
    now_ms = int(work.now.timestamp() * 1000)
    root = work_folder(work.lake, "")
    for place in list(stale_staging(work.lake, now_ms, alone=alone)):
        if not work.dry_run:
            remove(work.lake, place)
        yield Deed(target=place.removeprefix(root), action="staging_removed")
    for place in list(stale_checkpoints(work.lake, now_ms)):
        if not work.dry_run:
            remove(work.lake, place)
        yield Deed(target=place.removeprefix(root), action="checkpoint_removed")


def _small_files(work: Work, tables: Sequence[Table]) -> Iterator[Deed]:
    for table in tables:
        if table.spec.name.replace("__", "/").partition("/")[0] in WRITTEN_WHOLE:
            continue
        if (small := sum(size < SMALL for size in file_sizes(table))) < MANY:
            continue
        gone = 0 if work.dry_run else compact(table)
        if gone or work.dry_run:
            yield Deed(target=table.spec.name, action="files_compacted", count=gone or small)


def _lost_files(work: Work, tables: Sequence[Table], *, alone: bool) -> Iterator[Deed]:
    if not alone:
        return
    for table in tables:
        if lost := orphans(table, work.now):
            for file in () if work.dry_run else lost:
                file.unlink()
            yield Deed(target=table.spec.name, action="orphans_removed", count=len(lost))
    for folder in stray_folders(work.lake, work.now):
        count = sum(1 for file in folder.rglob("*") if file.is_file())
        if not work.dry_run:
            remove(work.lake, str(folder))
        yield Deed(target=folder.name, action="orphans_removed", count=count)


def _vacuumed(work: Work, tables: Sequence[Table]) -> Iterator[Deed]:
    last = vacuumed(work.lake)
    for table in tables:
        due = last.get(table.spec.name, Vacuumed()).due(work.now)
        action = "vacuum_full" if work.full else due
        if action is None:
            continue
        if not work.dry_run:
            (vacuum if action == "vacuum_full" else vacuum_lite)(table)
        yield Deed(target=table.spec.name, action=action)


def _note(work: Work, run_id: str, done: Sequence[Deed]) -> None:
    if done:
        table = work.lake.table(MAINTENANCE).create()
        rows = [(run_id, work.now, one.target, one.action, one.count, one.run_seq) for one in done]
        table.append(table.frame(rows))
