r"""Regular expressions of derived fields: the dialect, and the same expression for Java, which matches it.

The dialect is the part of Perl's that is unambiguous: characters, ``.`` (all but a line break), classes, ``\d \w \s`` and
their opposites (ASCII), ``^ $ \b``, groups, alternatives, greedy and lazy quantifiers, look-ahead, look-behind of a fixed
length. It has no back references, inline flags, possessive quantifiers or atomic groups. Python's own parser reads it; what is
handed to Java is written anew from what was read, so that no character means something else there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from cja_spark.view.derived.pattern_guard import refuse_catastrophic
from cja_spark.view.derived.pattern_tree import Node, tree_of

LONGEST = 500
LONGEST_TEXT = 10_000  # characters; in a longer text nothing matches


class Pattern(NamedTuple):
    """A regular expression that was read: for Java, and how many groups it has."""

    java: str
    groups: int


@lru_cache(maxsize=256)
def read(text: str) -> Pattern:
    """Read a regular expression.

    Raises:
        ValueError: it is none, has something that the dialect does not, or could take time without end on some text.
    """
    if not text:
        raise ValueError("a regular expression is expected; an empty one finds nothing.")
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} characters; a regular expression has at most {LONGEST}.")
    try:
        found = re.compile(text, re.ASCII)
        nodes = tree_of(text)
    except re.error as error:
        where = "" if error.pos is None else f" at character {error.pos + 1}"
        raise ValueError(f"'{text}' is no regular expression{where}: {error.msg}.") from None
    except (OverflowError, RecursionError):
        raise ValueError(f"'{text}' is no regular expression: a part of it is too large.") from None
    except ValueError as refused:
        raise ValueError(f"'{text}': {refused}") from None
    return Pattern(_Writer(refuse_catastrophic(nodes, text)).sequence(nodes), found.groups)


class _Writer:
    """Writes a tree for Java; `decided` are the quantifiers that need no second try."""

    def __init__(self, decided: frozenset[int]) -> None:
        self.decided = decided

    def sequence(self, nodes: list[Node]) -> str:
        return "".join(map(self.node, nodes))

    def node(self, node: Node) -> str:
        if node.kind == "set":
            return f"[{'^' if node.negated else ''}{''.join(_member(kind, value) for kind, value in node.members)}]"
        if node.kind == "at":
            return _AT[node.sign]
        if node.kind == "repeat":
            return self.repeat(node)
        if node.kind == "branch":
            return f"(?:{'|'.join(map(self.sequence, node.parts))})"
        begins = "" if node.captures else f"?{node.sign or ':'}"
        return f"({begins}{self.sequence(node.parts[0])})"

    def repeat(self, node: Node) -> str:
        inner = self.sequence(node.parts[0])
        most = "" if node.most is None else node.most
        how = "?" if node.lazy else "+" if id(node) in self.decided else ""
        return f"{inner if node.of_one else f'(?:{inner})'}{{{node.least},{most}}}{how}"


def _member(kind: str, value: Any) -> str:  # noqa: ANN401 - a character, two, or the name of a category
    if kind == "character":
        return _character(value)
    return f"{_character(value[0])}-{_character(value[1])}" if kind == "range" else f"\\{value}"


def _character(code: int) -> str:
    return rf"\x{{{code:x}}}"


_AT = {
    "start": r"\A", "end": r"(?=\n?\z)", "end_of_text": r"\z",
    "boundary": r"(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))", "no_boundary": r"(?:(?<=\w)(?=\w)|(?<!\w)(?!\w))",
}  # fmt: skip
