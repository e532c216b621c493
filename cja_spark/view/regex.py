"""Regular expressions of value settings, in the dialect of RE2: their time is linear in the text, whatever the pattern."""

from __future__ import annotations

import re
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import Spec

LONGEST = 1000  # characters of a pattern
_MARKS = re.compile(r"\$(\d|.|$)", re.DOTALL)
_WORD_EDGE = re.compile(r"(?<!\\)(?:\\\\)*(\\[<>])")
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!", "(?>")
MOST_GROUPS = 7  # RE2 writes nine groups; two are the text before the match, and the match


class Regex(Spec):
    r"""The first match of a pattern, or what `output` makes of it; a text without a match has no value.

    The dialect is RE2's: the usual syntax without look-around, backreferences and possessive quantifiers, so that no
    pattern can take more than linear time. In `output`, ``$&`` is the match, ``$1`` to ``$7`` are its groups, ``$+`` the
    last one, ``$``` the text before the match, ``$$`` a dollar.

    Attributes:
        pattern: the expression.
        output: what is made of the match.
        case_sensitive: whether case counts.
    """

    pattern: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    output: str = "$&"
    case_sensitive: bool = True

    @model_validator(mode="after")
    def _compiles(self) -> Regex:
        _refuse_other_dialects(self.pattern)
        try:
            pc.match_substring_regex(pa.array([""]), self._flagged())
        except pa.ArrowInvalid as error:
            raise ValueError(_said(self.pattern, str(error))) from None
        try:
            self.of(pa.array([""]))
        except pa.ArrowInvalid:
            count = self.groups()
            raise ValueError(f"output: '{self.output}' names a group that the pattern does not have; it has {count}.") from None
        return self

    def _flagged(self) -> str:
        return self.pattern if self.case_sensitive else f"(?i){self.pattern}"

    def groups(self) -> int:
        """How many groups the pattern has, as far as an output can name them."""
        for number in range(1, 10):
            try:
                pc.replace_substring_regex(pa.array([""]), self.pattern, f"\\{number}")
            except pa.ArrowInvalid:
                return number - 1
        return 9

    def of(self, texts: pa.Array) -> pa.Array:
        """What each text gives, null where it does not match."""
        whole = rf"(?s:\A(.*?))({self._flagged()})(?s:.*\z)"
        found = pc.replace_substring_regex(texts, whole, self._rewrite())
        return pc.if_else(pc.match_substring_regex(texts, self._flagged()), found, None)

    def _rewrite(self) -> str:
        """The output as RE2 writes it: group 1 is the text before the match, 2 the match, 3 the pattern's first group."""
        parts, done = [], 0
        for mark in _MARKS.finditer(self.output):
            parts += [self.output[done : mark.start()].replace("\\", "\\\\"), self._placed(mark[1])]
            done = mark.end()
        return "".join((*parts, self.output[done:].replace("\\", "\\\\")))

    def _placed(self, mark: str) -> str:
        if mark == "$":
            return "$"
        if mark == "+":
            mark = str(self.groups())
        if mark.isdigit() and 1 <= int(mark) <= MOST_GROUPS:
            return f"\\{int(mark) + 2}"
        known = {"&": "\\2", "`": "\\1"}
        if mark not in known:
            raise ValueError(f"output: '${mark}' stands for nothing; known: $&, $1 to ${MOST_GROUPS}, $+, $`, $$.")
        return known[mark]


def _refuse_other_dialects(pattern: str) -> None:
    edge = _WORD_EDGE.search(pattern)
    if edge:
        raise ValueError(f"pattern: '{edge[1]}' at character {edge.start(1) + 1} is not in the dialect (RE2); write \\b.")


def _said(pattern: str, error: str) -> str:
    """RE2's reason, and where in the pattern the part stands that it complains of."""
    reason, _, part = error.removeprefix("Invalid regular expression: ").partition(": ")
    at = pattern.find(part) + 1 if part and part in pattern else 0
    where = f" at character {at}" if at else ""
    hint = " RE2 has no look-around; it would not be linear in time." if part.startswith(_LOOKS) else ""
    return f"pattern: {reason}{f': {part}' if part else ''}{where}.{hint}"


def _written(value: object) -> object:
    return {"pattern": value} if isinstance(value, str) else value


AnyRegex = Annotated[Regex, BeforeValidator(_written, json_schema_input_type=str | Regex)]
