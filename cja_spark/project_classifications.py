"""Tables of classify that lie in files of the project: they are read with its YAML, and their faults are told with its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cja_spark.addresses import fault_of
from cja_spark.configuration import MAX_BYTES, Document
from cja_spark.errors import Fault, did_you_mean, guess
from cja_spark.view.derived.classify import MOST_ENTRIES
from cja_spark.view.derived.spec import AnyFunction, DerivedField
from cja_spark.view.spec import View

Entries = dict[str, str | None]
Place = tuple[str, int]  # a derived field and one of its functions
KEYS = ("file", "from", "to")


class Classifications(NamedTuple):
    """What files say that functions of derived fields name.

    Attributes:
        tables: the table of each function that takes one from a file.
        faults: what is wrong with the files.
    """

    tables: Mapping[Place, Entries]
    faults: Sequence[Fault]


def classifications_in(document: Document | None, folder: Path) -> Classifications:
    """The tables that functions of a view's derived fields take from files.

    Args:
        document: the view's file as it is written; what is wrong with it is told elsewhere.
        folder: the project's folder, where relative paths begin.
    """
    tables: dict[Place, Entries] = {}
    faults: list[Fault] = []
    for name, at, function in _written(document.value) if document else ():
        assert document is not None
        path = ("derived", name, "functions", at)
        try:
            tables[name, at] = table_of(folder, *(function[key] for key in KEYS))
        except ValueError as error:
            where, text = error.args
            faults.append(Fault(document.file, document.line((*path, where)), f"derived.{name}.{at}: {where}: {text}"))
    return Classifications(tables, faults)


def with_tables(view: View, tables: Mapping[Place, Entries]) -> View:
    """The same view, whose functions have the tables of their files as entries: what is the same gives the same journeys."""
    if not tables:
        return view
    derived = {name: field.model_copy(update={"functions": tuple(_functions(name, field, tables))}) for name, field in view.derived.items()}
    return view.model_copy(update={"derived": derived})


def _functions(name: str, field: DerivedField, tables: Mapping[Place, Entries]) -> Iterator[AnyFunction]:
    for at, function in enumerate(field.functions):
        if (name, at) in tables:
            yield function.model_copy(update={"entries": tables[name, at], "file": None, "from_": None, "to": None})
        else:
            yield function


def _written(view: object) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """The functions that name a file, and are right as far as that goes."""
    derived = view.get("derived") if isinstance(view, Mapping) else None
    for name, field in derived.items() if isinstance(derived, Mapping) else ():
        functions: Any = field.get("functions") if isinstance(field, Mapping) else field
        for at, one in enumerate(functions if isinstance(functions, list) else ()):
            if isinstance(one, Mapping) and one.get("function") == "classify" and all(isinstance(one.get(key), str) for key in KEYS):
                yield name, at, one


def table_of(folder: Path, file: str, from_: str, to: str) -> Entries:
    """What values are called in a file.

    Args:
        folder: where the path begins, and which it does not leave.
        file: the path.
        from_: the column of values.
        to: the column of what they are called.

    Raises:
        ValueError: with the key that it is about, and what is wrong.
    """
    header, *rows = _rows(_text(folder, file), file)
    columns = [_column(header[1], key, name, file) for key, name in (("from", from_), ("to", to))]
    found: Entries = {}
    for line, row in rows:
        if len(row) != len(header[1]):
            raise ValueError("file", f"line {line} of '{file}' has {len(row)} values, and there are {len(header[1])} columns.")
        value, called = (row[at] for at in columns)
        if not value.strip():
            raise ValueError("from", f"line {line} of '{file}' has no value under '{from_}'.")
        if found.setdefault(value, called or None) != (called or None):
            raise ValueError("from", f"line {line} of '{file}' calls '{value}' '{called}', and a line before '{found[value] or ''}'.")
    if not 1 <= len(found) <= MOST_ENTRIES:
        way = " A lookup dataset has as many as there are: use the function lookup." if found else ""
        raise ValueError("file", f"'{file}' has {len(found):,} entries; 1 to {MOST_ENTRIES} are expected.{way}")
    return found


def _text(folder: Path, file: str) -> str:
    if ":/" in file:
        raise ValueError("file", f"'{file}' is an address; a file in the project's folder is expected.")
    if (fault := fault_of(file)) is not None:
        raise ValueError("file", f"{fault}.")
    path = folder / file
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError("file", f"'{file}' lies elsewhere; a file in the project's folder is expected.")
        if not path.is_file():
            near = sorted(one.name for one in path.parent.iterdir() if one.is_file()) if path.parent.is_dir() else []
            raise ValueError("file", f"there is no file '{file}' in the project's folder. {did_you_mean(path.name, near)}".rstrip())
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("file", f"'{file}' is not UTF-8 at byte {error.start}.") from error
    except OSError as error:
        raise ValueError("file", f"'{file}' cannot be read: {error.strerror or error}.") from error
    if len(raw) > MAX_BYTES:
        raise ValueError("file", f"'{file}' has {len(raw):,} bytes; a file of the project has at most {MAX_BYTES:,}.")
    return text


def _rows(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, each with its number."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise ValueError("file", f"line {reader.line_num} of '{file}' is no CSV: {error}.") from error
    if not rows:
        raise ValueError("file", f"'{file}' is empty; a line of column names is expected first.")
    return rows


def _column(header: list[str], key: str, name: str, file: str) -> int:
    if header.count(name) > 1:
        raise ValueError(key, f"'{file}' has {header.count(name)} columns '{name}'.")
    if name not in header:
        apart = " Values are separated by commas." if len(header) == 1 and not guess(name, header) else ""
        raise ValueError(key, f"'{file}' has no column '{name}'. {did_you_mean(name, header)}{apart}")
    return header.index(name)
