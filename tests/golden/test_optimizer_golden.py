"""tests/golden/optimizer: rows as Journey Optimizer writes them, and by hand what they count; the plain reference says the same.

All folders may be one load: each has days and ids of its own.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.golden.optimizer_project import FILES
from tests.reference.golden import differences, expected_of
from tests.reference.optimizer import answered, loaded

FOLDERS = sorted(file.parent for file in (Path(__file__).resolve().parent / "optimizer").glob("*/ask.yaml"))


def lines_of(folders: list[Path]) -> dict[str, list[str]]:
    """The lines of all folders, per file."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        for name in FILES:
            if (folder / f"{name}.json").exists():
                found.setdefault(name, []).extend((folder / f"{name}.json").read_text(encoding="utf-8").splitlines())
    return found


def asked(folder: Path) -> dict:
    return yaml.safe_load((folder / "ask.yaml").read_text(encoding="utf-8"))


def in_order(rows: list[dict], folder: Path) -> list[dict]:
    """Rows by their kind and values: the order of a table is told elsewhere."""
    names = ("row_kind", *asked(folder)["ask"].get("dimensions", ()))
    return sorted(rows, key=lambda row: [row[name] or "" for name in names])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_reference_says_what_was_counted_by_hand(folder):
    rows = answered(loaded(lines_of(FOLDERS)), asked(folder)["ask"])
    assert differences(in_order(rows, folder), in_order(expected_of(folder), folder)) == []


def test_every_metric_has_a_golden_table():
    view = yaml.safe_load((Path(__file__).resolve().parents[2] / "conf" / "ajo" / "view.yaml").read_text(encoding="utf-8"))
    tabled = Counter(name for folder in FOLDERS for name in asked(folder)["ask"]["metrics"])
    assert sorted(set(view["metrics"]) - set(tabled)) == []


def test_every_dimension_of_messages_and_steps_has_a_golden_table():
    tabled = {name for folder in FOLDERS for name in asked(folder)["ask"].get("dimensions", ())}
    wanted = {"channel", "campaign", "campaign_id", "journey", "node", "action", "treatment", "experiment", "feedback_status",
              "failure_type", "exclusion_reason", "control_group", "retry_count", "test_message", "step_status"}  # fmt: skip
    assert wanted - tabled == set()
