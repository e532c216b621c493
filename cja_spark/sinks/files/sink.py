"""The sink of files: `AUDIENCE/run_RUN/CHUNK_of_CHUNKS.csv`, each written whole and renamed.

Equal changes give equal bytes, so a replay writes the same file again. The columns of an external audience: at most 25,
no blank and no dash in their names, below 1 GB a file (ajo-rtcdp.md, section A). The files are for machines: no value is
changed for the eyes of a spreadsheet (publishing.md S5, `csv_safety: none`).
"""

from __future__ import annotations

import csv
import errno
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pyarrow as pa
from pyarrow import fs

from cja_spark.failpoints import failpoint
from cja_spark.file_systems import file_system
from cja_spark.sinks.chunk import Applied, Change, ErasedKey, FatalError, RetryableError, RunFacts, Token
from cja_spark.sinks.files.spec import Files
from cja_spark.sinks.kinds import OPEN

COLUMNS = (
    "namespace", "id", "audience_id", "status", "last_qualification_time", "valid_until", "version", "change_id", "attrs",
)  # fmt: skip
LARGEST = 1_000_000_000
# What this sink writes, and what a task that died leaves of it.
_OURS = re.compile(r"/aud_\w+/run_\d{8,}/(?P<left>\.)?(?:\d{5,}_of_\d{5,}|again_\d{10,})\.csv(?(left)\.\w+)\Z")
# Nothing helps but that somebody makes room or gives leave.
_FOR_GOOD = {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EDQUOT, errno.ENAMETOOLONG}


class FilesSink:
    """Writes files below one folder."""

    def __init__(self, sink: Files) -> None:
        with _told():
            self.disk, self.root = file_system(sink.location)

    def is_done(self, token: Token) -> bool:
        """Never: writing a file again is what it is to know that it is there."""
        return False

    def apply(self, changes: Sequence[Change], token: Token, run: RunFacts) -> Applied:
        """Write the file of a chunk; one that is there is replaced.

        Raises:
            RetryableError: the place did not take it now.
            FatalError: it will not, or the file would be too large.
        """
        text = text_of([_line(change, token) for change in changes])
        if len(text) >= LARGEST:
            raise FatalError("files", "over_1_gb")
        folder = f"{self.root}/{token.audience_id}/run_{token.run_seq:08d}"
        with _told():
            self._write(folder, name_of(token), text)
        return Applied(len(changes), requests=1, sent_bytes=len(text))

    def erase(self, keys: Sequence[ErasedKey], token: Token) -> str:
        """Write the files of ours that name a profile again, without it; those that nobody finished go.

        Raises:
            RetryableError: the place did not take it now.
            FatalError: it will not, or a file of ours is not as we wrote it.
        """
        gone, found = {key.profile_key for key in keys}, False
        with _told():
            ours = [one for file in self._files(self.root) if (one := _OURS.search(file.path))]
            for one in sorted(ours, key=lambda one: one["left"] is None):  # what is left of dead tasks first
                if one["left"]:
                    self.disk.delete_file(one.string)
                elif self._without(one.string, gone):
                    found = True
        return "deleted" if found else "absent"

    def probe(self) -> None:
        """Write a file without a byte and remove it.

        Raises:
            RetryableError: the place does not take it now.
            FatalError: it will not.
        """
        with _told():
            self.disk.create_dir(self.root, recursive=True)
            new = f"{self.root}/.probe.{uuid.uuid4().hex}"
            with self.disk.open_output_stream(new):
                pass
            self.disk.delete_file(new)

    def close(self) -> None:
        """Nothing is open."""

    def _without(self, path: str, gone: set[str]) -> bool:
        with self.disk.open_input_stream(path) as stream:
            rows = rows_of(stream.read())
        kept = [row for row in rows if f"{row['namespace'].lower()}:{row['id']}" not in gone]
        if len(kept) == len(rows):
            return False
        folder, _, name = path.rpartition("/")
        self._write(folder, name, text_of([[row[column] for column in COLUMNS] for row in kept]))
        return True

    def _write(self, folder: str, name: str, text: bytes) -> None:
        self.disk.create_dir(folder, recursive=True)
        new = f"{folder}/.{name}.{uuid.uuid4().hex}"
        failpoint("files.before_write")
        with self.disk.open_output_stream(new) as stream:
            stream.write(text)
        failpoint("files.before_rename")
        self.disk.move(new, f"{folder}/{name}")
        failpoint("files.after_rename")
        for left in self._files(folder):  # by a task that died
            if left.base_name.startswith(f".{name}."):
                self.disk.delete_file(left.path)

    def _files(self, folder: str) -> list[fs.FileInfo]:
        found = self.disk.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True))
        return [one for one in found if one.type == fs.FileType.File]


def name_of(token: Token) -> str:
    """A chunk's file; letters that are sent again have their own."""
    if token.chunk < 0:
        return f"again_{-token.chunk:010d}.csv"
    return f"{token.chunk:05d}_of_{token.chunks:05d}.csv"


def text_of(lines: Iterable[Sequence[str]]) -> bytes:
    """A CSV file as RFC 4180 has it: UTF-8, a header, quotes only where they are needed."""
    text = io.StringIO(newline="")
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(COLUMNS)
    written.writerows(lines)
    return text.getvalue().encode("utf-8")


def rows_of(text: bytes) -> list[dict[str, str]]:
    """The rows of such a file.

    Raises:
        FatalError: it is none.
    """
    csv.field_size_limit(LARGEST)  # attributes may be longer than the 131,072 characters that it stops at by itself
    try:
        found = csv.DictReader(io.StringIO(text.decode("utf-8"), newline=""))
        rows = [*found]
    except (UnicodeDecodeError, csv.Error):
        raise FatalError("files", "unreadable") from None
    if tuple(found.fieldnames or ()) != COLUMNS:
        raise FatalError("files", "unreadable")
    return rows


def _line(change: Change, token: Token) -> list[str]:
    return [
        change.namespace, change.id, token.audience_id, change.status, _instant(change.asserted_at),
        _instant(change.valid_until), str(token.run_seq), change.change_id, change.attrs or "",
    ]  # fmt: skip


def _instant(when: datetime | None) -> str:
    return "" if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


@contextmanager
def _told() -> Iterator[None]:
    """What a file system says, by the number of its error."""
    try:
        yield
    except OSError as error:
        code = errno.errorcode.get(error.errno or 0, type(error).__name__)
        kind = FatalError if error.errno in _FOR_GOOD else RetryableError
        raise kind("files", code) from None
    except pa.ArrowInvalid:
        raise FatalError("files", "address") from None


@OPEN.register("files")
def open_files(sink: Files, audience_id: str, slot: int) -> FilesSink:
    """Open a folder.

    Raises:
        FatalError: its address says nothing.
    """
    return FilesSink(sink)
