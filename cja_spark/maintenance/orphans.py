"""Orphans: files of tables that no commit speaks of, as the write that made them died (publishing.md I9)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from cja_spark.audiences.tables import TABLES
from cja_spark.connection.gaps import GAPS
from cja_spark.connection.tables import GRAPH_RUNS, LOADS, QUARANTINE
from cja_spark.lake import (
    ACCOUNTS,
    EVENTS,
    GRAPHS,
    JOURNEY_BUILDS,
    JOURNEYS,
    LOOKUPS,
    PROFILES,
    REPORT_RUNS,
    REPORTS,
    SUMMARIES,
    VALUES,
    Lake,
)
from cja_spark.maintenance.tables import LOG
from cja_spark.maintenance.vacuumed import MAINTENANCE
from cja_spark.reports.exclusions import EXCLUSIONS
from cja_spark.sinks.delta_profiles import MEMBERSHIPS
from cja_spark.sinks.delta_profiles import PROFILES as STORED_PROFILES
from cja_spark.table import Table

DAY = timedelta(days=1)
# Runs of reports hold no claim and no lock: what they are writing now looks like an orphan.
UNCLAIMED = frozenset(spec.name for spec in (REPORTS, REPORT_RUNS, EXCLUSIONS))
# The first part of the name of every table of ours, all but those of reports written under a claim or a lock.
CLAIMED = frozenset(
    spec.name.partition("/")[0]
    for spec in (
        *TABLES, LOADS, QUARANTINE, GRAPH_RUNS, GAPS, EVENTS, PROFILES, LOOKUPS, SUMMARIES, ACCOUNTS, GRAPHS, JOURNEYS, VALUES,
        JOURNEY_BUILDS, MAINTENANCE, STORED_PROFILES, MEMBERSHIPS,
    )
)  # fmt: skip
_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_WRITTEN = re.compile(r"\.?part-.+\.parquet(\.crc)?")  # by Spark
_TEMPORARY = re.compile(r"\..*\.tmp(\.crc)?")


def orphans(table: Table, now: datetime) -> list[Path]:
    """Files in a table's folder that no version in its log refers to: a write that died left them.

    Only of a table on a disk of this machine, where a lock says that nobody writes; elsewhere VACUUM removes them after
    the table's retention. Where no lock says so, as in tables that are none of ours, files younger than a day stay.
    """
    folder = table.folder
    if folder is None or not (folder / LOG).is_dir():
        return []
    known = referred(folder)
    data = (file for pattern in ("*.parquet", "deletion_vector_*.bin") for file in folder.rglob(pattern) if _is_data(folder, file))
    lost = [file for file in data if file.relative_to(folder).as_posix() not in known]
    sums = (file for pattern in (".*.parquet.crc", ".deletion_vector_*.bin.crc") for file in folder.rglob(pattern) if _is_data(folder, file))
    lost += [file for file in sums if not file.with_name(file.name[1:-4]).exists() or file.with_name(file.name[1:-4]) in lost]
    lost += [file for file in (folder / LOG).iterdir() if _TEMPORARY.fullmatch(file.name)]
    return sorted(file for file in lost if _may_go(table.spec.name, [file], now))


def _is_data(folder: Path, file: Path) -> bool:
    return LOG not in file.relative_to(folder).parts


def _may_go(name: str, files: Iterable[Path], now: datetime) -> bool:
    """Whether nobody can be writing some files of a table now."""
    return name.partition("/")[0] in CLAIMED or _is_old(files, now)


def _is_old(files: Iterable[Path], now: datetime) -> bool:
    newest = max((file.stat().st_mtime for file in files), default=0.0)
    return now - datetime.fromtimestamp(newest, UTC) > DAY


def referred(folder: Path) -> set[str]:
    """Paths of all data files that the log of a table speaks of, removed ones too."""
    found: set[str] = set()
    for file in (folder / LOG).glob("*.json"):
        for line in file.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            for told in (action[kind] for kind in ("add", "remove", "cdc") if kind in action):
                found |= {unquote(told["path"]), *_vector_of(told.get("deletionVector"))}
    for file in (*(folder / LOG).rglob("*.checkpoint*.parquet"), *(folder / LOG / "_sidecars").glob("*.parquet")):
        found |= _in_checkpoint(file)
    return found


def _vector_of(told: Mapping[str, Any] | None) -> list[str]:
    """The file of a deletion vector that lies in one (Delta protocol, deletion vector descriptor): prefix, then a UUID in Z85."""
    if not told or told["storageType"] != "u":
        return []
    written = told["pathOrInlineDv"]
    prefix, coded = written[:-20], written[-20:]
    name = f"deletion_vector_{uuid.UUID(bytes=_z85(coded))}.bin"
    return [f"{prefix}/{name}" if prefix else name]


def _z85(text: str) -> bytes:
    """Bytes from Base85 as ZeroMQ's RFC 32 has it: five characters are four bytes."""
    groups = (text[at : at + 5] for at in range(0, len(text), 5))
    return b"".join(sum(_Z85.index(char) * 85 ** (4 - at) for at, char in enumerate(group)).to_bytes(4, "big") for group in groups)


def _in_checkpoint(file: Path) -> set[str]:
    opened = pq.ParquetFile(file)
    kinds = [kind for kind in ("add", "remove") if kind in opened.schema_arrow.names]
    rows: pa.Table = opened.read(columns=[f"{kind}.{part}" for kind in kinds for part in ("path", "deletionVector")])
    told = [row for kind in kinds for row in rows[kind].to_pylist() if row and row["path"]]
    return {name for row in told for name in (unquote(row["path"]), *_vector_of(row.get("deletionVector")))}


def stray_folders(lake: Lake, now: datetime) -> list[Path]:
    """Folders where a table of ours would lie and that are none: its first write died before its first commit.

    They hold nothing but what Spark wrote, and for a day nothing new. Whatever else lies in the lake is somebody's own.
    """
    folder = lake.folder
    if folder is None or not folder.is_dir():
        return []
    found = sorted(one for kind in CLAIMED | UNCLAIMED for one in _strays(folder / kind))
    return [one for one in found if _is_old([file for file in one.rglob("*") if file.is_file()] or [one], now)]


def _strays(one: Path) -> Iterator[Path]:
    if not one.is_dir() or one.name.startswith(("_", ".")) or (one / LOG).is_dir():
        return
    if any(one.glob("*.parquet")) or any("=" in part.name for part in one.iterdir()):
        if all(_WRITTEN.fullmatch(file.name) for file in one.rglob("*") if file.is_file()):
            yield one
        return
    for part in one.iterdir():
        yield from _strays(part)
