"""Golden folders as the reference reads them; the format is told in tests/golden/README.md."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import yaml

from tests.reference.derived import derived
from tests.reference.derived_inputs import as_instant, as_number, as_text
from tests.reference.metrics import path, spec_of
from tests.reference.neighbours import has_several, in_numbers

ROOT = Path(__file__).resolve().parent.parent / "golden"
SEPARATORS = ("|", ";")


def cases() -> list[Path]:
    """Folders of the packages whose cases are reports over events."""
    return sorted(file.parent for package in ("reports", "view", "journeys") for file in (ROOT / package).glob("*/ask.yaml"))


def instant(moment: str | datetime) -> int:
    """An ISO instant, or what YAML made of one, as ms UTC."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


def parsed(text: str, depth: int, level: int, *, number: bool) -> object:
    """A cell as a value, a list or a list of lists."""
    if level < depth:
        if text == "":
            return []
        return [parsed(part, depth, level + 1, number=number) for part in text.split(SEPARATORS[level])]
    return None if text == "" else float(text) if number else text


def ask_of(folder: Path) -> tuple[dict, dict, int | None]:
    """The view, the report with `from` and `to` in ms, and the end of the data."""
    found = yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))
    ask = {**found["ask"], "from": instant(found["ask"]["from"]), "to": instant(found["ask"]["to"])}
    until = found.get("data_until")
    return found.get("view", {}), ask, None if until is None else instant(until)


def events_of(folder: Path, view: dict) -> list[dict]:
    """The events of input.csv, components by name."""
    with (folder / "input.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    datasets = list(dict.fromkeys(row["dataset"] for row in rows))
    events = []
    for number, row in enumerate(rows):
        event = {
            "person_id": row["person_id"],
            "t": instant(row["timestamp"]),
            "sequence": int(row["sequence"]) if row.get("sequence") else None,
            "dataset_position": datasets.index(row["dataset"]),
            "event_id": row["event_id"] or None,
            "row_hash": number,
        }
        fields = {field: parsed(text, field.count("[]"), 0, number=False) if "[]" in field else text for field, text in row.items()}
        for kind in ("dimensions", "metrics"):
            for name in view.get(kind, {}):
                spec = spec_of(view, kind, name)
                if "derived" in spec and has_several(view, name):
                    event[name] = None  # made of whole journeys
                elif "derived" in spec:
                    number_ = in_numbers(view, name, metric=kind == "metrics" and spec.get("behavior") != "instances")
                    event[name] = made(derived(view, spec["derived"], fields), number=number_)
                    event[f"date of {name}"] = as_instant(event[name], view.get("time_zone", "UTC")) if isinstance(event[name], str) else None
                elif "field" in spec:
                    number_ = kind == "metrics" and spec.get("behavior") != "instances"
                    depth = spec["field"].count("[]") or len(path(view, kind, name))
                    event[name] = parsed(row[spec["field"]], depth, 0, number=number_)
        events.append({**event, "fields": fields})
    return events


def summaries_of(folder: Path) -> dict[str, dict]:
    """The rows of summary.csv by dataset, with its granularity; nothing where there is no such file."""
    datasets = yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8")).get("summaries", {})
    found: dict[str, dict] = {name: {**one, "rows": []} for name, one in datasets.items()}
    if datasets:
        with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                own = {name: as_cell(text) for name, text in row.items() if name not in ("dataset", "timestamp")}
                found[row["dataset"]]["rows"].append({"t": instant(row["timestamp"]), **own})
    return found


def as_cell(text: str) -> str | float | None:
    """A cell as text, as a number where it is one, or as nothing."""
    try:
        return float(text)
    except ValueError:
        return text or None


def made(value: object, *, number: bool) -> object:
    """The value of a derived field as a dimension or a metric has it."""
    if isinstance(value, tuple):
        return value  # the two dates of a date math
    if isinstance(value, list):
        return [made(one, number=number) for one in value]
    return as_number(value) if number else as_text(value)


def expected_of(folder: Path) -> list[dict[str, str]]:
    """The rows of expected.csv as text."""
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differences(rows: list[dict], expected: list[dict[str, str]]) -> list[tuple[int, str, str, object]]:
    """Cells of the expected columns that are not as expected: row, column, expected text, value.

    Raises:
        AssertionError: there are more rows or fewer.
    """
    shown = [{name: row[name] for name in expected[0]} for row in rows]
    assert len(shown) == len(expected), shown
    return [
        (at, name, cells[name], row[name])
        for at, (row, cells) in enumerate(zip(shown, expected, strict=True))
        for name in cells
        if differs(cells[name], row[name])
    ]


def differs(text: str, value: object) -> bool:
    """Whether a cell of expected.csv and a value of a row are not the same."""
    if text == "" or value is None:
        return not (text == "" and value is None)
    if isinstance(value, datetime):
        return instant(text) != instant(value)
    if isinstance(value, int | float):
        return abs(float(text) - value) > 1e-9
    return text != value
