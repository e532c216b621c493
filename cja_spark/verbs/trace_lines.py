"""A trace as people read it, in aligned columns, and as programs do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from cja_spark.tracing import Trace


def as_text(found: Trace) -> str:
    """A trace as lines of text: who and when, events, formulas, credit, sums."""
    return "\n".join([*_head(found), "", "events", *in_lines(found.events), *_formulas(found), *_credits(found), *_sums(found)])


def as_json(found: Trace) -> str:
    """A trace as one JSON object; tables are lists of objects."""
    tables = {name: getattr(found, name).to_pylist() for name in ("events", "credits", "sums")}
    plain = {name: getattr(found, name) for name in ("person", "range", "time_zone", "formulas", "units", "notes")}
    return json.dumps({**plain, **tables}, ensure_ascii=False, indent=1)


def in_lines(table: pa.Table) -> list[str]:
    """A table as lines of text, columns in line, numbers to the right; nothing is a dash."""
    return lines_of(table.column_names, list(zip(*(column.to_pylist() for column in table.columns), strict=True)))


def lines_of(names: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows as lines of text under the names of their columns."""
    words = [[*names], *([_word(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in words) for at in range(len(names))]
    right = [any(_is_number(row[at]) for row in rows) and all(row[at] is None or _is_number(row[at]) for row in rows) for at in range(len(names))]
    return [
        "  ".join(word.rjust(width) if aside else word.ljust(width) for word, width, aside in zip(row, widths, right, strict=True)).rstrip()
        for row in words
    ]


def _word(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _amount(value) if isinstance(value, float) else str(value)


def _amount(value: float) -> str:
    """An amount with up to six decimals; a smaller one with four digits."""
    if 0 < abs(value) < 1e-4:
        return f"{value:.4g}"
    return f"{value + 0.0:.6f}".rstrip("0").rstrip(".")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _head(found: Trace) -> Iterator[str]:
    count = found.events.num_rows
    yield f"person {found.person}: {count:,} event{'s' * (count != 1)}"
    yield f"range {found.range[0]} to {found.range[1]}, times in {found.time_zone}"
    yield from (f"unit of {name}: {unit}" for name, unit in found.units.items())
    yield from (f"note: {note}" for note in found.notes)


def _formulas(found: Trace) -> list[str]:
    return ["", "formulas", *(f"{name} = {text}" for name, text in found.formulas.items())] if found.formulas else []


def _credits(found: Trace) -> Iterator[str]:
    """Per combination of dimensions one table: a row per conversion and touch, metrics side by side."""
    for dimensions, rows in _by_dimensions(found.credits):
        metrics = {row["metric"]: row["model"] for row in rows}
        names = ["event", "touch", *dimensions, *(name for metric in metrics for name in (metric, "weight", "credit"))]
        places: dict[tuple[Any, ...], dict[str, tuple[Any, ...]]] = {}
        for row in rows:
            place = (row["event"], row["touch"], *row["values"])
            places.setdefault(place, {})[row["metric"]] = (row["amount"], row["weight"], row["credit"])
        ordered = sorted(places, key=lambda place: (place[0], place[1] or 0, place[2:]))
        yield from ("", f"credit by {', '.join(dimensions)}", *(f"{metric}: {model}" for metric, model in metrics.items()))
        yield from lines_of(names, [[*place, *(x for one in metrics for x in places[place].get(one, (None,) * 3))] for place in ordered])


def _sums(found: Trace) -> Iterator[str]:
    """Per combination of dimensions one table: a row per row of a report, the parts of metrics side by side."""
    for dimensions, rows in _by_dimensions(found.sums):
        parts = [*dict.fromkeys(row["part"] for row in rows)]
        places: dict[tuple[Any, ...], dict[str, float | None]] = {}
        for row in rows:
            place = (row["row_kind"], *(row["values"] or [None] * len(dimensions)))
            places.setdefault(place, {})[row["part"]] = row["amount"]
        yield from ("", f"sums by {', '.join(dimensions)}" if dimensions else "sums")
        yield from lines_of(["row", *dimensions, *parts], [[*place, *(own.get(part) for part in parts)] for place, own in places.items()])


def _by_dimensions(table: pa.Table) -> Iterable[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        found.setdefault(tuple(row["dimensions"]), []).append(row)
    return found.items()
