"""From a view's components to columns over events: where each field lies, its grain, its ids or numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.errors import InputError, MissingColumnError
from cja_spark.journeys.hashing import RESERVED
from cja_spark.view.spec import Metric, View

LOOKUP_COLUMN = "lookup {} of view"


@dataclass(frozen=True)
class Field:
    """One stored column of a journey.

    Attributes:
        name: the column's name, `d_` or `m_` before the component's.
        component: the component's name in the view.
        path: where its values lie in events (for a lookup: where its keys lie).
        array: the path of the array of objects whose grain it has; empty for the event's own grain.
        lookup: dataset and column that turn keys into values; empty otherwise.
        instances: a metric that counts 1 where the field is set.
    """

    name: str
    component: str
    path: str
    array: str = ""
    lookup: tuple[str, ...] = ()
    instances: bool = False

    @property
    def is_dimension(self) -> bool:
        """Whether the column holds value ids; otherwise it holds numbers."""
        return self.name.startswith("d_")


def event_fields(view: View, matches: Mapping[str, str]) -> tuple[Field, ...]:
    """Columns that a view needs of events.

    Args:
        view: the data view.
        matches: per lookup dataset the event path that holds its keys.
    """
    found = []
    for name, dimension in view.dimensions.items():
        if dimension.field:
            found.append(Field(f"d_{name}", name, dimension.field, array_of(dimension.field)))
        elif dimension.lookup:
            dataset, column = dimension.lookup.split(".", 1)
            if dataset not in matches:
                raise MissingColumnError.of(f"dimension '{name}'", dataset, matches)
            path = matches[dataset]
            found.append(Field(f"d_{name}", name, path, array_of(path), (dataset, column)))
    for name, metric in view.metrics.items():
        if isinstance(metric, Metric):
            counts = metric.behavior == "instances"
            found.append(Field(f"m_{name}", name, metric.field, array_of(metric.field), (), counts))
    return tuple(found)


def profile_fields(view: View) -> tuple[Field, ...]:
    """Columns that a view needs of profiles: one value per person."""
    return tuple(
        Field(f"p_{name}", name, dimension.profile) for name, dimension in view.dimensions.items() if dimension.profile
    )


def array_of(path: str) -> str:
    """Path of the array whose grain a field has: `productListItems` of ``productListItems[].SKU``."""
    return path.split("[]", 1)[0] if "[]" in path else ""


def text_of(column: Column) -> Column:
    """A value as text; blank text is not set (O8)."""
    text = column.cast("string")
    return F.when(F.length(F.trim(text)) > 0, text)


def id_of(text: Column) -> Column:
    """Value id of text: 0 where not set, never 1-15 (O2)."""
    hashed = F.xxhash64(text)
    moved = F.when(hashed.between(0, RESERVED - 1), hashed + RESERVED).otherwise(hashed)
    return F.when(text.isNull(), F.lit(0).cast("bigint")).otherwise(moved)


def number_of(column: Column, kind: T.DataType, *, instances: bool) -> Column:
    """A number as double; text that is no number and NaN are not set (O8)."""
    if instances:
        set_ = text_of(column).isNotNull() if isinstance(kind, T.StringType) else column.isNotNull()
        return F.when(set_, F.lit(1.0))
    if isinstance(kind, T.StringType):
        number = column.try_cast("double")
    elif isinstance(kind, T.BooleanType):
        number = column.cast("int").cast("double")
    else:
        number = column.cast("double")
    return F.when(~F.isnan(number), number)


def column_of(field: Field, schema: T.StructType) -> Column:
    """The stored column of a field, computed from events; lookups still hold their keys' ids here.

    Raises:
        MissingColumnError: events have no such path; it names the nearest.
    """
    kind, values = leaf(field.path, schema, f"component '{field.component}'")
    if not field.array:
        if isinstance(kind, T.ArrayType | T.StructType | T.MapType):
            raise InputError(f"component '{field.component}': '{field.path}' is {kind.simpleString()}, not one value.")
        one = F.col(values)
        return id_of(text_of(one)) if field.is_dimension else number_of(one, kind, instances=field.instances)
    inner = field.path.split("[]", 1)[1].lstrip(".")
    items = F.col(values)

    def item(element: Column) -> Column:
        value = element
        for part in inner.split("."):
            value = value.getField(part) if part else value
        return id_of(text_of(value)) if field.is_dimension else number_of(value, kind, instances=field.instances)

    return F.transform(items, item)


def leaf(path: str, schema: T.StructType, where: str) -> tuple[T.DataType, str]:
    """Type of a path's leaf, and the column text that reaches it (for an array: the array itself).

    Raises:
        MissingColumnError: a part of the path does not exist.
    """
    at: T.DataType = schema
    reached: list[str] = []
    quoted: list[str] = []
    in_array = False
    for part in path.split("."):
        name = part.removesuffix("[]")
        if not isinstance(at, T.StructType) or name not in at.fieldNames():
            known = [".".join((*reached, other)) for other in _names(at)]
            raise MissingColumnError.of(where, path, known)
        at = at[name].dataType
        reached.append(part)
        if not in_array:
            quoted.append(f"`{name}`")
        if part.endswith("[]"):
            if in_array or not isinstance(at, T.ArrayType):
                raise InputError(f"{where}: '{'.'.join(reached)}' is no array of objects, or lies in a second array.")
            at, in_array = at.elementType, True
    return at, ".".join(quoted)


def _names(at: T.DataType) -> Iterable[str]:
    return at.fieldNames() if isinstance(at, T.StructType) else ()
