"""Choosing an identity: from a plain column or an identityMap, by namespace or by primary flag (rules F2, F4)."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T


def blank(column: Column) -> Column:
    """Null, empty or only Unicode white space."""
    return column.isNull() | column.rlike(r"^\p{IsWhite_Space}*$")


def entries(column: Column, kind: T.DataType) -> Column:
    """All identities of a map as an array of (namespace, id, primary), whether it came as a map or as a struct.

    An identityMap is `namespace -> [ {id, primary} ]`; JSON inference makes a struct of it.
    """
    if isinstance(kind, T.MapType):
        item = kind.valueType.elementType if isinstance(kind.valueType, T.ArrayType) else kind.valueType
        nested = F.transform(F.map_entries(column), lambda e: _flags(e["key"], e["value"], item))
        return F.flatten(F.coalesce(nested, F.array()))
    if not isinstance(kind, T.StructType):
        return F.array()
    parts = []
    for field in kind.fields:
        if isinstance(field.dataType, T.ArrayType) and isinstance(field.dataType.elementType, T.StructType):
            parts.append(_flags(F.lit(field.name), column.getField(field.name), field.dataType.elementType))
    return F.concat(*parts) if parts else F.array()


def _flags(namespace: Column, items: Column, item: T.DataType) -> Column:
    names = item.fieldNames() if isinstance(item, T.StructType) else []

    def flag(identity: Column) -> Column:
        value = identity["id"].cast("string") if "id" in names else F.lit(None).cast("string")
        primary = F.coalesce(identity["primary"].cast("boolean"), F.lit(False)) if "primary" in names else F.lit(False)
        return F.struct(namespace.alias("namespace"), value.alias("id"), primary.alias("primary"))

    return F.coalesce(
        F.transform(items, flag), F.array().cast("array<struct<namespace:string,id:string,primary:boolean>>")
    )


def by_namespace(identities: Column, namespace: str, *, first_listed: bool = False) -> Column:
    """The identity of one namespace: the smallest id, or for an unstitched dataset the first listed (F4)."""
    own = F.filter(identities, lambda e: (e["namespace"] == namespace) & ~blank(e["id"]))
    ids = F.transform(own, lambda e: e["id"])
    value = F.get(ids, 0) if first_listed else F.array_min(ids)
    return F.struct(F.when(value.isNotNull(), F.lit(namespace)).alias("namespace"), value.alias("id"))


def primary(identities: Column) -> Column:
    """The primary identity: of several the smallest by namespace, then id; of none the only entry (F4)."""
    set_ = F.filter(identities, lambda e: ~blank(e["id"]))
    plain = F.transform(set_, lambda e: F.struct(e["namespace"].alias("namespace"), e["id"].alias("id")))
    flagged = F.transform(
        F.filter(set_, lambda e: e["primary"]),
        lambda e: F.struct(e["namespace"].alias("namespace"), e["id"].alias("id")),
    )
    return F.when(F.size(flagged) > 0, F.array_min(flagged)).when(F.size(plain) == 1, F.get(plain, 0))
