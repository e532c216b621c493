"""Values of derived fields: a column with its type, and the same as text, as a number, as an instant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError
from cja_spark.journeys.fields import text_of

NUMBER = r"\A\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\z"
DAY = r"\A\d{4}-\d{2}-\d{2}\z"
MOMENT = r"\A\d{4}-\d{2}-\d{2}[T ]"
EXACT = 1e15  # whole numbers below it have no fraction that a double lost


class Value(NamedTuple):
    """One value per event, or per item of an array.

    Attributes:
        column: the values.
        kind: their type.
        clean: whether they are of a function, whose blank text is not set already.
    """

    column: Column
    kind: T.DataType
    clean: bool = False


def text(value: Value) -> Column:
    """As text; what is blank or no finite number is not set (O8), and a whole number has no fraction."""
    column, kind, clean = value
    if isinstance(kind, T.FractionalType) and not isinstance(kind, T.DecimalType):
        whole = (column % 1 == 0) & (F.abs(column) < EXACT)
        column = F.when(whole, column.try_cast("bigint").cast("string")).when(F.abs(column) < F.lit(float("inf")), column.cast("string"))
    return column if clean and isinstance(kind, T.StringType) else text_of(column)


def number(value: Value, where: str) -> Column:
    """As a finite double; text that is no number is not set.

    Raises:
        InputError: dates and times are no numbers.
    """
    column, kind, _ = value
    if isinstance(kind, T.StringType):
        column = F.when(column.rlike(NUMBER), column.try_cast("double"))
    elif isinstance(kind, T.BooleanType):
        column = column.cast("int").cast("double")
    elif isinstance(kind, T.NumericType):
        column = column.cast("double")
    else:
        raise InputError(f"{where}: numbers are expected, and this is {kind.simpleString()}.")
    return finite(column)


def cleaned(column: Column, kind: T.DataType) -> Value:
    """What a function gave; blank text is not set, whichever it was (O8)."""
    return Value(text_of(column) if isinstance(kind, T.StringType) else column, kind, clean=True)


def finite(column: Column) -> Column:
    """A double that is neither infinite nor NaN; else it is not set."""
    return F.when(F.abs(column) < F.lit(float("inf")), column)


def instant(value: Value, zone: str, where: str) -> Column:
    """As an instant; a date is its first one in a zone, text without a zone is in UTC, and text that is no date not set.

    Raises:
        InputError: numbers are no dates.
    """
    column, kind, _ = value
    if isinstance(kind, T.TimestampType | T.TimestampNTZType):
        return column.cast("timestamp")
    if isinstance(kind, T.DateType):
        return _midnight(column, zone)
    if isinstance(kind, T.StringType):
        day = F.when(column.rlike(DAY), column.try_cast("date"))
        return F.coalesce(_midnight(day, zone), F.when(column.rlike(MOMENT), column.try_cast("timestamp")))
    raise InputError(f"{where}: dates or times are expected, and this is {kind.simpleString()}.")


def _midnight(day: Column, zone: str) -> Column:
    return F.to_utc_timestamp(day.cast("timestamp"), zone)


def alike(values: Sequence[Value], where: str) -> list[Value]:
    """Values as one type: text, whole numbers, doubles, dates or times.

    Raises:
        InputError: they are of several kinds.
    """
    kinds = {_family(value.kind) for value in values}
    if len(kinds) > 1:
        named = ", ".join(sorted({value.kind.simpleString() for value in values}))
        raise InputError(f"{where}: the fields are of one type, and these are {named}. Typecast some of them first.")
    if kinds == {"text"}:
        return [Value(text(value), T.StringType(), clean=True) for value in values]
    if all(isinstance(value.kind, T.IntegralType) for value in values):
        return [Value(value.column.cast("bigint"), T.LongType(), clean=True) for value in values]
    if kinds == {"number"}:
        return [Value(number(value, where), T.DoubleType()) for value in values]
    return list(values)


def _family(kind: T.DataType) -> str:
    if isinstance(kind, T.StringType | T.BooleanType):
        return "text"
    return "number" if isinstance(kind, T.NumericType) else kind.simpleString()
