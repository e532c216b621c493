"""Substring: a dimension shows a part of its texts, cut out by one of six methods."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, model_validator

from cja_spark.errors import guess
from cja_spark.spec import Spec
from cja_spark.view.cut import Delimiter, FromLeft, FromRight, matched
from cja_spark.view.regex import AnyRegex

PARTS = ("protocol", "host", "path", "hash")
METHODS = ("from_left", "from_right", "delimiter", "url", "trim", "regex")
WHITE_SPACE = "".join(one for one in map(chr, range(sys.maxunicode + 1)) if one.isspace())
_PROTOCOL = r"[A-Za-z][A-Za-z0-9+.-]*://"
_URL = {
    "protocol": rf"\A(?P<part>{_PROTOCOL})",
    "host": rf"\A{_PROTOCOL}(?:[^/?#]*@)?(?P<part>\[[^\]/?#]*\]|[^/?#:]*)(?::[0-9]*)?(?:[/?#]|\z)",
    "path": rf"(?s)\A{_PROTOCOL}[^/?#]*/(?P<part>[^?#]*)",
    "hash": rf"(?s)\A{_PROTOCOL}[^#]*#(?P<part>.*)\z",
}


class Query(Spec):
    """The value of one key of a URL's query.

    Attributes:
        query: the key.
    """

    query: Annotated[str, Field(min_length=1)]


class Trim(Spec):
    """Without white space, and without some more characters, at both ends.

    Attributes:
        whitespace: whether white space goes.
        characters: more characters that go.
    """

    whitespace: bool = True
    characters: str = ""

    @model_validator(mode="after")
    def _something(self) -> Trim:
        if not (self.whitespace or self.characters):
            raise ValueError("trim: whitespace, or some characters.")
        return self

    def of(self, texts: pa.Array) -> pa.Array:
        """The texts, trimmed."""
        return pc.utf8_trim(texts, (WHITE_SPACE if self.whitespace else "") + self.characters)


def _part(value: object) -> object:
    if isinstance(value, str) and value not in PARTS:
        near = guess(value, PARTS)
        raise ValueError(f"'{value}' is no part of a URL. Write {', '.join(PARTS)} or {{query: KEY}}. {near}".rstrip())
    return value


Url = Annotated[
    Literal["protocol", "host", "path", "hash"] | Query,
    BeforeValidator(_part, json_schema_input_type=Literal["protocol", "host", "path", "hash"] | Query),
]


class Substring(Spec):
    """One method by name. What it does not find in a text leaves the event without a value.

    Attributes:
        from_left: between two edges, counted from the left.
        from_right: between two edges, counted from the right.
        delimiter: one of the parts between delimiters, or all of them.
        url: a part of a URL.
        trim: without what stands at both ends.
        regex: what a regular expression finds.
    """

    from_left: FromLeft | None = None
    from_right: FromRight | None = None
    delimiter: Delimiter | None = None
    url: Url | None = None
    trim: Trim | None = None
    regex: AnyRegex | None = None

    @model_validator(mode="after")
    def _one_method(self) -> Substring:
        if sum(getattr(self, name) is not None for name in METHODS) != 1:
            raise ValueError(f"substring has one of {', '.join(METHODS)}.")
        return self

    @property
    def gives_list(self) -> bool:
        """Whether it makes several values of one."""
        return self.delimiter is not None and bool(self.delimiter.array)

    def of(self, texts: pa.Array) -> pa.Array:
        """The part of each text, null where there is none."""
        if self.url is not None:
            return _of_url(texts, self.url)
        method = self.from_left or self.from_right or self.delimiter or self.trim or self.regex
        assert method is not None
        return method.of(texts)


def _of_url(texts: pa.Array, part: str | Query) -> pa.Array:
    if isinstance(part, str):
        return matched(texts, _URL[part])
    key = re.escape(part.query)
    return matched(texts, rf"(?s)\A{_PROTOCOL}[^?#]*\?(?:[^#&]*&)*?{key}=(?P<part>[^&#]*)")


