"""Numbers that come as text: what a dataset lists under `numbers` is read as numbers, or its row is dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.errors import MissingColumnError
from cja_spark.sources.names import storable_name
from cja_spark.sources.read import ADDED
from cja_spark.sources.types import as_stored, settled

Path = tuple[str, ...]  # names of columns and fields; ITEM is every item of an array
ITEM = "[]"
_NOTHING = T.StructType()


def text_paths(
    schema: T.StructType, numbers: Sequence[str], dataset: str, before: T.StructType = _NOTHING
) -> tuple[Path, ...]:
    """Where numbers lie as text; what has a type of its own stays as it is.

    Paths are written as in a view: `price`, `commerce.order.priceTotal`, `items[].price`; case does not matter.

    Args:
        schema: the rows'.
        numbers: the paths.
        dataset: the dataset's name, for the error.
        before: what earlier loads brought: a path that is there need not be in these rows, for JSON without a value
            has no column.

    Raises:
        MissingColumnError: a path that leads nowhere; it names the nearest.
    """
    known, earlier = _known(schema), _known(before)
    names = [storable_name(name) for name in numbers]
    found = dict(_spelled(name, known, dataset) for name in names if _near(name, known) or not _near(name, earlier))
    return tuple(path for path, kind in found.items() if isinstance(kind, T.StringType))


def _known(schema: T.StructType) -> dict[str, tuple[Path, T.DataType]]:
    """Columns and single values in them, by how their path is written; a column's own name goes first."""
    fields = [field for field in schema.fields if field.name not in ADDED]
    inner = (leaf for field in fields for leaf in _leaves(field.dataType, (field.name,)))
    columns: dict[str, tuple[Path, T.DataType]] = {field.name: ((field.name,), field.dataType) for field in fields}
    return {**{written(path): (path, kind) for path, kind in inner}, **columns}


def _leaves(kind: T.DataType, at: Path) -> Iterator[tuple[Path, T.DataType]]:
    if isinstance(kind, T.StructType):
        for field in kind.fields:
            yield from _leaves(field.dataType, (*at, field.name))
    elif isinstance(kind, T.ArrayType):
        yield from _leaves(kind.elementType, (*at, ITEM))
    else:
        yield at, kind


def _spelled(name: str, known: Mapping[str, tuple[Path, T.DataType]], dataset: str) -> tuple[Path, T.DataType]:
    """What has this name; where nothing is spelled so, the only one that differs in nothing but case."""
    near = _near(name, known)
    if name not in known and len(near) != 1:
        raise MissingColumnError.of(f"dataset '{dataset}', numbers", name, known)
    return known.get(name, near[0])


def _near(name: str, known: Mapping[str, tuple[Path, T.DataType]]) -> list[tuple[Path, T.DataType]]:
    return [found for text, found in known.items() if text.lower() == name.lower()]


def written(path: Path) -> str:
    """A path as an author writes it.

    >>> written(("items", "[]", "price"))
    'items[].price'
    """
    return ".".join(path).replace(f".{ITEM}", ITEM)


def number(text: Column) -> Column:
    """The number that a text is, as double; null where it is blank or none."""
    found = text.try_cast("double")
    return F.when(F.abs(found) < float("inf"), found)


def stored_type(kind: T.DataType, texts: Collection[Path], at: Path) -> T.DataType:
    """The settled type of what lies at a path, with numbers where texts hold them."""
    if at in texts:
        return T.DoubleType()
    if isinstance(kind, T.StructType) and _some_below(texts, at):
        return T.StructType(
            [T.StructField(field.name, stored_type(field.dataType, texts, (*at, field.name))) for field in kind.fields]
        )
    if isinstance(kind, T.ArrayType) and _some_below(texts, at):
        return T.ArrayType(stored_type(kind.elementType, texts, (*at, ITEM)))
    return settled(kind)


def stored(column: Column, kind: T.DataType, texts: Collection[Path], at: Path) -> Column:
    """What lies at a path, in its `stored_type`; one walk, for the reason that `as_stored` gives."""
    if at in texts:
        return number(column)
    if isinstance(kind, T.StructType) and _some_below(texts, at):
        parts = [
            stored(column.getField(field.name), field.dataType, texts, (*at, field.name)).alias(field.name)
            for field in kind.fields
        ]
        return F.when(column.isNotNull(), F.struct(*parts))
    if isinstance(kind, T.ArrayType) and _some_below(texts, at):
        item = kind.elementType
        return F.transform(column, lambda value: stored(value, item, texts, (*at, ITEM)))
    return as_stored(column, kind)


def _some_below(texts: Collection[Path], at: Path) -> bool:
    return any(path[: len(at)] == at for path in texts)


def not_a_number(texts: Sequence[Path]) -> Column:
    """Whether one of some texts is something else than a number."""
    wrong = [_wrong(F.col(f"`{name}`"), steps) for name, *steps in texts]
    return reduce(lambda one, other: one | other, wrong, F.lit(False))


def _wrong(column: Column, steps: Sequence[str]) -> Column:
    if not steps:
        return ~blank(column) & number(column).isNull()
    step, *rest = steps
    if step == ITEM:
        return F.coalesce(F.exists(column, lambda item: _wrong(item, rest)), F.lit(False))
    return _wrong(column.getField(step), rest)


def as_it_came(texts: Sequence[Path]) -> Column:
    """The texts of a row one of which is no number, by path, for quarantine; null for every other row."""
    parts = [_came(F.col(f"`{path[0]}`"), path[1:]).alias(written(path)) for path in texts]
    return F.when(not_a_number(texts), F.to_json(F.struct(*parts)))


def _came(column: Column, steps: Sequence[str]) -> Column:
    if not steps:
        return column
    step, *rest = steps
    if step == ITEM:
        return F.transform(column, lambda item: _came(item, rest))
    return _came(column.getField(step), rest)
