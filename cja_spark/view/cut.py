"""A part of a text between two edges, counted from the left or from the right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.spec import Spec

MOST_MATCHES = 100
MOST_PARTS = 10
Count = Annotated[int, Field(ge=0, le=10_000)]


class Edge(Spec):
    """Where a part begins: behind so many characters, or at the `index`-th occurrence of a text.

    Attributes:
        position: after so many characters.
        match: at this text.
        index: which of several matches, counted from 1.
        include: whether the match is in the part.
    """

    position: Count | None = None
    match: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    index: int = Field(default=1, ge=1, le=MOST_MATCHES)
    include: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Edge:
        places = [name for name in ("position", "match", "length") if getattr(self, name, None) is not None]
        if len(places) != 1:
            known = "position, match or length" if isinstance(self, LastEdge) else "position or match"
            raise ValueError(f"an edge is one of {known}.")
        if places != ["match"] and {"index", "include"} & self.model_fields_set:
            raise ValueError("index and include belong to match.")
        return self


class LastEdge(Edge):
    """Where a part ends: those, or so many characters (`length`) after its beginning.

    Attributes:
        length: so many characters after the beginning.
    """

    length: Annotated[int, Field(ge=1, le=10_000)] | None = None


def _edge(word: str) -> BeforeValidator:
    def read(value: object) -> object:
        if value == word:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return {"position": value}
        if value is None or isinstance(value, Mapping | Edge):
            return value
        raise ValueError(f"'{value}' is no edge. Write {word}, a number of characters, or {{match: \"/\"}}.")

    return BeforeValidator(read, json_schema_input_type=str | int | LastEdge)


class FromLeft(Spec):
    """What stands from one edge to another, both counted from the left.

    Attributes:
        from: where the part begins: `start`, after so many characters, or at a match.
        to: where it ends: `end`, after so many characters, or at a match.
    """

    from_: Annotated[Edge | None, _edge("start")] = Field(default=None, alias="from")
    to: Annotated[LastEdge | None, _edge("end")] = None

    def of(self, texts: pa.Array) -> pa.Array:
        """The part of each text; null where an edge is not there."""
        return _between(texts, self.from_, self.to)


class FromRight(Spec):
    """What stands from one edge to another, both counted from the right: `from: end, to: 4` are the last four characters.

    Attributes:
        from: where the part begins: `end`, before so many characters, or at a match.
        to: where it ends: `start`, before so many characters, or at a match.
    """

    from_: Annotated[Edge | None, _edge("end")] = Field(default=None, alias="from")
    to: Annotated[LastEdge | None, _edge("start")] = None

    def of(self, texts: pa.Array) -> pa.Array:
        """The part of each text; null where an edge is not there."""
        return pc.utf8_reverse(_between(pc.utf8_reverse(texts), _mirrored(self.from_), _mirrored(self.to)))


class Delimiter(Spec):
    """The `index`-th of the parts that a delimiter separates, counted `from` the left or the right.

    With `array: true` the first ten parts are each a value; a part that is blank is none.

    Attributes:
        by: the delimiter.
        index: which part, counted from 1.
        from: the end that is counted from.
        array: all parts as values instead, ten at most.
    """

    by: Annotated[str, Field(min_length=1, max_length=100)]
    index: int = Field(default=1, ge=1, le=MOST_MATCHES)
    from_: Annotated[str, Field(pattern="^(left|right)$")] = Field(default="left", alias="from")
    array: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Delimiter:
        if self.array and {"index", "from_"} & self.model_fields_set:
            raise ValueError("array takes all parts; leave index and from out.")
        return self

    def parts(self, texts: pa.Array) -> pa.Array:
        """The first parts of each text, as lists; null of what is null."""
        return pc.list_slice(pc.split_pattern(texts, self.by), 0, MOST_PARTS)

    def of(self, texts: pa.Array) -> pa.Array:
        """The part of each text; null where there are fewer."""
        if self.from_ == "left":
            return _nth_part(texts, self.by, self.index)
        return pc.utf8_reverse(_nth_part(pc.utf8_reverse(texts), self.by[::-1], self.index))


def matched(texts: pa.Array, pattern: str) -> pa.Array:
    """The group ``part`` of a pattern's first match, null without one."""
    return pc.struct_field(pc.extract_regex(texts, pattern), "part")


def _mirrored(edge: Edge | None) -> Edge | None:
    return edge if edge is None or edge.match is None else edge.model_copy(update={"match": edge.match[::-1]})


def _between(texts: pa.Array, first: Edge | None, last: Edge | LastEdge | None) -> pa.Array:
    """Cut the end off, then the beginning: what is left of a text begins as the text does."""
    length = getattr(last, "length", None)
    if last is not None and length is None:
        texts = _head(texts, last)
    if first is not None:
        texts = _tail(texts, first)
    return texts if length is None else pc.utf8_slice_codeunits(texts, 0, length)


def _head(texts: pa.Array, edge: Edge) -> pa.Array:
    """Texts up to an edge."""
    if edge.match is None:
        return pc.utf8_slice_codeunits(texts, 0, edge.position)
    part = re.escape(edge.match)
    if edge.include:
        return matched(texts, rf"(?s)\A(?P<part>(?:.*?{part}){{{edge.index}}})")
    return matched(texts, rf"(?s)\A(?P<part>(?:.*?{part}){{{edge.index - 1}}}.*?){part}")


def _tail(texts: pa.Array, edge: Edge) -> pa.Array:
    """Texts from an edge on."""
    if edge.match is None:
        return pc.utf8_slice_codeunits(texts, edge.position)
    part = re.escape(edge.match)
    if edge.include:
        return matched(texts, rf"(?s)\A(?:.*?{part}){{{edge.index - 1}}}.*?(?P<part>{part}.*)\z")
    return matched(texts, rf"(?s)\A(?:.*?{part}){{{edge.index}}}(?P<part>.*)\z")


def _nth_part(texts: pa.Array, by: str, index: int) -> pa.Array:
    part = re.escape(by)
    return matched(texts, rf"(?s)\A(?:.*?{part}){{{index - 1}}}(?P<part>.*?)(?:{part}|\z)")
