"""Case when as a column."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_, or_

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.journeys.derived.reading import Reading
from cja_spark.journeys.derived.value import Value, alike
from cja_spark.spec import Spec
from cja_spark.view.calendar import instant_ms
from cja_spark.view.derived.case_when import CaseWhen
from cja_spark.view.derived.conditions import NEGATED, AllOf, AnyOf, Comparison, Exclude
from cja_spark.view.ranges import Between

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def case_when(spec: CaseWhen, reading: Reading) -> Value:
    """The value of the first case that holds.

    Raises:
        InputError: the values are not of one type; an input cannot be compared so.
    """
    values = _values(spec, reading)
    held = [holds(case.when, reading) for case in spec.cases]
    found = F.when(held[0], values[0].column)
    for holds_here, value in zip(held[1:], values[1 : len(held)], strict=True):
        found = found.when(holds_here, value.column)
    return Value(found.otherwise(values[-1].column) if spec.otherwise else found, values[0].kind)


def _values(spec: CaseWhen, reading: Reading) -> list[Value]:
    if spec.gives() == "text":
        return [Value(reading.text(one), T.StringType()) for one in spec.results()]
    if spec.gives() == "number":
        return [Value(reading.number(one), T.DoubleType()) for one in spec.results()]
    return alike([reading.value(one) for one in spec.results()], reading.where)


def holds(test: Spec, reading: Reading) -> Column:
    """Whether a condition holds: true or false, never null."""
    if isinstance(test, AllOf):
        return reduce(and_, (holds(part, reading) for part in test.all))
    if isinstance(test, AnyOf):
        return reduce(or_, (holds(part, reading) for part in test.any))
    if isinstance(test, Exclude):
        return ~holds(test.exclude, reading)
    assert isinstance(test, Comparison)
    return reduce(and_, (_compared(test, name, reading) for name in test.asked()))


def _compared(test: Comparison, name: str, reading: Reading) -> Column:
    asked = getattr(test, name)
    if name == "exists":
        there = reading.text(test.input).isNotNull()
        return there if asked else ~there
    met = F.coalesce(_met(test, NEGATED.get(name, name), asked, reading), F.lit(False))
    return ~met if name in NEGATED else met


def _met(test: Comparison, name: str, asked: object, reading: Reading) -> Column:
    if isinstance(asked, datetime):
        return _ordered(name, reading.instant(test.input), F.timestamp_micros(F.lit((asked - _EPOCH) // timedelta(microseconds=1))))
    if isinstance(asked, date) and name != "equals":
        return _ordered(name, reading.instant(test.input), _first(asked, reading))
    if isinstance(asked, date | Between):
        days = (asked.from_, asked.to) if isinstance(asked, Between) else (asked, asked)
        found = reading.instant(test.input)
        return (found >= _first(days[0], reading)) & (found < _first(days[1] + timedelta(days=1), reading))
    if isinstance(asked, float):
        return _ordered(name, reading.number(test.input), F.lit(asked))
    text = reading.text(test.input)
    if isinstance(asked, tuple):
        joined = and_ if name == "contains_all_of" else or_
        return reduce(joined, (_text(name.split("_a")[0], text, one) for one in asked))
    return _text(name, text, str(asked))


def _first(day: date, reading: Reading) -> Column:
    """The first instant of a day in the view's zone."""
    return F.timestamp_millis(F.lit(instant_ms(day, reading.zone)))


def _ordered(name: str, found: Column, edge: Column) -> Column:
    compare = {
        "equals": found == edge, "at_least": found >= edge, "at_most": found <= edge, "more_than": found > edge,
        "less_than": found < edge,
    }  # fmt: skip
    return compare[name]


def _text(name: str, text: Column, asked: str) -> Column:
    if name == "equals":
        return text == F.lit(asked)
    return {"contains": F.contains, "starts_with": F.startswith, "ends_with": F.endswith}[name](text, F.lit(asked))
