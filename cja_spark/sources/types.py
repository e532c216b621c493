"""One column per schema path: types of several datasets or files widened to one, or refused by name."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import TypeConflictError

Conflict = Callable[[str, str, str], TypeConflictError]
_WHOLE = (T.ByteType, T.ShortType, T.IntegerType, T.LongType)


def settled(kind: T.DataType) -> T.DataType:  # noqa: PLR0911 - one line per kind of type
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
    if isinstance(kind, T.StructType):
        return T.StructType([T.StructField(field.name, settled(field.dataType)) for field in kind.fields])
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(settled(kind.elementType))
    if isinstance(kind, T.MapType):
        return T.MapType(T.StringType(), settled(kind.valueType))
    return kind


def between(first: str, second: str) -> Conflict:
    """What is wrong where two datasets give one path two types."""
    return lambda path, one, other: TypeConflictError.at(path, first, one, second, other)


def since(dataset: str) -> Conflict:
    """What is wrong where a dataset gives an attribute another type than its earlier loads did."""
    return lambda path, one, other: TypeConflictError.since(dataset, path, one, other)


def merged(one: T.DataType, other: T.DataType, conflict: Conflict, path: str = "") -> T.DataType:
    """The type of a path that two sides share; both are settled.

    Raises:
        TypeConflictError: there is none; `conflict` names the sides.
    """
    if one == other:
        return one
    if isinstance(one, T.StructType) and isinstance(other, T.StructType):
        return merged_structs(one, other, conflict, path)
    if isinstance(one, T.ArrayType) and isinstance(other, T.ArrayType):
        return T.ArrayType(merged(one.elementType, other.elementType, conflict, f"{path}[]"))
    if isinstance(one, T.MapType) and isinstance(other, T.MapType):
        return T.MapType(T.StringType(), merged(one.valueType, other.valueType, conflict, f"{path}{{}}"))
    if {type(one), type(other)} == {T.LongType, T.DoubleType}:
        return T.DoubleType()
    raise conflict(path, one.simpleString(), other.simpleString())


def merged_structs(one: T.StructType, other: T.StructType, conflict: Conflict, path: str = "") -> T.StructType:
    """The fields of both structs, each in the type that both can have.

    Raises:
        TypeConflictError: a field has none; `conflict` names the sides.
    """
    fields = {field.name: field.dataType for field in one.fields}
    for field in other.fields:
        at = f"{path}.{field.name}" if path else field.name
        known = fields.get(field.name)
        fields[field.name] = field.dataType if known is None else merged(known, field.dataType, conflict, at)
    return T.StructType([T.StructField(name, kind) for name, kind in fields.items()])


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


def same_case_twins(schema: T.StructType) -> list[tuple[str, str]]:
    """Top-level columns that differ only in case: Spark would take one for the other."""
    seen: dict[str, str] = {}
    twins = []
    for name in schema.fieldNames():
        if name.lower() in seen:
            twins.append((seen[name.lower()], name))
        seen.setdefault(name.lower(), name)
    return twins
