"""Regex replace as a column."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.pattern import LONGEST_TEXT, read
from cja_spark.view.derived.regex_replace import RegexReplace


def regex_replace(spec: RegexReplace, reading: Reading) -> Value:
    """The first match, written in another way; nothing where there is none, or the text is longer than 10,000."""
    given = reading.text(spec.input)
    text = F.when(F.char_length(given) <= LONGEST_TEXT, given)
    pattern = read(spec.pattern)
    flags = "" if spec.case_sensitive else "(?i)"
    java = f"{flags}{pattern.java}"

    def written(kind: str, part: str) -> Column:
        if kind == "text":
            return F.lit(part)
        if kind == "before":
            return F.regexp_extract(text, rf"{flags}\A([\s\S]*?){pattern.java}", 1)
        return F.regexp_extract(text, java, int(part) if kind == "group" and pattern.groups else 0)

    parts = [written(kind, part) for kind, part in spec.pieces()]
    return Value(F.when(text.rlike(java), F.concat(F.lit(""), *parts)), T.StringType())
