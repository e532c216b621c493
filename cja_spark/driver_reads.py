"""Rows that a driver holds, read without a Spark job: claims, runs, loads, builds.

A Spark query over a table of ten rows costs a quarter of a second and more, a publish asks a dozen of them. Where the lake
lies on a disk of this machine, delta-rs (the package `deltalake`) answers the same in milliseconds; elsewhere, and
where a table has a feature that it does not know, Spark reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar, cast
from urllib.parse import unquote

import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from deltalake import DeltaTable

Found = TypeVar("Found")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
Value = str | int | bool | date | datetime
Measure = tuple[Literal["count", "sum", "max"], str]
"""A measure of a group of rows, and the column that it is of; rows without a value there do not count."""


class Test(NamedTuple):
    """What a column has to be; for `in` one of several values."""

    column: str
    how: Literal["=", ">", ">=", "in"]
    value: Value | Sequence[Value]


def equal(**values: Value) -> tuple[Test, ...]:
    """Tests that columns have values."""
    return tuple(Test(column, "=", value) for column, value in values.items())


def above(**values: Value) -> tuple[Test, ...]:
    """Tests that columns are greater than values."""
    return tuple(Test(column, ">", value) for column, value in values.items())


def at_least(**values: Value) -> tuple[Test, ...]:
    """Tests that columns are at least values."""
    return tuple(Test(column, ">=", value) for column, value in values.items())


def one_of(**values: Sequence[Value]) -> tuple[Test, ...]:
    """Tests that columns have one of some values."""
    return tuple(Test(column, "in", some) for column, some in values.items())


def read_on_driver(
    folder: Path, columns: Sequence[str], where: Sequence[Test], limit: int | None = None
) -> pa.Table | None:
    """Rows of the newest version of a Delta table.

    Args:
        folder: the table's.
        columns: those wanted; all when none is named.
        where: tests that a row passes, all of them.
        limit: some rows, at most so many.

    Returns: a table; None where Spark must read, or where no table is.
    """
    names = ", ".join(map(_name, columns)) or "*"
    most = "" if limit is None else f" LIMIT {limit}"
    return _asked(folder, f"SELECT {names} FROM asked{_tested(where)}{most}")


def count_on_driver(folder: Path, where: Sequence[Test]) -> int | None:
    """How many rows pass some tests; None where Spark must count, or where no table is."""
    found = _asked(folder, f"SELECT count(*) FROM asked{_tested(where)}")
    return None if found is None else int(found.column(0)[0].as_py())


def total_on_driver(
    folder: Path, by: Sequence[str], measures: Mapping[str, Measure], where: Sequence[Test], version: int | None = None
) -> pa.Table | None:
    """Totals of groups of rows, of the newest version if none is given; None where Spark must read, or where no table is."""
    made = [_name(name) for name in by]
    made += [f"{how}({_name(column)}) AS {_name(name)}" for name, (how, column) in measures.items()]
    groups = f" GROUP BY {', '.join(map(_name, by))}" if by else ""
    return _asked(folder, f"SELECT {', '.join(made)} FROM asked{_tested(where)}{groups}", version)


def newest_version(folder: Path) -> int | None:
    """The newest version of a table; None where Spark must tell, or where no table is."""
    return _known(lambda: int(_table(folder).version()))


def files_of(folder: Path, version: int | None = None) -> list[str] | None:
    """URIs of the files of a version, of the newest if none is given; None where Spark must tell, or where no table is.

    Files of another place than the table's folder are Spark's to tell: those of a shallow clone.
    """
    paths = _known(lambda: pa.table(_table(folder, version).get_add_actions())["path"].to_pylist())
    if paths is None or any(path.startswith("/") or _SCHEME.match(path) for path in paths):
        return None
    return [(folder.absolute() / unquote(path)).as_uri() for path in paths]


def properties_of(folder: Path) -> dict[str, str] | None:
    """A table's properties; None where Spark must tell, or where no table is."""
    return _known(lambda: dict(_table(folder).metadata().configuration))


def operations_after(folder: Path, version: int) -> list[str] | None:
    """The operations of the commits after a version; None where Spark must tell, or where no table is."""

    def told() -> list[str]:
        table = _table(folder)
        newest = int(table.version())
        commits = table.history(newest - version) if newest > version else []
        return [str(commit["operation"]) for commit in commits if commit["version"] > version]

    return _known(told)


def conditions(where: Sequence[Test]) -> Iterator[Column]:
    """The tests as Spark's conditions."""
    for name, how, value in where:
        column, given = F.col(name), F.lit(None if how == "in" else value)
        if how == "in":
            yield column.isin(list(cast(Sequence[Value], value)))
        else:
            yield column == given if how == "=" else column > given if how == ">" else column >= given


def measure_of(how: Literal["count", "sum", "max"], column: str) -> Column:
    """A measure as Spark's."""
    return {"count": F.count, "sum": F.sum, "max": F.max}[how](F.col(column))


def _asked(folder: Path, query: str, version: int | None = None) -> pa.Table | None:
    """What a query of the table `asked` gives, in the types that Spark's Arrow has."""
    from deltalake import QueryBuilder

    def told() -> pa.Table:
        found = pa.table(QueryBuilder().register("asked", _table(folder, version)).execute(query))
        return found.cast(pa.schema([_plain(field) for field in found.schema]))

    return _known(told)


def _table(folder: Path, version: int | None = None) -> DeltaTable:
    """A table as delta-rs opens it.

    Raises:
        FileNotFoundError: the log has no beginning. delta-rs takes the columns from a checksum then, and passes over the
            rows of the commits that are gone without a word.
    """
    from deltalake import DeltaTable

    log = folder / "_delta_log"
    if not (log / f"{0:020}.json").exists():
        checkpoints = [int(file.name[:20]) for file in log.glob(f"{'[0-9]' * 20}.checkpoint.*")]
        if not any(version is None or at <= version for at in checkpoints):
            raise FileNotFoundError(log)
    return DeltaTable(folder, version=version)


def _known(ask: Callable[[], Found]) -> Found | None:
    """What delta-rs says; None when it cannot, whatever the reason: Spark then answers, or says what is wrong."""
    from deltalake.exceptions import DeltaError

    try:
        return ask()
    except (DeltaError, OSError, pa.ArrowException):
        return None


def _tested(where: Sequence[Test]) -> str:
    return " WHERE " + " AND ".join(map(_condition, where)) if where else ""


def _condition(test: Test) -> str:
    if test.how != "in":
        return f"{_name(test.column)} {test.how} {_literal(cast(Value, test.value))}"
    values = ", ".join(map(_literal, cast(Sequence[Value], test.value)))
    return f"{_name(test.column)} IN ({values})" if values else "false"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC).isoformat()}'"
    return f"DATE '{value}'" if isinstance(value, date) else str(value)


def _plain(field: pa.Field) -> pa.Field:
    """A field as Spark's Arrow has it: texts that are not views."""
    return pa.field(field.name, _plain_type(field.type), field.nullable)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_binary_view(kind) or pa.types.is_large_binary(kind):
        return pa.binary()
    if pa.types.is_struct(kind):
        return pa.struct([_plain(kind.field(at)) for at in range(kind.num_fields)])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return kind
