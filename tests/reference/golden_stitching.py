"""Golden folders of stitching and of identity maps; the format is told in tests/golden/README.md."""

from __future__ import annotations

import csv
from pathlib import Path

import yaml

from tests.reference.golden import ROOT, instant


def cases(package: str) -> list[Path]:
    """Folders of one package."""
    return sorted(file.parent for file in (ROOT / package).glob("*/ask.yaml"))


def ask_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))


def cells_of(folder: Path, name: str) -> list[dict[str, str | None]]:
    """Rows of a file, an empty cell as None."""
    if not (folder / name).exists():
        return []
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]


def events_of(folder: Path) -> list[dict]:
    """Events as the reference of stitching takes them."""
    return [
        {"n": row["event_id"], "t": instant(row["timestamp"]), "device": row["persistent_id"], "person": row["person_id"]}
        for row in cells_of(folder, "input.csv")
    ]


def maps_of(folder: Path) -> dict[str, list[dict]]:
    """Per row the entries of its identity map."""
    found: dict[str, list[dict]] = {}
    for cell in cells_of(folder, "input.csv"):
        entries = found.setdefault(cell["row"], [])
        if cell["namespace"]:
            entries.append({"namespace": cell["namespace"], "id": cell["id"], "primary": cell["primary"] == "true"})
    return found


def wrong(folder: Path, stage: str, stitched: dict[str, str | None]) -> list[tuple]:
    """Events whose stitched ID after a pass is not the expected one, and people that are not."""
    expected = cells_of(folder, "expected.csv")
    found = [
        (row["event_id"], row[stage], stitched[row["event_id"]])
        for row in expected
        if stage in row and row[stage] != stitched[row["event_id"]]
    ]
    for row in cells_of(folder, "expected_people.csv"):
        people = sorted(set(stitched.values()))
        devices = len({event["device"] for event in events_of(folder)})
        if row["pass"] == stage and (sorted(row["people"].split("|")), int(row["devices"])) != (people, devices):
            found.append((stage, row, people))
    return found


def published_of(folder: Path) -> list[dict]:
    """Rows of a folder's graph as the reference of graph-based stitching takes them."""
    return [
        {"t": instant(row["published_at"]), "device": row["persistent_id"], "persons": [row["person_id"]], "erased": row["erased"] == "true"}
        for row in cells_of(folder, "graph.csv")
    ]
