"""Regex replace: what a regular expression finds, written in another way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import field_validator, model_validator

from cja_spark.view.derived.function import Function
from cja_spark.view.derived.input import AnyInput, Input, Kind
from cja_spark.view.derived.pattern import read

PIECES = re.compile(r"\$(\$|&|`|\+|\d{1,2})|([^$]+)|(\$)")


class RegexReplace(Function):
    """The first match of `pattern`, written as `replace` says; no value where nothing matches.

    In `replace`: ``$&`` is the match, ``$1`` what its first group matched (of a pattern without groups the match), ``$+``
    its last group, ``$``` what stands before it, ``$$`` a dollar.

    Attributes:
        pattern: the expression.
        replace: what is made of the match.
        case_sensitive: whether case counts.
    """

    most: ClassVar[int] = 1

    function: Literal["regex_replace"]
    input: AnyInput
    pattern: str
    replace: str
    case_sensitive: bool = True

    @field_validator("pattern")
    @classmethod
    def _safe(cls, text: str) -> str:
        read(text)
        return text

    @model_validator(mode="after")
    def _groups_are_there(self) -> RegexReplace:
        groups = read(self.pattern).groups
        for kind, text in self.pieces():
            if kind == "lost":
                raise ValueError("replace: '$' stands before &, `, +, a number or another $; a dollar is $$.")
            if kind == "group" and not 1 <= int(text) <= max(groups, 1):
                raise ValueError(f"replace: there is no group ${text}; the pattern has {groups}.")
        return self

    def pieces(self) -> list[tuple[str, str]]:
        """What `replace` is made of: text, match, group with its number, before, lost."""
        found = []
        for sign, text, lost in PIECES.findall(self.replace):
            if lost:
                found.append(("lost", "$"))
            elif text or sign == "$":
                found.append(("text", text or "$"))
            elif sign == "+":
                found.append(("group", str(max(read(self.pattern).groups, 1))))
            else:
                found.append({"&": ("match", ""), "`": ("before", "")}.get(sign, ("group", sign)))
        return found

    def takes(self) -> Sequence[tuple[Input, Kind]]:
        """Text."""
        return ((self.input, "text"),)
