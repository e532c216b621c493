"""Numbers that come as text: columns that a dataset lists under `numbers` are read as numbers, or their row is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from cja_spark.connection.stitching.identity_map import blank
from cja_spark.errors import MissingColumnError
from cja_spark.sources.read import ADDED


def text_columns(schema: T.StructType, numbers: Sequence[str], dataset: str) -> tuple[str, ...]:
    """The columns that hold numbers as text; one that has a type of its own stays as it is.

    Raises:
        MissingColumnError: a name that no column has.
    """
    known = [name for name in schema.fieldNames() if name not in ADDED]
    for name in numbers:
        if name not in known:
            raise MissingColumnError.of(f"dataset '{dataset}', numbers", name, known)
    return tuple(name for name in numbers if isinstance(schema[name].dataType, T.StringType))


def number(name: str) -> Column:
    """The number that a text column holds, as double; null where it is blank or holds none."""
    found = F.col(f"`{name}`").try_cast("double")
    return F.when(F.abs(found) < float("inf"), found)


def not_a_number(names: Sequence[str]) -> Column:
    """Whether one of some text columns holds something else than a number."""
    wrong = [~blank(F.col(f"`{name}`")) & number(name).isNull() for name in names]
    return reduce(lambda one, other: one | other, wrong, F.lit(False))


def as_it_came(names: Sequence[str]) -> Column:
    """The texts of a row whose number is none, for quarantine; null for every other row."""
    return F.when(not_a_number(names), F.to_json(F.struct(*(F.col(f"`{name}`") for name in names))))
