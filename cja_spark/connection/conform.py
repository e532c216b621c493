"""Conforming: rows of one event dataset get a time, identities and, where they cannot be used, a reason."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.numbers import Path, as_it_came, not_a_number, stored, stored_type, text_paths
from cja_spark.connection.spec import EventDataset, IdentityField
from cja_spark.connection.stitching.identity_map import blank, by_namespace, entries, primary
from cja_spark.connection.tables import EVENT_COLUMNS
from cja_spark.errors import InputError, MissingColumnError
from cja_spark.sources.items import FILE, ITEM
from cja_spark.sources.json import CORRUPT
from cja_spark.sources.names import storable_name
from cja_spark.sources.parquet import ROW
from cja_spark.sources.read import ADDED
from cja_spark.sources.types import settled, shaped, with_doubles

RESERVED = EVENT_COLUMNS
TIME_REASONS = ("missing_timestamp", "invalid_timestamp", "before_1900", "after_9999")
DATED = r"^[+-]?\d+-\d"  # Spark would take a mere time of day as today's
_NOTHING = T.StructType()
MINUTES = r"^(\d+-\d+-\d+[T ]\d{1,2}:\d{1,2})(?![\d:])"


@dataclass(frozen=True)
class Conformed:
    """Conformed rows of one dataset and the settled type of their payload."""

    rows: DataFrame
    payload: T.StructType


def conform_events(
    rows: DataFrame, name: str, position: int, dataset: EventDataset, before: T.StructType = _NOTHING
) -> Conformed:
    """Conform the rows of one event dataset.

    Args:
        rows: its rows as they were read.
        name: its name.
        position: its place among the datasets.
        dataset: what the connection says of it.
        before: the type of what earlier loads brought, where rows lack a column that none of them has a value for.

    Rows:    The same; a row that cannot be used has a reason.
    Columns: returns dataset, dataset_position, ts, event_id, sequence, own_person_id, own_namespace, persistent_id,
        persistent_namespace, row_hash, file, item, row, reason, payload (a struct of the row as it came).
    Raises:  MissingColumnError when the dataset names a column that its rows do not have.
    """
    schema = rows.schema
    columns = {"timestamp": path_column(dataset.timestamp, schema, f"dataset '{name}', timestamp")}
    for role, path in (("event_id", dataset.event_id), ("sequence", dataset.sequence)):
        if path is not None:
            columns[role] = column_or_null(path, schema, before, f"dataset '{name}', {role}")
    stitched = dataset.stitching is not None
    person = identity(dataset.person_id, schema, name, "person_id", stitched=stitched, before=before)
    if dataset.persistent_id is None:
        device = F.struct(F.lit(None).cast("string").alias("namespace"), F.lit(None).cast("string").alias("id"))
    else:
        device = identity(dataset.persistent_id, schema, name, "persistent_id", stitched=True, before=before)
        if dataset.persistent_id.identity_map == "primary":
            device = _no_person(device, dataset.person_id.code())
    texts = text_paths(schema, dataset.numbers, name, before)
    payload, kind = _payload(schema, texts)
    ts = timestamp_of(*columns["timestamp"])
    conformed = rows.select(
        F.lit(name).alias("dataset"),
        F.lit(position).alias("dataset_position"),
        ts.alias("ts"),
        _text(columns, "event_id").alias("event_id"),
        (columns["sequence"][0].try_cast("bigint") if "sequence" in columns else F.lit(None).cast("bigint")).alias(
            "sequence"
        ),
        _set(person["id"]).alias("own_person_id"),
        person["namespace"].alias("own_namespace"),
        _set(device["id"]).alias("persistent_id"),
        device["namespace"].alias("persistent_namespace"),
        F.xxhash64(*_hashed(schema)).alias("row_hash"),
        F.col(FILE).alias("file"),
        F.col(ITEM if ITEM in schema.fieldNames() else FILE).alias("item"),
        (F.col(ROW) if ROW in schema.fieldNames() else F.monotonically_increasing_id()).alias("row"),
        _reason(columns["timestamp"], ts, schema, texts).alias("reason"),
        payload.alias("payload"),
    )
    return Conformed(conformed, kind)


def _no_person(device: Column, person_namespace: str) -> Column:
    """A primary identity of the person namespace is no persistent ID; its namespace stays, to be counted (F4)."""
    chosen = F.when(device["namespace"] != person_namespace, device["id"])
    return F.struct(device["namespace"].alias("namespace"), chosen.alias("id"))


def _set(text: Column) -> Column:
    return F.when(~blank(text), text)


def _text(columns: dict[str, tuple[Column, T.DataType]], role: str) -> Column:
    return _set(columns[role][0].cast("string")) if role in columns else F.lit(None).cast("string")


def path_column(path: str, schema: T.StructType, where: str) -> tuple[Column, T.DataType]:
    """A column by its path in structs, and its type.

    Raises:
        MissingColumnError: a part of the path does not exist.
    """
    at: T.DataType = schema
    column: Column | None = None
    reached: list[str] = []
    for part in storable_name(path).split("."):
        if not isinstance(at, T.StructType) or part not in at.fieldNames():
            known = (
                [".".join((*reached, name)) for name in at.fieldNames() if name not in ADDED]
                if isinstance(at, T.StructType)
                else []
            )
            raise MissingColumnError.of(where, path, known)
        at = at[part].dataType
        column = F.col(f"`{part}`") if column is None else column.getField(part)
        reached.append(part)
    assert column is not None
    return column, at


def column_or_null(path: str, schema: T.StructType, before: T.StructType, where: str) -> tuple[Column, T.DataType]:
    """A column by its path, and its type; null where only earlier loads had it, for rows of JSON may all be without.

    Raises:
        MissingColumnError: a part of the path does not exist, now or before.
    """
    try:
        return path_column(path, schema, where)
    except MissingColumnError:
        first, *rest = storable_name(path).split(".")
        stored = f"source_{first}" if first.lower() in RESERVED else first
        try:
            _, kind = path_column(".".join((stored, *rest)), before, where)
        except MissingColumnError:
            kind = None
        if kind is None:
            raise
        return F.lit(None).cast(kind), kind


def identity(
    field: IdentityField, schema: T.StructType, name: str, role: str, *, stitched: bool, before: T.StructType = _NOTHING
) -> Column:
    """An identity as a struct (namespace, id): of a plain column or chosen from an identityMap (F4).

    Raises:  MissingColumnError when rows have no such column; InputError when it is not one value.
    """
    where = f"dataset '{name}', {role}"
    if not field.on_rows():
        return F.struct(F.lit(field.code()).alias("namespace"), F.lit(None).cast("string").alias("id"))
    if field.column is not None:
        column, kind = column_or_null(field.column, schema, before, where)
        if isinstance(kind, T.StructType | T.ArrayType | T.MapType):
            raise InputError(f"{where}: '{field.column}' is {kind.simpleString()}, not one value.")
        return F.struct(F.lit(field.code()).alias("namespace"), column.cast("string").alias("id"))
    column, kind = column_or_null(field.map_column, schema, before, where)
    identities = entries(column, kind)
    if field.identity_map == "primary":
        return primary(identities)
    assert field.identity_map is not None
    return by_namespace(identities, field.identity_map, first_listed=not stitched)


def timestamp_of(column: Column, kind: T.DataType) -> Column:
    """An instant from ISO text with or without zone, epoch s, ms or µs (by size), a timestamp, or a date; UTC.

    Null where the value explains no instant. Whole numbers below 1e11 are seconds, below 1e14 ms, else µs.
    """
    if isinstance(kind, T.TimestampType):
        return column
    if isinstance(kind, T.TimestampNTZType | T.DateType):
        return column.cast("timestamp")
    number = column.try_cast("double")
    size = F.abs(number)
    seconds = F.when(size < 1e11, number).when(size < 1e14, number / 1e3).otherwise(number / 1e6)
    epoch = F.when(F.abs(seconds) < 9e11, F.timestamp_micros(F.round(seconds * 1e6).cast("bigint")))
    if not isinstance(kind, T.StringType):
        return epoch
    text = F.trim(column)
    with_seconds = F.regexp_replace(text, MINUTES, "$1:00")  # Spark takes a time of day only with its seconds
    instant = F.coalesce(text.try_cast("timestamp"), with_seconds.try_cast("timestamp"))
    return F.when(number.isNotNull(), epoch).when(text.rlike(DATED), instant)


def unusable_time(column: Column, kind: T.DataType, ts: Column) -> Column:
    """Why a time cannot be used, one of TIME_REASONS; null where it can.

    Args:
        column: the time as it came.
        kind: its type.
        ts: what `timestamp_of` reads in it.
    """
    missing, late = column.isNull(), F.lit(False)
    if isinstance(kind, T.StringType):
        missing, late = blank(column), column.rlike(r"^\+?\d{5,}-")
    return (
        F.when(missing, "missing_timestamp")
        .when(ts.isNull() & late, "after_9999")
        .when(ts.isNull(), "invalid_timestamp")
        .when(ts < F.lit("1900-01-01").cast("timestamp"), "before_1900")
        .when(ts >= F.lit("+10000-01-01").cast("timestamp"), "after_9999")
    )


def _reason(column: tuple[Column, T.DataType], ts: Column, schema: T.StructType, texts: tuple[Path, ...]) -> Column:
    reason = unusable_time(*column, ts)
    if texts:
        reason = F.coalesce(reason, F.when(not_a_number(texts), "not_a_number"))
    if CORRUPT in schema.fieldNames():
        return F.when(F.col(CORRUPT).isNotNull(), "unreadable_row").otherwise(reason)
    return reason


def _payload(schema: T.StructType, texts: tuple[Path, ...]) -> tuple[Column, T.StructType]:
    """The row as it came, in settled types; a column with a reserved name, in any case, is kept as `source_<name>`.

    Texts become numbers; what they were where one is none is kept with the unreadable rows.
    """
    parts, fields = [], []
    for field in schema.fields:
        if field.name in (FILE, ITEM, ROW) or (texts and field.name == CORRUPT):
            continue
        name = f"source_{field.name}" if field.name.lower() in RESERVED else field.name
        at = (field.name,)
        parts.append(stored(F.col(f"`{field.name}`"), field.dataType, texts, at).alias(name))
        fields.append(T.StructField(name, stored_type(field.dataType, texts, at)))
    if texts:
        unreadable = [F.col(CORRUPT)] if CORRUPT in schema.fieldNames() else []
        parts.append(F.coalesce(*unreadable, as_it_came(texts)).alias(CORRUPT))
        fields.append(T.StructField(CORRUPT, T.StringType()))
    return F.struct(*parts), T.StructType(fields)


def _hashed(schema: T.StructType) -> list[Column]:
    """What a row's hash is made of, the same whatever other files and loads there are: by name, all numbers as doubles.

    Maps have no order and are hashed as sorted entries.
    """
    found = []
    for field in sorted(schema.fields, key=lambda field: field.name):
        if field.name not in ADDED:
            column = shaped(F.col(f"`{field.name}`"), field.dataType, with_doubles(settled(field.dataType)))
            found.append(F.to_json(column) if "map<" in field.dataType.simpleString() else column)
    return found
