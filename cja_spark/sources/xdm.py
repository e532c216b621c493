"""XDM with qualified keys (`xdm:timestamp`) as the plain columns that its datasets have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import TypeConflictError
from cja_spark.sources.types import Sides, merged, settled, shaped
from cja_spark.sources.xdm_keys import is_of_experience, plain_path


@dataclass
class _Node:
    """What comes to one plain path: single values and arrays, and what lies below objects."""

    values: list[tuple[Column, T.DataType]] = field(default_factory=list)
    below: dict[str, _Node] = field(default_factory=dict)

    def leaves(self) -> Iterator[Column]:
        """All values at it and below."""
        yield from (column for column, _ in self.values)
        for node in self.below.values():
            yield from node.leaves()


def with_plain_keys(rows: DataFrame, dataset: str, kept: tuple[str, ...] = ()) -> DataFrame:
    """Rows whose columns, and fields at any depth, have the plain names of XDM.

    Args:
        rows: rows with names of either kind, also of both.
        dataset: their dataset, for messages.
        kept: columns of ours, which stay as they are.

    Rows:    The same. Where a row has a value under both kinds of names, that of the column which comes first counts.
    Columns: returns the same under their plain names; an object without any value is null.
    Raises:  TypeConflictError when values of one plain name have types that exclude each other; text takes any single value.
    Source:  adobe/xdm, whose examples have qualified keys; datasets have plain ones.
    """
    if not _some_qualified(rows.schema):
        return rows
    ours = [name for name in kept if name in rows.columns]
    fields = [one for one in rows.schema.fields if one.name not in ours]
    root = _tree(((one.name, F.col(_quoted(one.name)), one.dataType) for one in fields), dataset, inside=False)
    return rows.select(*(_made(node, dataset, name)[0].alias(name) for name, node in root.below.items()), *ours)


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _some_qualified(kind: T.DataType) -> bool:
    if isinstance(kind, T.ArrayType):
        return _some_qualified(kind.elementType)
    if not isinstance(kind, T.StructType):
        return False
    return any(plain_path(one.name, inside=False) != (one.name,) or _some_qualified(one.dataType) for one in kind.fields)


def _tree(fields: Iterator[tuple[str, Column, T.DataType]], dataset: str, *, inside: bool) -> _Node:
    root = _Node()
    for key, column, kind in fields:
        _add(root, key, (column, kind), dataset, inside=inside)
    return root


def _add(node: _Node, key: str, value: tuple[Column, T.DataType], dataset: str, *, inside: bool) -> None:
    """Put a value where its key leads; objects of one path become one."""
    for name in plain_path(key, inside=inside):
        node = node.below.setdefault(name, _Node())
    inside = inside or is_of_experience(key)
    column, kind = value
    if isinstance(kind, T.StructType):
        for one in kind.fields:
            _add(node, one.name, (column.getField(one.name), one.dataType), dataset, inside=inside)
    else:
        node.values.append(_listed(column, kind, dataset, inside=inside))


def _listed(column: Column, kind: T.DataType, dataset: str, *, inside: bool) -> tuple[Column, T.DataType]:
    """A value as it is; of an array its items with plain names, each in its place."""
    if not (isinstance(kind, T.ArrayType) and _some_qualified(kind)):
        return column, kind
    inner = kind.elementType
    made: list[T.DataType] = []

    def item(one: Column) -> Column:
        if isinstance(inner, T.StructType):
            node = _tree(((part.name, one.getField(part.name), part.dataType) for part in inner.fields), dataset, inside=inside)
            parts, fields = _object(node, dataset, "")
            made.append(fields)
            return F.when(one.isNotNull(), parts)
        plain, items_of = _listed(one, inner, dataset, inside=inside)
        made.append(items_of)
        return plain

    items = F.transform(column, item)
    return items, T.ArrayType(made[-1])


def _made(node: _Node, dataset: str, path: str) -> tuple[Column, T.DataType]:
    """The column of a path, and its type."""
    if not node.values:
        parts, fields = _object(node, dataset, path)
        some = reduce(lambda one, other: one | other, (leaf.isNotNull() for leaf in node.leaves()))
        return F.when(some, parts), fields
    kind = node.values[0][1]
    for _, other in node.values[1:]:
        kind = kind if kind == other else _both(kind, other, dataset, path)
    if node.below:
        raise TypeConflictError.at(path, dataset, "struct", dataset, kind.simpleString())
    return F.coalesce(*(shaped(column, own, kind) for column, own in node.values)), kind


def _both(one: T.DataType, other: T.DataType, dataset: str, path: str) -> T.DataType:
    """The type of values under both kinds of names; single values of two types are text, as they are in a column of JSON."""
    if T.StringType() in (one, other) and not isinstance(one, T.ArrayType | T.MapType) and not isinstance(other, T.ArrayType | T.MapType):
        return T.StringType()
    return merged(settled(one), settled(other), Sides(dataset, dataset), path)


def _object(node: _Node, dataset: str, path: str) -> tuple[Column, T.StructType]:
    parts, fields = [], []
    for name, below in node.below.items():
        column, kind = _made(below, dataset, f"{path}.{name}".lstrip("."))
        parts.append(column.alias(name))
        fields.append(T.StructField(name, kind))
    return F.struct(*parts), T.StructType(fields)
