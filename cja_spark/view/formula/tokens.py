"""Tokens of a formula, each with its place in the text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 4_000
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<symbol>==|!=|<=|>=|[-+*/<>=()\[\],])""",
    re.VERBOSE,
)
_MEANT = {
    "×": "*", "÷": "/", "−": "-", "–": "-", "^": "power(x, y)", "%": "modulo(x, y)", "&": "and(x, y)", "|": "or(x, y)",
    "!": "not(x)", ";": "a comma", "{": "(", "}": ")",
}  # fmt: skip


class Token(NamedTuple):
    """A piece of a formula.

    Attributes:
        kind: number, name, text, symbol or end.
        text: what is written; of a text what is between its quotes.
        at: its first character in the formula, from 1.
    """

    kind: str
    text: str
    at: int


def fault(text: str, at: int, why: str) -> ValueError:
    """What is wrong with a formula, with the place."""
    before = text[: at - 1]
    line = before.count("\n") + 1
    place = f"character {at - (before.rfind(chr(10)) + 1)}"
    where = f"line {line}, {place}" if "\n" in text.strip() else f"{place} of '{_cut(text)}'"
    return ValueError(f"{where}: {why}")


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula, then its end.

    Raises:
        ValueError: a character that no token begins with, a number out of range, or too long a text.
    """
    if len(text) > LONGEST:
        raise ValueError(f"a formula of {len(text):,} characters; it has at most {LONGEST:,}.")
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise fault(text, at + 1, _unknown(text[at]))
        kind, piece = str(found.lastgroup), found[0]
        if kind == "number" and not math.isfinite(float(piece)):
            raise fault(text, at + 1, f"{piece} is too large a number.")
        if kind != "space":
            yield Token(kind, piece[1:-1] if kind == "text" else piece, at + 1)
        at = found.end()
    yield Token("end", "", len(text.rstrip()) + 1)


def _unknown(character: str) -> str:
    if character in "'\"":
        return f"the text that begins with {character} does not end."
    meant = f" Did you mean {_MEANT[character]}?" if character in _MEANT else ""
    return f"'{character}' is not known here.{meant}"
