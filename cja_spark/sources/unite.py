"""Files of one load whose columns differ, as one frame: what each would give in a load of its own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import TypeConflictError
from cja_spark.sources.items import Item
from cja_spark.sources.types import merged, settled, shaped


def alike(items: Sequence[Item], keys: Sequence[Hashable]) -> list[list[Item]]:
    """Items whose keys are equal together, in the order in which the keys come."""
    groups: dict[Hashable, list[Item]] = {}
    for item, key in zip(items, keys, strict=True):
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def united(parts: Sequence[tuple[Item, DataFrame]]) -> DataFrame:
    """Frames as one, columns by name.

    Rows:    All.
    Columns: returns those of any part: null where a part has none, widened where number types differ.
    Raises:  TypeConflictError naming the first file of two parts whose types of a column exclude each other, or the
        column where two differ only in case.
    """
    if len(parts) == 1:
        return parts[0][1]
    kinds: dict[str, tuple[T.DataType, Item]] = {}
    spelled: dict[str, str] = {}
    for item, rows in parts:
        for field in rows.schema.fields:
            if (twin := spelled.setdefault(field.name.lower(), field.name)) != field.name:
                raise TypeConflictError.twins(item.dataset, field.name, twin)
            kind, first = kinds.setdefault(field.name, (field.dataType, item))
            if kind != field.dataType:
                both = merged(settled(kind), settled(field.dataType), _Files(first, item), field.name)
                kinds[field.name] = (both, first)
    return reduce(DataFrame.union, [_with_all(rows, kinds) for _, rows in parts])


@dataclass(frozen=True)
class _Files:
    """Two files of one dataset."""

    one: Item
    other: Item

    @property
    def second(self) -> str:
        return self.other.dataset

    def conflict(self, path: str, one: T.DataType, other: T.DataType) -> TypeConflictError:
        first, second = (self.one.path, one.simpleString()), (self.other.path, other.simpleString())
        return TypeConflictError.in_files(self.second, path, first, second)


def _with_all(rows: DataFrame, kinds: dict[str, tuple[T.DataType, Item]]) -> DataFrame:
    own = {field.name: field.dataType for field in rows.schema.fields}
    return rows.select(
        *(
            (shaped(F.col(f"`{name}`"), own[name], kind) if name in own else F.lit(None).cast(kind)).alias(name)
            for name, (kind, _) in kinds.items()
        )
    )
