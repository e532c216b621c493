"""What commits of a Delta table's log say, by the published protocol: which files brought new rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from pyspark.sql import SparkSession

from cja_spark.errors import SourceError
from cja_spark.sources.heads import heads
from cja_spark.sources.items import Item
from cja_spark.sources.spec import Source

FOLDER = "_delta_log"
_COMMIT = re.compile(r"/(\d{20})\.json$")
_CHECKPOINT = re.compile(r"/(\d{20})\.checkpoint\..*(parquet|json)$")


class AddedFile(NamedTuple):
    """A file that a commit added with new rows.

    Attributes:
        path: its absolute path.
        held_by: the newest version of those looked at that has the file; a later one moved its rows to other files.
        plain: whether its rows can be read from the file and its path alone.
    """

    path: str
    held_by: int
    plain: bool


def commit_version(path: str) -> int | None:
    """The version that a file of the log is the commit of."""
    found = _COMMIT.search(path)
    return int(found[1]) if found else None


def checkpoint_version(path: str) -> int | None:
    """The version that a file of the log is a checkpoint of, or a part of one."""
    found = _CHECKPOINT.search(path)
    return int(found[1]) if found else None


def is_in_log(path: str) -> bool:
    """Whether a file belongs to the log of a Delta table."""
    return f"/{FOLDER}/" in path


def root_of(log_file: str) -> str:
    """The table that a file of a log belongs to."""
    return log_file.rsplit(f"/{FOLDER}/", 1)[0]


def added_files(spark: SparkSession, source: Source, commits: Sequence[Item]) -> list[AddedFile]:
    """Files with new rows in some commits, which are given in their order.

    Raises:
        SourceError: a commit removed or rewrote rows.
    """
    files: dict[str, AddedFile] = {}
    last = commit_version(commits[-1].path) or 0 if commits else 0
    for commit, text in zip(commits, heads(spark, source, commits, lambda _: False), strict=True):
        root, version = root_of(commit.path), commit_version(commit.path) or 0
        for action in map(json.loads, text.decode("utf-8").splitlines()):
            if removed := action.get("remove"):
                if removed["dataChange"]:
                    why = "it removes or rewrites rows of the table; rebuild with --full"
                    raise SourceError.unreadable(commit.dataset, f"version {version} of {root}", why)
                path = _absolute(root, removed["path"])
                if path in files:
                    files[path] = files[path]._replace(held_by=version - 1)
            elif (added := action.get("add")) and added["dataChange"]:
                path = _absolute(root, added["path"])
                files[path] = AddedFile(path, last, _is_plain(added))
    return list(files.values())


def commits_of_files(spark: SparkSession, source: Source, commits: Sequence[Item]) -> dict[str, str]:
    """Which of some commits, given in their order, brought a file: by its absolute path the commit's.

    Of a file that only moved rows it is the commit that moved them: whose they were the log no longer says.
    """
    brought: dict[str, str] = {}
    for commit, text in zip(commits, heads(spark, source, commits, lambda _: False), strict=True):
        for action in map(json.loads, text.decode("utf-8").splitlines()):
            if added := action.get("add"):
                brought.setdefault(_absolute(root_of(commit.path), added["path"]), commit.path)
    return brought


def _absolute(root: str, path: str) -> str:
    plain = unquote(path)
    return plain if plain.startswith("/") or ":/" in plain else f"{root}/{plain}"


def _is_plain(added: dict[str, Any]) -> bool:
    """No row of the file is deleted, and the folders that it lies in name its partition as Spark reads it."""
    folders = [folder.split("=")[0] for folder in added["path"].split("/")[:-1] if "=" in folder]
    relative = not added["path"].startswith("/") and ":/" not in added["path"]
    return relative and not added.get("deletionVector") and folders == list(added.get("partitionValues") or {})
