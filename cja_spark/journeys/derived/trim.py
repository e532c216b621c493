"""Trim as a column."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value
from cja_spark.view.derived.trim import Cut, Trim

WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
END = (1 << 31) - 1


def trim(spec: Trim, reading: Reading) -> Value:
    """Text without what stands at its ends."""
    text = reading.text(spec.input)
    if spec.cut is None:
        return Value(F.btrim(text, F.lit(spec.characters or WHITE_SPACE)), T.StringType())
    return Value((_left if spec.cut.side == "left" else _right)(text, spec.cut), T.StringType())


def _left(text: Column, cut: Cut) -> Column:
    if cut.text is None:
        return F.substring(text, (cut.position or cut.length or 0) + 1, END)
    at = F.instr(text, cut.text)
    return F.when(at > 0, F.substring(text, at + len(cut.text), END)).otherwise(text)


def _right(text: Column, cut: Cut) -> Column:
    length = F.char_length(text)
    if cut.position is not None:
        return F.substring(text, 1, cut.position - 1)
    if cut.length is not None:
        return F.substring(text, 1, F.greatest(length - cut.length, F.lit(0)))
    assert cut.text is not None
    after = F.char_length(F.substring_index(text, cut.text, -1))
    return F.when(F.contains(text, F.lit(cut.text)), F.substring(text, 1, length - after - len(cut.text))).otherwise(text)
