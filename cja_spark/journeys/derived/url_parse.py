"""URL parse as a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.url_parse import UrlParse

URL = r"\A(?:([A-Za-z][A-Za-z0-9+.\-]*+)://([^/?#]*+))?([^?#]*+)(?:\?([^#]*+))?(?:#([\s\S]*+))?\z"
SCHEME, AUTHORITY, PATH, QUERY, HASH = range(1, 6)
HOST = r"\A(?:[^@]*+@)?(\[[^\]]*+\]|[^:]*+)"
GROUPS = {"path": PATH, "hash": HASH, "protocol": SCHEME, "host": AUTHORITY, "query": QUERY}


def url_parse(spec: UrlParse, reading: Reading) -> Value:
    """One part of a URL."""
    part = F.regexp_extract(reading.text(spec.input), URL, GROUPS[spec.part])
    return Value(_PARTS[spec.part](part, spec), T.StringType())


def _protocol(scheme: Column, spec: UrlParse) -> Column:
    return F.when(scheme != "", F.concat(scheme, F.lit("://")))


def _host(authority: Column, spec: UrlParse) -> Column:
    return F.regexp_extract(authority, HOST, 1)


def _path(path: Column, spec: UrlParse) -> Column:
    return F.regexp_extract(path, r"\A/?([\s\S]*+)", 1)


def _parameter(query: Column, spec: UrlParse) -> Column:
    return F.regexp_extract(query, rf"(?:\A|&){quoted(spec.parameter or '')}=([^&]*+)", 1)


def quoted(text: str) -> str:
    """Text as a regular expression of Java that matches just it."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: rf"\x{{{ord(found[0]):x}}}", text)


def _whole(part: Column, spec: UrlParse) -> Column:
    return part


_PARTS: Mapping[str, Callable[[Column, UrlParse], Column]] = {
    "protocol": _protocol, "host": _host, "path": _path, "query": _parameter, "hash": _whole,
}  # fmt: skip
