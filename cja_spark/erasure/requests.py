"""Requests: the file of the identities that have to be forgotten, one a line, and what can be wrong with it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cja_spark.errors import ConfigurationError, did_you_mean

MOST = 1_000_000
MOST_BYTES = 512 << 20
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_HOW = "write one identity a line, NAMESPACE:ID, as UTF-8, or CSV with the header namespace,id"
_HEADER = ("namespace", "id")
_REASON = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")
_SHORT = 4  # an id of fewer characters stands in many a word by chance


@dataclass(frozen=True)
class Request:
    """The identities of a file.

    Attributes:
        identities: (namespace in lower case, id), each once, in order.
        blank: lines without anything.
        repeated: lines that say an identity again.
    """

    identities: tuple[tuple[str, str], ...]
    blank: int = 0
    repeated: int = 0

    def text(self) -> str:
        """What was read, for the person at the terminal; no identity is in it."""
        return f"{len(self.identities):,} identities; {self.blank:,} blank lines, {self.repeated:,} repeated"


def require_erasure_id(text: str) -> str:
    """Check the name of an erasure: it becomes part of folders and of rows that are kept for ever.

    Raises:
        ConfigurationError: it is more than letters, digits and _ . -
    """
    if not _ID.fullmatch(text):
        raise ConfigurationError(
            "--erasure-id: a letter or digit, then letters, digits and _ . - up to 64; the number of the request, never "
            "an identity."
        )
    return text


def require_plain(request: Request, erasure_id: str, reason: str) -> None:
    """Check that nothing which is kept for ever tells whom an erasure is about.

    Raises:
        ConfigurationError: the reason is more than some plain words, or it or the erasure's id has an identity in it.
    """
    if not _REASON.fullmatch(reason):
        raise ConfigurationError("--reason: a letter or digit, then letters, digits, blanks and _ . - up to 64; never an identity.")
    for option, text in (("--erasure-id", erasure_id), ("--reason", reason)):
        if any(id_ == text or (len(id_) >= _SHORT and id_ in text) for _, id_ in request.identities):
            raise ConfigurationError(f"{option} has an identity of the file in it, and is kept for ever; write something else.")


def read_request(file: Path, namespaces: Collection[str] = ()) -> Request:
    """Read a file of identities; no error shows one of them.

    A line is NAMESPACE:ID; the namespace ends at the first colon, whatever its case. An id stays as it is written, but
    for the end of its line. A file that begins with a line of the words `namespace` and `id`, in any order, is CSV
    (RFC 4180). Blank lines and repeated ones are counted.

    Args:
        file: the file.
        namespaces: those that can be meant; any where none is given.

    Raises:
        ConfigurationError: there is no such file, it is empty, no text or too large, a line names nobody, or has a
            namespace that nothing has.
    """
    lines = _lines(_text(file))
    known = {name.lower() for name in namespaces}
    found: dict[tuple[str, str], None] = {}
    blank = repeated = 0
    for number, written in _written(file, lines):
        if written is None:
            blank += 1
            continue
        identity = _identity(file, number, *written, known)
        repeated += identity in found
        found[identity] = None
        if len(found) > MOST:
            raise ConfigurationError(f"{file}: more than {MOST:,} identities; give them in several files, each with its own erasure id.")
    if not found:
        raise ConfigurationError(f"{file} names nobody: {_HOW}.")
    return Request(tuple(found), blank, repeated)


def _text(file: Path) -> str:
    if not file.is_file():
        raise ConfigurationError(f"--ids: there is no file {file}.")
    if file.stat().st_size > MOST_BYTES:
        raise ConfigurationError(f"{file}: more than {MOST_BYTES >> 20} MiB; give the identities in several files.")
    written = file.read_bytes()
    if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ConfigurationError(f"{file} is UTF-16: {_HOW}.")
    try:
        text = written.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{file}: line {line} is no UTF-8: {_HOW}.") from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise ConfigurationError(f"{file}: line {line} has a NUL; it is no text: {_HOW}.")
    return text


def _lines(text: str) -> list[str]:
    """Lines end with LF or CR LF alone: an id may hold any other separator."""
    return [line.removesuffix("\r") for line in text.split("\n")] if text else []


def _written(file: Path, lines: list[str]) -> Iterator[tuple[int, tuple[str, str] | None]]:
    """What each line says, by its number: namespace and id; nothing where it is blank."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    header = [cell.strip().strip('"').lower() for cell in lines[first].split(",")] if lines else []
    if sorted(header) == sorted(_HEADER):
        yield from ((at + 1, None) for at in range(first))
        yield from _of_csv(file, lines[first + 1 :], first + 1, [header.index(name) for name in _HEADER])
        return
    for number, line in enumerate(lines, 1):
        namespace, colon, id_ = line.partition(":")
        yield number, (namespace if colon else "", id_) if line.strip() else None


def _of_csv(file: Path, lines: Iterable[str], above: int, places: list[int]) -> Iterator[tuple[int, tuple[str, str] | None]]:
    rows = csv.reader((f"{line}\n" for line in lines), strict=True)
    while True:
        number = above + rows.line_num + 1
        try:
            cells = next(rows, None)
        except csv.Error:
            raise ConfigurationError(f"{file}: line {number} is no CSV: {_HOW}.") from None
        if cells is None:
            return
        blank = not any(cell.strip() for cell in cells)
        if not blank and len(cells) != len(places):
            raise ConfigurationError(f"{file}: line {number} has {len(cells)} columns, not {len(places)}: {_HOW}.")
        yield number, None if blank else (cells[places[0]], cells[places[1]])


def _identity(file: Path, number: int, namespace: str, id_: str, known: Collection[str]) -> tuple[str, str]:
    if not _CODE.fullmatch(namespace):
        raise ConfigurationError(f"{file}: line {number} has no namespace: {_HOW}.")
    if not id_.strip():
        raise ConfigurationError(f"{file}: line {number} has no id: {_HOW}.")
    if known and namespace.lower() not in known:
        hint = did_you_mean(namespace.lower(), known)
        # What stands there may be an id in the wrong column: it is not shown.
        raise ConfigurationError(f"{file}: line {number} has a namespace that no dataset has. {hint}".rstrip())
    return namespace.lower(), id_
