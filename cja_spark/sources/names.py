"""Names of columns as Delta can store them: a character that it refuses is an underscore."""

from __future__ import annotations

import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import TypeConflictError

_REFUSED = re.compile(r"[ ,;{}()\n\t=`]")


def storable_name(name: str) -> str:
    """A name as tables have it, the same for a path of names.

    >>> storable_name("Full Name")
    'Full_Name'
    """
    return _REFUSED.sub("_", name)


def with_storable_names(rows: DataFrame, dataset: str) -> DataFrame:
    """Rows whose columns, and fields at any depth, have names that tables can have.

    Rows:    The same.
    Columns: returns the same, renamed where need be.
    Raises:  TypeConflictError when two of one struct would have one name.
    """
    kind = _storable(rows.schema, dataset, "")
    if kind == rows.schema:
        return rows
    pairs = zip(rows.schema.fields, kind.fields, strict=True)
    return rows.select(*(F.col(_quoted(old.name)).cast(new.dataType).alias(new.name) for old, new in pairs))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _storable(kind: T.StructType, dataset: str, at: str) -> T.StructType:
    fields: dict[str, tuple[str, T.StructField]] = {}
    for field in kind.fields:
        name = storable_name(field.name)
        if name in fields:
            raise TypeConflictError.one_name(dataset, f"{at}{fields[name][0]}", f"{at}{field.name}", name)
        inner = _inner(field.dataType, dataset, f"{at}{field.name}.")
        fields[name] = (field.name, T.StructField(name, inner, field.nullable, field.metadata))
    return T.StructType([field for _, field in fields.values()])


def _inner(kind: T.DataType, dataset: str, at: str) -> T.DataType:
    if isinstance(kind, T.StructType):
        return _storable(kind, dataset, at)
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(_inner(kind.elementType, dataset, at), kind.containsNull)
    if isinstance(kind, T.MapType):
        return T.MapType(kind.keyType, _inner(kind.valueType, dataset, at), kind.valueContainsNull)
    return kind
