"""Expressions over the items of arrays: one value per innermost item, from fields at any level above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError
from cja_spark.journeys.derived.value import Value
from cja_spark.journeys.fields import leaf
from cja_spark.sources.names import storable_name
from cja_spark.view.arrays import arrays_in

Reach = Callable[[str], Value]


def over_items(
    arrays: Sequence[str], schema: T.StructType, where: str, make: Callable[[Reach, tuple[Column, ...]], Column]
) -> Column:
    """What `make` gives for each item of the innermost array, in lists like the arrays'; for the event without arrays.

    Args:
        arrays: arrays that lie in one another, outermost first.
        schema: of events.
        where: the derived field, for messages.
        make: a column from the values at paths, those of fields above an item are the same for all below, and from the
            item's places in its arrays, from 0.

    Raises:
        MissingColumnError: events have no such path; it names the nearest.
        InputError: a path leads to no single value.
    """

    def level(items: tuple[Column, ...], places: tuple[Column, ...]) -> Column:
        if len(items) == len(arrays):
            return make(lambda path: value_at(path, schema, where, items), places)
        array = _reached(arrays[len(items)], items, schema, where)
        return F.transform(array, lambda item, place: level((*items, item), (*places, place)))

    return level((), ())


def value_at(path: str, schema: T.StructType, where: str, items: tuple[Column, ...] = ()) -> Value:
    """The value at a path, of the items that it lies in.

    Raises:
        MissingColumnError: events have no such path; it names the nearest.
        InputError: it leads to no single value.
    """
    path = storable_name(path)
    kind, _ = leaf(path, schema, where)
    if isinstance(kind, T.ArrayType | T.StructType | T.MapType):
        raise InputError(f"{where}: '{path}' is {kind.simpleString()}, not one value.")
    return Value(_reached(path, items, schema, where), kind)


def _reached(path: str, items: tuple[Column, ...], schema: T.StructType, where: str) -> Column:
    """A field, from the innermost of the items that it lies in."""
    depth = len(arrays_in(path))
    if depth == 0:
        return F.col(leaf(path, schema, where)[1])
    column = items[depth - 1]
    for name in path.split("[]")[-1].split("."):
        column = column.getField(name) if name else column
    return column
