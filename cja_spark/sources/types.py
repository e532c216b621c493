"""One column per schema path: types of several datasets or files widened to one, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import TypeConflictError

_WHOLE = (T.ByteType, T.ShortType, T.IntegerType, T.LongType)


def settled(kind: T.DataType) -> T.DataType:
    """The type that a column is stored with: whole numbers as bigint, floats as double, nothing-but-null as text.

    So that a later load with larger numbers never meets a narrower column.
    """
    if isinstance(kind, _WHOLE):
        return T.LongType()
    if isinstance(kind, T.FloatType):
        return T.DoubleType()
    if isinstance(kind, T.NullType):
        return T.StringType()
    if isinstance(kind, T.TimestampNTZType):
        return T.TimestampType()
    return _inside(kind, settled)


def with_doubles(kind: T.DataType) -> T.DataType:
    """A settled type, its whole numbers as doubles: another load may have found fractions in the column."""
    if isinstance(kind, T.LongType):
        return T.DoubleType()
    return _inside(kind, with_doubles)


def _inside(kind: T.DataType, changed: Callable[[T.DataType], T.DataType]) -> T.DataType:
    """A type, what is in it changed; keys of maps are text."""
    if isinstance(kind, T.StructType):
        return T.StructType([T.StructField(field.name, changed(field.dataType)) for field in kind.fields])
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(changed(kind.elementType))
    if isinstance(kind, T.MapType):
        return T.MapType(T.StringType(), changed(kind.valueType))
    return kind


class Parties(Protocol):
    """Two whose columns meet, and what is wrong where no type can be both."""

    @property
    def second(self) -> str:
        """The dataset whose columns come to those that are there."""
        ...

    def conflict(self, path: str, one: T.DataType, other: T.DataType) -> TypeConflictError:
        """What is wrong at a path."""
        ...


@dataclass(frozen=True)
class Sides:
    """Whose columns meet: those of a dataset with another's, or with its own of earlier loads when `first` is None."""

    first: str | None
    second: str

    def conflict(self, path: str, one: T.DataType, other: T.DataType) -> TypeConflictError:
        """What is wrong where no type can be both."""
        types = one.simpleString(), other.simpleString()
        if self.first is None:
            return TypeConflictError.since(self.second, path, *types)
        return TypeConflictError.at(path, self.first, types[0], self.second, types[1])


def merged(one: T.DataType, other: T.DataType, sides: Parties, path: str = "") -> T.DataType:
    """The type of a path that two sides share; both are settled.

    Raises:
        TypeConflictError: there is none; `sides` names both.
    """
    if one == other:
        return one
    if isinstance(one, T.StructType) and isinstance(other, T.StructType):
        return merged_structs(one, other, sides, path)
    if isinstance(one, T.ArrayType) and isinstance(other, T.ArrayType):
        return T.ArrayType(merged(one.elementType, other.elementType, sides, f"{path}[]"))
    if isinstance(one, T.MapType) and isinstance(other, T.MapType):
        return T.MapType(T.StringType(), merged(one.valueType, other.valueType, sides, f"{path}{{}}"))
    if {type(one), type(other)} == {T.LongType, T.DoubleType}:
        return T.DoubleType()
    raise sides.conflict(path, one, other)


def merged_structs(one: T.StructType, other: T.StructType, sides: Parties, path: str = "") -> T.StructType:
    """The fields of both structs, each in the type that both can have.

    Raises:
        TypeConflictError: a field has none, `sides` names both; or two fields differ only in case, and Delta
            would take one for the other.
    """
    fields = {field.name: field.dataType for field in one.fields}
    spelled = {name.lower(): name for name in fields}
    for field in other.fields:
        at = f"{path}.{field.name}" if path else field.name
        if (twin := spelled.setdefault(field.name.lower(), field.name)) != field.name:
            raise TypeConflictError.twins(sides.second, at, f"{path}.{twin}" if path else twin)
        known = fields.get(field.name)
        fields[field.name] = field.dataType if known is None else merged(known, field.dataType, sides, at)
    return T.StructType([T.StructField(name, kind) for name, kind in fields.items()])


def widened(before: T.DataType, now: T.DataType) -> bool:
    """Whether something that both have, at any depth, has another type now; what is new is not."""
    if isinstance(before, T.StructType) and isinstance(now, T.StructType):
        kinds = {field.name: field.dataType for field in now.fields}
        return any(widened(field.dataType, kinds[field.name]) for field in before.fields if field.name in kinds)
    if isinstance(before, T.ArrayType) and isinstance(now, T.ArrayType):
        return widened(before.elementType, now.elementType)
    if isinstance(before, T.MapType) and isinstance(now, T.MapType):
        return widened(before.valueType, now.valueType)
    return before.simpleString() != now.simpleString()


def shaped(column: Column, kind: T.DataType, target: T.DataType) -> Column:
    """A column in the shape of its merged type: fields it lacks are null, numbers are widened."""
    if kind == target:
        return column
    if isinstance(kind, T.StructType) and isinstance(target, T.StructType):
        own = {field.name: field.dataType for field in kind.fields}
        parts = [
            shaped(column.getField(field.name), own[field.name], field.dataType).alias(field.name)
            if field.name in own
            else F.lit(None).cast(field.dataType).alias(field.name)
            for field in target.fields
        ]
        return F.when(column.isNotNull(), F.struct(*parts))
    if isinstance(kind, T.ArrayType) and isinstance(target, T.ArrayType):
        inner, wanted = kind.elementType, target.elementType
        return F.transform(column, lambda item: shaped(item, inner, wanted))
    return column.cast(target)


def as_stored(column: Column, kind: T.DataType) -> Column:
    """A column in its settled type; a date or time before 1900 is null, at any depth.

    One walk from the column itself: shaping first and looking for times in the result would write the whole
    expression into each of its leaves.

    Source:  CJA, connections, date sanity.
    """
    target = settled(kind)
    if kind == target and not _has_times(target):
        return column
    if isinstance(kind, T.StructType):
        parts = [as_stored(column.getField(field.name), field.dataType).alias(field.name) for field in kind.fields]
        return F.when(column.isNotNull(), F.struct(*parts))
    if isinstance(kind, T.ArrayType):
        item = kind.elementType
        return F.transform(column, lambda value: as_stored(value, item))
    stored = shaped(column, kind, target)
    if isinstance(target, T.MapType) and _has_times(target):
        inner = target.valueType
        return F.transform_values(stored, lambda _, value: as_stored(value, inner))
    if isinstance(target, T.DateType | T.TimestampType):
        return F.when(stored >= F.lit("1900-01-01").cast(target), stored)
    return stored


def _has_times(kind: T.DataType) -> bool:
    if isinstance(kind, T.StructType):
        return any(_has_times(field.dataType) for field in kind.fields)
    if isinstance(kind, T.ArrayType):
        return _has_times(kind.elementType)
    return isinstance(kind, T.DateType | T.TimestampType) or (isinstance(kind, T.MapType) and _has_times(kind.valueType))
