"""The tree of a regular expression, as Python's parser reads it, in the few kinds of nodes that the dialect has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from re import _parser as parser  # type: ignore[attr-defined]  # what sre_parse was; the tree is the same since 3.0
from typing import Any

MOST_TIMES = 1000


@dataclass(frozen=True)
class Node:
    r"""One part of a regular expression.

    Attributes:
        kind: set (one character of some), at (a place), repeat, branch, group, look (around).
        parts: the sequences inside; of a branch its alternatives.
        members: of a set its members: (character, code), (range, two codes), (category, a letter such as d).
        negated: a set of all other characters.
        least: of a repeat, how often at least.
        most: of a repeat, how often at most; None without end.
        lazy: a repeat that takes as little as it can.
        captures: a group with a number.
        sign: of a place its name, of a look-around what follows ``(?``.
    """

    kind: str
    parts: tuple[list[Node], ...] = ()
    members: tuple[tuple[str, Any], ...] = field(default=())
    negated: bool = False
    least: int = 1
    most: int | None = 1
    lazy: bool = False
    captures: bool = False
    sign: str = ""

    @property
    def of_one(self) -> bool:
        """Whether a repeat repeats one character."""
        return [inner.kind for inner in self.parts[0]] == ["set"]


def tree_of(text: str) -> list[Node]:
    """Read a regular expression.

    Raises:
        re.error: it is none.
        ValueError: it has something that the dialect does not.
    """
    read = parser.parse(text, re.ASCII)
    if read.state.flags & ~re.ASCII:
        raise ValueError("flags are no part of the dialect; for letters of any case there is case_sensitive: false.")
    return _sequence(read)


def _sequence(read: Any) -> list[Node]:  # noqa: ANN401 - the parser's own sequence
    return [_node(str(op), argument) for op, argument in read]


def _node(op: str, argument: Any) -> Node:  # noqa: ANN401 - what the parser has, by operation
    if op not in _READERS:
        raise ValueError(f"{_NAMES.get(op, op.lower())} are no part of the dialect.")
    return _READERS[op](argument)


def _set(members: Any) -> Node:  # noqa: ANN401 - the parser's own pairs
    found: list[tuple[str, Any]] = []
    for op, value in members:
        if str(op) == "LITERAL":
            found.append(("character", value))
        elif str(op) == "RANGE":
            found.append(("range", value))
        elif str(op) == "CATEGORY":
            found.append(("category", _CATEGORIES[str(value)]))
    return Node("set", members=tuple(found), negated=str(members[0][0]) == "NEGATE")


def _repeat(argument: Any, *, lazy: bool) -> Node:  # noqa: ANN401 - the parser's own tuple
    least, most, inner = argument
    endless = most == parser.MAXREPEAT
    if least > MOST_TIMES or (not endless and most > MOST_TIMES):
        raise ValueError(f"a quantifier counts to {MOST_TIMES:,} at most.")
    return Node("repeat", (_sequence(inner),), least=int(least), most=None if endless else int(most), lazy=lazy)


def _group(argument: Any) -> Node:  # noqa: ANN401 - the parser's own tuple
    number, flags_on, flags_off, inner = argument
    if flags_on or flags_off:
        raise ValueError("flags are no part of the dialect; for letters of any case there is case_sensitive: false.")
    return Node("group", (_sequence(inner),), captures=number is not None)


def _look(argument: Any, ahead: str, behind: str) -> Node:  # noqa: ANN401 - the parser's own tuple
    direction, inner = argument
    return Node("look", (_sequence(inner),), sign=ahead if direction > 0 else behind)


def _at(where: Any) -> Node:  # noqa: ANN401 - the parser's own constant
    return Node("at", sign=_PLACES[str(where)])


_CATEGORIES = {
    "CATEGORY_DIGIT": "d", "CATEGORY_NOT_DIGIT": "D", "CATEGORY_SPACE": "s", "CATEGORY_NOT_SPACE": "S",
    "CATEGORY_WORD": "w", "CATEGORY_NOT_WORD": "W",
}  # fmt: skip
_PLACES = {
    "AT_BEGINNING": "start", "AT_BEGINNING_STRING": "start", "AT_END": "end", "AT_END_STRING": "end_of_text",
    "AT_BOUNDARY": "boundary", "AT_NON_BOUNDARY": "no_boundary",
}  # fmt: skip
_NAMES = {
    "GROUPREF": "back references", "GROUPREF_EXISTS": "conditions on groups", "POSSESSIVE_REPEAT": "possessive quantifiers",
    "ATOMIC_GROUP": "atomic groups",
}  # fmt: skip
_READERS: Mapping[str, Callable[[Any], Node]] = {
    "LITERAL": lambda code: Node("set", members=(("character", code),)),
    "NOT_LITERAL": lambda code: Node("set", members=(("character", code),), negated=True),
    "ANY": lambda nothing: Node("set", members=(("character", ord("\n")),), negated=True),
    "IN": _set,
    "AT": _at,
    "MAX_REPEAT": lambda argument: _repeat(argument, lazy=False),
    "MIN_REPEAT": lambda argument: _repeat(argument, lazy=True),
    "BRANCH": lambda argument: Node("branch", tuple(map(_sequence, argument[1]))),
    "SUBPATTERN": _group,
    "ASSERT": lambda argument: _look(argument, "=", "<="),
    "ASSERT_NOT": lambda argument: _look(argument, "!", "<!"),
}
