"""Schemas of tables from text, without a running Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import types as T


def schema(columns: str) -> T.StructType:
    """A table's schema from text such as ``name string, rows bigint``."""
    return T.StructType([_field(part) for part in _split(columns)])


def _split(columns: str) -> Sequence[str]:
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(columns):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            parts.append(columns[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, columns[start:]) if part.strip()]


_ATOMS: Mapping[str, T.DataType] = {
    "string": T.StringType(),
    "bigint": T.LongType(),
    "int": T.IntegerType(),
    "double": T.DoubleType(),
    "boolean": T.BooleanType(),
    "timestamp": T.TimestampType(),
    "date": T.DateType(),
    "binary": T.BinaryType(),
}


def _field(text: str) -> T.StructField:
    name, _, rest = text.replace(":", " ", 1).strip().partition(" ")
    required = rest.lower().endswith(" not null")
    return T.StructField(name, _type(rest[: -len(" not null")] if required else rest), nullable=not required)


def _type(text: str) -> T.DataType:
    text = text.strip()
    if text.startswith("array<"):
        return T.ArrayType(_type(text[len("array<") : -1]))
    if text.startswith("struct<"):
        return T.StructType([_field(part) for part in _split(text[len("struct<") : -1])])
    if text.startswith("decimal("):
        precision, scale = text[len("decimal(") : -1].split(",")
        return T.DecimalType(int(precision), int(scale))
    return _ATOMS[text.lower()]
