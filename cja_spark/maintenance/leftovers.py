"""Leftovers: what runs that died left behind, and no table or run refers to any more (publishing.md I9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cja_spark.audiences.runs import last_run
from cja_spark.audiences.tables import ERASURE_RECEIPTS
from cja_spark.driver_reads import equal
from cja_spark.hadoop import hadoop_path
from cja_spark.lake import Lake
from cja_spark.maintenance.files import files_under
from cja_spark.scratch import remove_folder, work_folder

UNUSED = timedelta(days=30)
# Dry runs hold no claim, and a publish of several audiences none between two of them.
UNCLAIMED = ("_dry", "_together")
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)


def _folders(lake: Lake, place: str) -> list[str]:
    """Names of the folders of a folder."""
    path = hadoop_path(lake.spark, place)
    system = path.getFileSystem(lake.spark._jsc.hadoopConfiguration())
    return sorted(str(one.getPath().getName()) for one in system.listStatus(path) if one.isDirectory()) if system.exists(path) else []


def _age_ms(lake: Lake, place: str, now_ms: int) -> int:
    """How long ago something of a folder was written last."""
    return now_ms - max((one.modified_ms for one in files_under(lake.spark, place)), default=0)


def stale_staging(lake: Lake, now_ms: int, *, alone: bool) -> Iterator[str]:
    """Folders of staging that no run needs: all but those of a run that waits for approval, and of an open erasure.

    Args:
        lake: the lake.
        now_ms: the instant.
        alone: whether nobody loads now; elsewhere what a load froze is kept for a day.
    """
    root = work_folder(lake, "_staging")
    for name in _folders(lake, root):
        place = f"{root}/{name}"
        if name == "connect":
            yield from [place] if alone else _old(lake, [place], now_ms)
        elif name in UNCLAIMED:  # what is young may be of a run at work
            yield from _old(lake, [f"{place}/{run}" for run in _folders(lake, place)], now_ms)
        elif name == "_erase":
            yield from _stale_erasures(lake, place)
        else:
            yield from _stale_runs(lake, place, name)


def _old(lake: Lake, places: Sequence[str], now_ms: int) -> list[str]:
    return [place for place in places if _age_ms(lake, place, now_ms) > _DAY_MS]


def _stale_runs(lake: Lake, place: str, audience_id: str) -> list[str]:
    last = last_run(lake, audience_id)
    kept = str(last.blocked.seal.run_seq) if last and last.blocked else None
    return [f"{place}/{run}" for run in _folders(lake, place) if run != kept]


def _stale_erasures(lake: Lake, place: str) -> Iterator[str]:
    receipts = lake.table(ERASURE_RECEIPTS)
    for erasure_id in _folders(lake, place):
        done = receipts.count(equal(erasure_id=erasure_id)) > 0
        yield from [f"{place}/{erasure_id}"] if done else [f"{place}/{erasure_id}/people"] * ("people" in _folders(lake, f"{place}/{erasure_id}"))


def stale_checkpoints(lake: Lake, now_ms: int) -> Iterator[str]:
    """Checkpoints of streams that nobody used for 30 days; all are disposable (R5)."""
    root = work_folder(lake, "_checkpoints")
    limit = UNUSED // timedelta(milliseconds=1)
    yield from (f"{root}/{name}" for name in _folders(lake, root) if _age_ms(lake, f"{root}/{name}", now_ms) > limit)


def remove(lake: Lake, place: str) -> None:
    """Remove a folder of work."""
    remove_folder(lake, place)
