"""The made-up story of Journey Optimizer through conf/ajo: its reports run, and its counts are the documented ones of the files."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from cja_spark.demo.optimizer import generate
from tests.golden.optimizer_project import FILES, Loaded, reports_of_conf
from tests.property.product import equal
from tests.reference.optimizer import answered, loaded

RANGE = {"from": "2026-07-27", "to": "2026-08-20"}
REPORTED = {
    "sent": "messages_sent", "delivered": "messages_delivered", "bounces": "message_bounces", "errors": "errors", "exclusions": "excludes", "opens": "opens",
    "clicks": "clicks", "unsubscribes": "unsubscribes", "spam_complaints": "spam_complaints", "displays": "inbound_displays",
    "journey_enters": "journey_enters", "journey_exits": "journey_exits",
}  # fmt: skip
BY_DAY = {"report": "table", "range": RANGE, "dimensions": ["day", "channel"], "metrics": list(REPORTED.values()), "rows": 5_000}
UNIQUE = {"report": "table", "range": RANGE, "dimensions": ["campaign"], "metrics": ["unique_sends", "unique_delivered", "unique_opens", "unique_clicks", "unique_open_rate"], "rows": 5_000}
NODES = {"report": "table", "range": RANGE, "dimensions": ["journey", "node", "step_status"], "metrics": ["people", "node_enters", "journey_exits", "journey_failures", "actions", "action_successes"], "rows": 5_000}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    place = tmp_path_factory.mktemp("story")
    generate(str(place), persons=120, days=14, seed=5, defects=True)
    return place


@pytest.fixture(scope="module")
def told(spark, story, tmp_path_factory):
    return Loaded(spark, tmp_path_factory.mktemp("told"), story, {**reports_of_conf(), "by_day": BY_DAY, "unique": UNIQUE, "nodes": NODES})


@pytest.fixture(scope="module")
def answers(told):
    return told.answers()


@pytest.fixture(scope="module")
def rows(story):
    return loaded({name: [line for file in sorted((story / f"{name}.json").glob("*.json")) for line in file.read_text().splitlines()] for name in FILES})


def wanted(story):
    """Reported numbers and the sum of their causes, by day, channel and metric."""
    found = Counter()
    for name, column in (("reported.csv", "value"), ("causes.csv", "count")):
        with (story / name).open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["metric"] in REPORTED:
                    found[row["date"], row["channel"], row["metric"]] += int(row[column])
    return {key: count for key, count in found.items() if count}


def test_by_day_and_channel_the_numbers_are_the_reported_ones_and_their_causes(answers, story):
    found = {}
    for row in answers["by_day"]:
        if row["row_kind"] == "item":
            channel = "" if row["channel"] == "No value" else row["channel"]
            found |= {(str(row["day"])[:10], channel, metric): row[name] for metric, name in REPORTED.items() if row[name]}
    assert found == wanted(story)


@pytest.mark.parametrize(("name", "ask"), [("unique", UNIQUE), ("nodes", NODES)])
def test_unique_figures_and_nodes_are_those_of_the_reference(answers, rows, name, ask):
    shown = [*ask["dimensions"], *ask["metrics"]]
    ours, theirs = ([[float(cell) if isinstance(cell, int) else cell for cell in (row[one] for one in shown)] for row in some] for some in (answers[name], answered(rows, ask)))
    assert equal(sorted(ours, key=str), sorted(theirs, key=str))


def test_what_is_dropped_has_a_reason_and_is_in_no_number(told, rows):
    loaded_events = sum(count for name, count in told.receipt.loaded.items() if name not in ("entities", "devices"))
    assert loaded_events == len(rows)
    assert set(told.receipt.dropped["feedback"]) == {"duplicate_event_id", "empty_person_id", "invalid_timestamp", "not_a_number"}


@pytest.mark.parametrize("name", reports_of_conf())
def test_every_report_of_the_project_has_rows(answers, name):
    assert len(answers[name]) > 1
