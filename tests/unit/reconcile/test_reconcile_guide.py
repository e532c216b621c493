"""docs/reconcile.md: its settings are settings, and its worked example gives the table that it prints."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

from cja_spark.kernels.reconcile import CAUSES
from cja_spark.reconciliation.compare import compared
from cja_spark.reconciliation.reported import Reported
from cja_spark.reconciliation.result import Reconciled
from cja_spark.reconciliation.spec import METRICS, Reconciliation
from tests.golden.reconcile_rows import cells_in, named
from tests.reference.golden_reconcile import instant, told

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "reconcile.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") :]
LATER = datetime(2026, 8, 20, tzinfo=UTC)
HOW = {
    "date_from": date(2026, 8, 3), "date_to": date(2026, 8, 3), "our_zone": "America/New_York", "their_zone": "UTC", "as_of": LATER,
    "reported_at": LATER, "young": timedelta(days=7), "repeats_counted": True, "tests_counted": False,
}  # fmt: skip
SPEC = Reconciliation.model_validate(yaml.safe_load(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0]))


def table(text):
    head, _, *lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [dict(zip(head, cells, strict=True)) for cells in lines]


def rows():
    return [
        {
            **row, "t": instant(row["t"]), "arrived": instant(row["arrived"]), "test": row["test"] == "true", "kept": row["kept"] == "true",
            "amount": float(row["amount"]), "retries": float(row["retries"]),
        }
        for row in table(WORKED)
    ]  # fmt: skip


def test_the_worked_example_gives_the_table_that_is_printed():
    [printed] = re.findall(r"```text\n(.*?)```", WORKED, re.DOTALL)
    lines = compared([Reported(2, HOW["date_from"], "email", "", "sent", 8.0)], named(*cells_in(rows(), HOW)), SPEC, CAUSES)
    found = Reconciled(date_from=HOW["date_from"], date_to=HOW["date_to"], lines=tuple(lines))
    assert found.text() == printed.rstrip("\n")
    assert (found.verdict, found.exit_code) == ("red", 1)


def test_the_reference_agrees_with_the_worked_example():
    head, *parts = told(rows(), HOW, [{"channel": "email", "campaign": "", "value": 8}])
    assert (head["ours"], head["difference"], sum(one["count"] for one in parts)) == (3, 5, 5)


def test_the_guide_names_the_causes_in_their_order_and_all_metrics():
    order = re.findall(r"^\| \d \| `(\w+)`", GUIDE, re.MULTILINE)
    assert tuple(order) == CAUSES
    [listed] = re.findall(r"one of (targeted.*?)\.", GUIDE, re.DOTALL)
    assert tuple(re.split(r",\s+", listed)) == METRICS


def test_the_settings_of_the_guide_are_those_that_it_explains():
    assert SPEC.metrics["sent"].retries == "delays"
    assert (SPEC.within, SPEC.amber, SPEC.source_counts.repeats) == (0.02, 0.05, True)
