"""Why a file cannot be read, in the words of whoever has to repair it."""

from __future__ import annotations

import re

from cja_spark.secret import without_secrets

_QUOTED = re.compile(r"(?<!\w)'(?:[^']|(?<=\w)'(?=\w))*'(?!\w)")
_RECORD = re.compile(r"(?i)(record parsing: |record: |line: )\[?.*")
_SIGNS = {
    "Unexpected end of": "the compressed file is cut",
    "Parquet magic bytes not found": "it is no Parquet file",
    "Parquet file size is": "the file is cut",
    "not a Parquet file": "it is no Parquet file",
    "incorrect header check": "it is not compressed as its name says",
    "not a gzip file": "it is not compressed as its name says",
    "Premature EOF": "the file is cut",
    "JsonEOFException": "the file is cut",
    "EOFException": "the compressed file is cut",
    "CANNOT_MERGE_SCHEMAS": "its files have columns of one name and different types",
    "JsonParseException": "it is no JSON",
    "FileNotFound": "it is gone",
    "FILE_NOT_EXIST": "it is gone",
    "TABLE_OR_VIEW_NOT_FOUND": "there is no such table",
    "PATH_NOT_FOUND": "it is gone",
}


def known_reason(text: str) -> str | None:
    """What is wrong with a file by what Spark or Hadoop said of it; None where that tells nothing of the file."""
    return next((reason for sign, reason in _SIGNS.items() if sign in text), None)


def why(text: str) -> str:
    """The reason behind what Spark or Hadoop said; the beginning of that where no reason is known."""
    said = [line for line in text.splitlines() if not line.startswith("An error occurred while calling")]
    otherwise = without_values(without_secrets(said[0])).removeprefix(": ")[:200] if said else "no reason was given"
    return known_reason(text) or otherwise


def without_values(text: str) -> str:
    """What Spark said without the values of rows: it quotes them, and lists those of a broken record (S8)."""
    return _RECORD.sub(r"\1[…]", _QUOTED.sub("'…'", text))
