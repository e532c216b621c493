"""The guard: a regular expression that a backtracking matcher could try without end is refused before it runs.

A matcher goes wrong where one text can be read in several ways and all of them are tried. A choice is *decided* when the next
character alone tells how it goes: what a quantifier repeats cannot begin with what follows it, no two alternatives begin alike.

- Inside a quantifier all choices must be decided and greedy, what may be empty comes last, and what is repeated is never
  empty: nothing is exponential, and what is matched first is what any match has.
- Outside, one quantifier at most may be undecided, none where a match may begin anywhere (no ``^``): the work for a text of
  n characters is of the order n squared, and texts of more than 10,000 characters are not looked at.
- What is repeated without end and is more than one character must be decided. It is then matched possessively, to the same
  result: Java keeps a frame of its stack for every other repetition, and a long text would be one too many.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cja_spark.view.derived.pattern_tree import Node

OTHER = 128  # the bit of all characters beyond ASCII
ALL = (1 << (OTHER + 1)) - 1
MOST_WAYS = 1000
MOST_GROUPS = 100
HOW = "Say what may not stand there instead, such as ([^&]*)& for (.*)&, or begin with ^."


def refuse_catastrophic(nodes: list[Node], text: str) -> frozenset[int]:
    """Refuse a regular expression that could take time without end; the others have quantifiers that need no second try.

    Returns:
        The `id` of the nodes of those quantifiers.

    Raises:
        ValueError: with the reason and what to write instead.
    """
    work = _Work(text)
    work.sequence(nodes, 0, repeated=False)
    if work.undecided + (not _anchored(nodes)) > 1:
        anywhere = "" if _anchored(nodes) else ", and a match may begin anywhere"
        raise ValueError(f"'{text}' could take very long on some texts: it has {work.undecided} quantifier"
                         f"{'s' if work.undecided > 1 else ''} that may end in several places{anywhere}. {HOW}")  # fmt: skip
    if work.ways > MOST_WAYS:
        raise ValueError(f"'{text}' could take very long on some texts: it can be read in {work.ways:,} ways. {HOW}")
    return frozenset(work.decided)


@dataclass
class _Work:
    """How much a matcher may have to try: endless quantifiers that are undecided, and the ways of all other choices."""

    text: str
    undecided: int = 0
    ways: int = 1
    decided: set[int] = field(default_factory=set)

    def sequence(self, nodes: list[Node], follow: int, *, repeated: bool) -> None:
        for at, node in enumerate(nodes):
            self.node(node, _first(nodes[at + 1 :], follow), repeated=repeated)

    def node(self, node: Node, follow: int, *, repeated: bool) -> None:
        if node.kind == "repeat":
            self.repeat(node, follow, repeated=repeated)
        elif node.kind == "branch":
            self.branch(node, follow, repeated=repeated)
        elif node.kind == "look":
            if any(map(_endless, node.parts[0])):
                raise ValueError(f"'{self.text}': a look-ahead has no quantifier without end.")
            self.sequence(node.parts[0], ALL, repeated=repeated)
        elif node.kind == "group":
            self.sequence(node.parts[0], follow, repeated=repeated)

    def repeat(self, node: Node, follow: int, *, repeated: bool) -> None:
        [inner] = node.parts
        again = node.most is None or node.most > 1
        begins = _first(inner, 0)
        if node.most is None and _may_be_empty(inner):
            raise ValueError(f"'{self.text}': what a quantifier repeats without end may be empty.")
        if node.lazy and (repeated or (node.most is None and not node.of_one)):
            raise ValueError(f"'{self.text}': a lazy quantifier lies in no other one and repeats one character.")
        if node.least != node.most and begins & follow:
            self.choice(node, repeated=repeated)
        elif not node.lazy:
            self.decided.add(id(node))
        self.sequence(inner, follow | (begins if again else 0), repeated=repeated or again)

    def choice(self, node: Node, *, repeated: bool) -> None:
        if repeated:
            raise ValueError(f"'{self.text}' could take time without end on some texts: a quantifier lies in another one, "
                             f"and where it ends is not decided by the next character.")  # fmt: skip
        if not node.of_one and (node.most is None or node.most > MOST_GROUPS):
            raise ValueError(f"'{self.text}' could take very long on some texts: where a quantifier of several characters "
                             f"ends is not decided by the next character. {HOW}")  # fmt: skip
        if node.most is None:
            self.undecided += 1
        else:
            self.ways *= node.most - node.least + 1

    def branch(self, node: Node, follow: int, *, repeated: bool) -> None:
        seen = 0
        if repeated and any(map(_may_be_empty, node.parts[:-1])):
            raise ValueError(f"'{self.text}': in a quantifier, an alternative that may be empty stands last.")
        for part in node.parts:
            begins = _first(part, follow)
            if seen & begins:
                if repeated:
                    raise ValueError(f"'{self.text}' could take time without end on some texts: alternatives that begin "
                                     f"alike lie in a quantifier.")  # fmt: skip
                self.ways *= len(node.parts)
            seen |= begins
            self.sequence(part, follow, repeated=repeated)


def _first(nodes: list[Node], follow: int) -> int:
    """Characters with which a sequence can begin, as bits; those of `follow` where it may be empty.

    At the end of the text nothing begins, and after the end of the whole pattern nothing can fail: both are no character.
    """
    found = 0
    for node in nodes:
        found |= _begins(node)
        if node.kind == "at" and node.sign.startswith("end"):
            return found
        if not _passes(node):
            return found
    return found | follow


def _begins(node: Node) -> int:
    if node.kind == "set":
        return _characters(node)
    if node.kind == "at":
        return ALL if node.sign.endswith("boundary") else 0
    if node.sign in ("!", "<!", "<="):
        return ALL  # the next character alone says nothing
    found = 0
    for part in node.parts:
        found |= _first(part, 0)
    return found


def _passes(node: Node) -> bool:
    """Whether what stands behind a node may meet the same next character."""
    if node.kind == "set":
        return False
    if node.kind == "at" or node.sign in ("!", "<!", "<="):
        return True
    return (node.kind == "repeat" and node.least == 0) or any(map(_may_pass, node.parts))


def _may_pass(nodes: list[Node]) -> bool:
    for node in nodes:
        if node.kind == "at" and node.sign.startswith("end"):
            return False
        if not _passes(node):
            return False
    return True


def _may_be_empty(nodes: list[Node]) -> bool:
    return all(_empty(node) for node in nodes)


def _empty(node: Node) -> bool:
    if node.kind in ("at", "look"):
        return True
    if node.kind == "repeat" and node.least == 0:
        return True
    return node.kind != "set" and any(map(_may_be_empty, node.parts))


def _endless(node: Node) -> bool:
    return (node.kind == "repeat" and node.most is None) or any(_endless(one) for part in node.parts for one in part)


def _anchored(nodes: list[Node]) -> bool:
    """Whether a match begins at the start of the text only."""
    if not nodes:
        return False
    first = nodes[0]
    if first.kind == "at":
        return first.sign == "start"
    return first.kind in ("group", "branch") and all(map(_anchored, first.parts))


def _characters(node: Node) -> int:
    found = 0
    for kind, value in node.members:
        low, high = (value, value) if kind == "character" else value if kind == "range" else (0, -1)
        if kind == "category":
            found |= _CATEGORIES[value]
        for code in range(low, min(high, OTHER - 1) + 1):
            found |= _both_cases(code)
        found |= 1 << OTHER if high >= OTHER else 0
    if not node.negated:
        return found
    # A character is left out where the set has it in this very case; beyond ASCII some other one always remains.
    exact = sum(1 << code for code in range(OTHER) if _has(node, code))
    return (ALL & ~exact) | 1 << OTHER


def _both_cases(code: int) -> int:
    letter = chr(code)
    return 1 << ord(letter.lower()) | 1 << ord(letter.upper()) if letter.isalpha() else 1 << code


def _has(node: Node, code: int) -> bool:
    return any(
        value == code if kind == "character" else value[0] <= code <= value[1] if kind == "range" else bool(_CATEGORIES[value] >> code & 1)
        for kind, value in node.members
    )


def _bits(test: str) -> int:
    return sum(1 << ord(one) for one in test)


_DIGITS = _bits("0123456789")
_WORD = _DIGITS | _bits("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_SPACE = _bits(" \t\n\r\f\v")
_CATEGORIES = {
    "d": _DIGITS, "D": ALL & ~_DIGITS, "w": _WORD, "W": ALL & ~_WORD, "s": _SPACE, "S": ALL & ~_SPACE,
}  # fmt: skip
