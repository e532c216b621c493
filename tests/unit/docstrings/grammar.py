"""The grammar of `Columns:` in a docstring, so that a test can hold a transform to it.

    Columns: reads a, b string (a remark), t timestamp; reads of other c bigint; adds d int, {fields}. Prose follows.

A type covers the names before it that have none. `reads of NAME` speaks of the frame in parameter NAME, `reads` of the
first one. What follows is one of `returns`, the columns in their order; `adds`, what comes behind the frame's own;
`changes`, columns that keep their place and type, or `nothing`. A remark stands in parentheses, prose behind the first
full stop. A word in braces stands for columns that depend on what is asked. `struct` is any struct.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

Fields = list[tuple[str, str]]


class Columns(NamedTuple):
    """What a docstring says of columns: per parameter (None is the first frame) what is read, and what comes out."""

    reads: dict[str | None, Fields]
    gives: str
    fields: Fields


class GrammarError(ValueError):
    """A text that does not follow the grammar."""


def columns_of(text: str, says: Mapping[str, str] | None = None) -> Columns:
    """Parse the text behind `Columns:`; `says` fills the words in braces."""
    plain = " ".join(_without_remarks(text).split())
    plain = re.split(r"\.(?:\s|$)", plain, maxsplit=1)[0]
    plain = re.sub(r"\{(\w+)\}", lambda word: _filled(word[1], says or {}), plain)
    reads: dict[str | None, Fields] = {}
    gives: list[tuple[str, Fields]] = []
    for clause in (part.strip() for part in plain.split(";")):
        found = re.fullmatch(r"(reads of (?P<frame>\w+)|reads|returns|adds|changes)\s+(?P<rest>.+)", clause)
        if not found:
            raise GrammarError(f"'{clause}' is no clause: write reads, reads of NAME, returns, adds or changes")
        fields = [] if found["rest"] == "nothing" else fields_of(found["rest"], typed=found[1] != "changes")
        if found[1].startswith("reads"):
            reads[found["frame"]] = fields
        else:
            gives.append((found[1], fields))
    if len(gives) != 1:
        raise GrammarError(f"'{plain}' has {len(gives)} clauses of returns, adds or changes; one is needed")
    return Columns(reads, *gives[0])


def fields_of(text: str, *, typed: bool = True) -> Fields:
    """Names and types of a list of columns."""
    found: Fields = []
    waiting: list[str] = []
    for item in _split(text):
        name, _, kind = item.partition(" ")
        if not re.fullmatch(r"\w+", name):
            raise GrammarError(f"'{item}' is no column")
        waiting.append(name)
        if kind or not typed:
            found += [(one, kind.strip()) for one in waiting]
            waiting = []
    if waiting:
        raise GrammarError(f"{', '.join(waiting)}: no type follows")
    return found


def shape(kind: str) -> str:
    """A type as Spark writes it, without what is inside of structs: array<struct<a:int>> is array<struct>."""
    written, at = "", 0
    while at < len(kind):
        if kind.startswith("struct<", at):
            written, at = written + "struct", _end_of(kind, at + len("struct<"))
        else:
            written, at = written + kind[at], at + 1
    return written


def _end_of(kind: str, at: int) -> int:
    """The position behind the bracket that closes one opened before `at`."""
    depth = 1
    while depth:
        depth += (kind[at] == "<") - (kind[at] == ">")
        at += 1
    return at


def _without_remarks(text: str) -> str:
    written, depth = "", 0
    for letter in text:
        depth += letter == "("
        written += letter if depth == 0 else ""
        depth -= letter == ")"
    return written


def _filled(word: str, says: Mapping[str, str]) -> str:
    if word not in says:
        raise GrammarError(f"nobody says what {{{word}}} is")
    return says[word]


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "<") - (letter == ">")
        if letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:])]
