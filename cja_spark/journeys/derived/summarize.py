"""All values of one event's array as one: a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.value import Value, instant, number, text
from cja_spark.view.derived.summarize import NUMBERS, Summarize


def item_of(value: Value, *, function: Summarize, zone: str, where: str) -> Column:
    """What a summary asks of one value: a number, a text, or an instant with its text; of the parts of a split, of each.

    Raises:
        InputError: numbers are asked of dates, or dates of numbers.
    """
    if isinstance(value.kind, T.ArrayType):
        inner = value.kind.elementType
        return F.transform(value.column, lambda part: item_of(Value(part, inner), function=function, zone=zone, where=where))
    if function.how in NUMBERS:
        return number(value, where)
    if function.how not in ("earliest", "latest"):
        return text(value)
    when = instant(value, zone, where)
    return F.when(when.isNotNull(), F.struct(when.alias("when"), text(value).alias("value")))


def in_one_list(column: Column, lists: int) -> Column:
    """Values that are set, of lists in `lists` lists, in one."""
    if lists == 0:
        column = F.array(column)
    for _ in range(lists - 1):
        column = F.flatten(F.filter(column, lambda one: one.isNotNull()))
    return F.filter(column, lambda one: one.isNotNull())


def summary(function: Summarize, values: Column) -> Value:
    """One value of a list of those that are set, nothing of an empty one, and a count of 0; or the different ones, in a list."""
    kind: T.DataType = T.DoubleType() if function.gives() == "number" else T.StringType()
    kind = T.ArrayType(kind) if function.gives_list else kind
    return Value(_SUMMARIES[function.how](values), kind)


def _sum(values: Column) -> Column:
    return F.when(F.size(values) > 0, F.aggregate(values, F.lit(0.0), lambda so_far, one: so_far + one))


def _median(values: Column) -> Column:
    ordered, count = F.array_sort(values), F.size(values)
    middle = [F.try_element_at(ordered, F.floor((count + more) / 2).cast("int")) for more in (1, 2)]
    return F.when(count > 0, (middle[0] + middle[1]) / 2)


def _common(values: Column, sign: int) -> Column:
    def counted(one: Column, at: Column) -> Column:
        count = F.size(F.filter(values, lambda other: other == one))
        return F.struct((sign * count).alias("count"), at.alias("at"), one.alias("value"))

    return F.array_min(F.transform(F.array_distinct(values), counted))["value"]


def _dated(values: Column, sign: int) -> Column:
    def placed(one: Column, at: Column) -> Column:
        return F.struct((sign * F.unix_micros(one["when"])).alias("when"), at.alias("at"), one["value"].alias("value"))

    return F.array_min(F.transform(values, placed))["value"]


def _count(values: Column) -> Column:
    return F.coalesce(F.size(values), F.lit(0)).cast("double")


_SUMMARIES: Mapping[str, Callable[[Column], Column]] = {
    "max": F.array_max,
    "min": F.array_min,
    "median": _median,
    "mean": lambda values: F.when(F.size(values) > 0, _sum(values) / F.size(values)),
    "sum": _sum,
    "count": _count,
    "count_distinct": lambda values: _count(F.array_distinct(values)),
    "distinct": F.array_distinct,
    "first": lambda values: F.try_element_at(values, F.lit(1)),
    "last": lambda values: F.try_element_at(values, F.lit(-1)),
    "most_common": lambda values: _common(values, -1),
    "least_common": lambda values: _common(values, 1),
    "earliest": lambda values: _dated(values, 1),
    "latest": lambda values: _dated(values, -1),
}
