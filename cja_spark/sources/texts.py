"""Paths that are text whatever rows hold there, and columns even where no row holds anything."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError
from cja_spark.sources.names import storable_name
from cja_spark.sources.types import shaped


def with_texts(rows: DataFrame, paths: Sequence[str], dataset: str) -> DataFrame:
    """Rows in which some paths are there and are text.

    Args:
        rows: rows with names that tables can have.
        paths: as a view writes them, `items[].price`.
        dataset: their dataset, for messages.

    Rows:    The same.
    Columns: returns the same and what lies at the paths, as text; null where rows had no such column.
    Raises:  InputError when a path leads through something that is no object, or no array.
    """
    kind: T.DataType = rows.schema
    for path in paths:
        kind = _with_text(kind, storable_name(path).split("."), dataset, path)
    assert isinstance(kind, T.StructType)
    own = {field.name: field.dataType for field in rows.schema.fields}
    if kind == rows.schema:
        return rows
    return rows.select(
        *(
            (shaped(F.col(f"`{name}`"), own[name], wanted) if name in own else F.lit(None).cast(wanted)).alias(name)
            for name, wanted in ((field.name, field.dataType) for field in kind.fields)
        )
    )


def _with_text(kind: T.DataType | None, steps: Sequence[str], dataset: str, path: str) -> T.DataType:
    """A type in which the steps lead to text; None where there is nothing yet."""
    if not steps:
        return T.StringType()
    if kind is not None and not isinstance(kind, T.StructType):
        raise _astray(dataset, path, steps[0], f"lies in {kind.simpleString()}, which is no object")
    fields = {} if kind is None else {field.name: field.dataType for field in kind.fields}
    name = steps[0].removesuffix("[]")
    inner = fields.get(name)
    if steps[0].endswith("[]"):
        if inner is not None and not isinstance(inner, T.ArrayType):
            raise _astray(dataset, path, name, f"is {inner.simpleString()} and no array; leave out []")
        item = inner.elementType if isinstance(inner, T.ArrayType) else None
        fields[name] = T.ArrayType(_with_text(item, steps[1:], dataset, path))
    else:
        fields[name] = _with_text(inner, steps[1:], dataset, path)
    return T.StructType([T.StructField(field, found) for field, found in fields.items()])


def _astray(dataset: str, path: str, step: str, why: str) -> InputError:
    return InputError(f"dataset '{dataset}', source.texts: '{path}' leads nowhere: '{step}' {why}.")
